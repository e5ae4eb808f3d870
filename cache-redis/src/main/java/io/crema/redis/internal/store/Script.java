package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The scripts of the protocol; each file says what its script takes and returns. */
public enum Script {
    INVALIDATE("inv"),
    PUT("put"),
    PUT_IF_ABSENT("put_if_absent"),
    LEASE("lease"),
    FILL("fill"),
    RELEASE("release"),
    CLEAR("clear"),
    REPAIR("epoch"),
    START("start"),
    HEARTBEAT("heartbeat");

    private static final String SHARED = "tick";

    private final byte[] source;
    private final byte[] digest;

    Script(String file) {
        byte[] shared = read(SHARED);
        byte[] own = read(file);
        source = new byte[shared.length + own.length];
        System.arraycopy(shared, 0, source, 0, shared.length);
        System.arraycopy(own, 0, source, shared.length, own.length);
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
