package io.crema.internal.remote;

import io.crema.event.CacheEvent.BreakerChanged.State;

/**
 * Nothing is let through until its time is over, or until the tier has answered an operation that did not ask. The first
 * operation after that finds the breaker half open.
 */
final class OpenState extends BreakerState {

    /** The time doubles with each failed probe up to four times what is configured. */
    private static final int MOST_DOUBLINGS = 2;

    private final Breaker breaker;
    private final int times;
    private final long until;

    /** @param times how many times it has opened since it was last closed, from 1 */
    OpenState(Breaker breaker, int times) {
        this.breaker = breaker;
        this.times = times;
        this.until = breaker.now() + (breaker.policy().openFor().toNanos() << Math.min(times - 1, MOST_DOUBLINGS));
    }

    @Override
    State name() {
        return State.OPEN;
    }

    @Override
    boolean admits() {
        if (breaker.now() >= until) {
            breaker.halfOpen(this, times);
        }
        return false;
    }

    @Override
    void succeeded() {
        breaker.halfOpen(this, times);
    }

    @Override
    void slow(long began) {
        // It stays open.
    }

    @Override
    void failed(Throwable failure) {
        // It stays open.
    }
}
