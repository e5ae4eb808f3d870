package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The scripts of the protocol; each file says what its script takes and returns. */
public enum Script {
    INVALIDATE("inv", "publish", "record", "drop"),
    EXPIRE("expire", "publish", "record", "drop"),
    PUT("put", "publish", "record", "drop", "leave", "store"),
    PUT_IF_ABSENT("put_if_absent", "publish", "record", "store"),
    LEASE("lease", "clock", "record"),
    FILL("fill", "clock", "record", "held", "store"),
    RENEW("renew", "clock", "record", "held"),
    RELEASE("release", "record", "held"),
    QUARANTINE("quarantine", "publish", "record"),
    END_QUARANTINE("end_quarantine", "publish", "record", "drop", "leave"),
    TAGS("tags", "clock"),
    INVALIDATE_TAG("inv_tag", "publish"),
    CLEAR("clear", "publish"),
    REPAIR("epoch", "publish"),
    START("start", "clock"),
    HEARTBEAT("heartbeat"),
    APPEND("append", "publish", "record", "store", "enter"),
    OWN("own"),
    JOURNAL("journal"),
    WRITTEN("written", "publish", "record", "drop", "entry"),
    SUPERSEDED("superseded"),
    BURY("bury", "publish", "record", "entry"),
    DEAD_LETTERS("dead_letters"),
    REVIVE("revive", "publish", "record", "store", "enter"),
    DISCARD("discard"),
    MEMBERS("members"),
    PROBE("probe");

    private static final String SHARED_BY_ALL = "tick";

    private final byte[] source;
    private final byte[] digest;

    /** @param parts the shared files that it uses beside the first, each after those which it uses itself */
    Script(String file, String... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.writeBytes(read(SHARED_BY_ALL));
        for (String part : parts) {
            joined.writeBytes(read(part));
        }
        joined.writeBytes(read(file));
        source = joined.toByteArray();
        digest = Commands.ascii(HexFormat.of().formatHex(sha1(source)));
    }

    byte[] source() {
        return source;
    }

    /** The name by which EVALSHA finds the script. */
    byte[] digest() {
        return digest;
    }

    private static byte[] read(String file) {
        String resource = "/lua/" + file + ".lua";
        try (InputStream in = Script.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("The script " + resource + " is missing from the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] sha1(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
