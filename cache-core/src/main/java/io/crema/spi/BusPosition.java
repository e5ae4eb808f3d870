package io.crema.spi;

import java.util.List;
import java.util.Objects;

/**
 * Where the partitions of a cache are in their history.
 *
 * @param history names the history of the remote tier: changes with a restart, a failover, a restored snapshot
 * @param clocks the clock of each partition; 0 where there is none
 * @param floors the floor of each partition; 0 where there is none
 */
public record BusPosition(String history, List<Long> clocks, List<Long> floors) {

    public BusPosition {
        Objects.requireNonNull(history, "history");
        clocks = List.copyOf(clocks);
        floors = List.copyOf(floors);
    }
}
