package io.crema.spi;

import java.util.List;

/**
 * A message: keys of one partition were written or removed, or tags were invalidated.
 *
 * @param partition the partition
 * @param kind what became of the keys
 * @param stamp the partition's clock after the write
 * @param count by how much the write advanced the clock; the number of keys
 * @param keys the serialized keys; in the tag partition, the tags
 * @param serverMicros when it was published, by the server's clock, in microseconds since the epoch
 */
public record Invalidation(int partition, Kind kind, long stamp, int count, List<byte[]> keys, long serverMicros) {

    /** What became of the keys. */
    public enum Kind {
        /** They have other values, or none: older ones are wrong. */
        WRITTEN,
        /** Their values are old: to be loaded anew, and good as a reserve until then. */
        EXPIRED
    }

    public Invalidation {
        keys = List.copyOf(keys);
    }
}
