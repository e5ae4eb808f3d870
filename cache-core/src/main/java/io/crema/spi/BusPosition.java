package io.crema.spi;

import java.util.Map;
import java.util.Objects;

/**
 * Where partitions of a cache are in their history.
 *
 * @param history names the history of the primary: changes with a restart, a failover, a restored snapshot
 * @param partitions what was asked for, by partition
 */
public record BusPosition(String history, Map<Integer, At> partitions) {

    /**
     * One partition.
     *
     * @param clock its clock; 0 if it has none
     * @param floor its floor; 0 if it has none
     */
    public record At(long clock, long floor) {}

    public BusPosition {
        Objects.requireNonNull(history, "history");
        partitions = Map.copyOf(partitions);
    }

    /** @throws NullPointerException if it was not asked for */
    public At at(int partition) {
        return Objects.requireNonNull(partitions.get(partition), "Not asked for partition " + partition);
    }
}
