package io.crema.spi;

import java.util.List;

/**
 * A message: keys of one partition were written or removed.
 *
 * @param partition the partition
 * @param stamp the partition's clock after the write
 * @param count by how much the write advanced the clock; the number of keys
 * @param keys the serialized keys
 * @param serverMicros when it was published, by the server's clock, in microseconds since the epoch
 */
public record Invalidation(int partition, long stamp, int count, List<byte[]> keys, long serverMicros) {

    public Invalidation {
        keys = List.copyOf(keys);
    }
}
