package io.crema.redis.internal.wire;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the instances of a cache have agreed on, as the first one wrote it. Namespace and cache are in it because their
 * names, joined by a colon, could be those of another pair.
 *
 * @param keyFormat the name of the key codec's format
 */
public record CacheMeta(String namespace, String cache, int partitions, String keyFormat) {

    private static final String WIRE_VERSION = "1";

    public CacheMeta {
        if (keyFormat.indexOf('\n') >= 0) {
            throw new IllegalArgumentException(
                    "Cache " + cache + ": the name of a key format must be one line, but is \"" + keyFormat + "\"");
        }
    }

    public byte[] encode() {
        String text = "wire=" + WIRE_VERSION + "\npartitions=" + partitions + "\nkeys=" + keyFormat + "\nnamespace="
                + namespace + "\ncache=" + cache + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Compares what was found with what this instance needs; the number of partitions is adopted.
     *
     * @return why the cache cannot be shared, or null if it can
     */
    public @Nullable String refusal(byte[] found) {
        Map<String, String> fields = fields(found);
        String reason = differs(fields, "wire", WIRE_VERSION, "another wire version; give this one its own namespace");
        if (reason == null) {
            reason = differs(fields, "namespace", namespace, "another namespace; rename one of the two");
        }
        if (reason == null) {
            reason = differs(fields, "cache", cache, "another cache; rename one of the two");
        }
        if (reason == null) {
            reason = differs(fields, "keys", keyFormat, "another key format; use one key codec, or another cache name");
        }
        if (reason == null && partitionsIn(found) < 1) {
            reason = "Cache " + cache + " in namespace " + namespace
                    + ": its number of partitions is unreadable, found \"" + fields.get("partitions") + "\"";
        }
        return reason;
    }

    /** The number of partitions that was agreed on; 0 if there is none that makes sense. */
    public static int partitionsIn(byte[] found) {
        try {
            int partitions = Integer.parseInt(fields(found).getOrDefault("partitions", "0"));
            return partitions <= KeyLayout.MAX_PARTITIONS ? Math.max(0, partitions) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private @Nullable String differs(Map<String, String> fields, String field, String expected, String what) {
        String value = fields.get(field);
        if (expected.equals(value)) {
            return null;
        }
        return "Cache " + cache + " in namespace " + namespace + " is in use with " + what + ". Expected " + field + "="
                + expected + ", found " + (value == null ? "nothing" : field + "=" + value);
    }

    private static Map<String, String> fields(byte[] found) {
        Map<String, String> fields = new HashMap<>();
        for (String line : new String(found, StandardCharsets.UTF_8).split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                fields.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return fields;
    }
}
