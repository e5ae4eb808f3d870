package io.crema.scenarios;

import io.crema.CacheStats;
import io.crema.event.CacheEvent.BreakerChanged.State;
import java.util.List;
import java.util.Optional;

/**
 * How an instance is.
 *
 * @param threads platform threads that live
 * @param peakThreads the most since it was asked last
 * @param stats of the cache under test
 * @param breaker what the circuit breaker did, in order
 */
record Vitals(int threads, int peakThreads, CacheStats stats, List<BreakerChange> breaker) {

    /**
     * @param at when it was told of, by {@link System#nanoTime()}
     */
    record BreakerChange(long at, State to) {}

    /** When the breaker opened first after a moment. */
    Optional<Long> openedAfter(long moment) {
        return breaker.stream()
                .filter(change -> change.to == State.OPEN && change.at >= moment)
                .map(BreakerChange::at)
                .findFirst();
    }
}
