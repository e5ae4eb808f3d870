package io.crema.internal.remote;

import io.crema.event.CacheEvent.BreakerChanged.State;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As many operations as there are probes are let through, no more. It closes when all of them have succeeded, and opens
 * when the first has failed; each ends, at the latest by the time limit of operations.
 */
final class HalfOpenState extends BreakerState {

    private final Breaker breaker;
    private final int timesOpened;
    private final AtomicInteger toBegin;
    private final AtomicInteger toSucceed;

    HalfOpenState(Breaker breaker, int timesOpened) {
        this.breaker = breaker;
        this.timesOpened = timesOpened;
        this.toBegin = new AtomicInteger(breaker.policy().probes());
        this.toSucceed = new AtomicInteger(breaker.policy().probes());
    }

    @Override
    State name() {
        return State.HALF_OPEN;
    }

    @Override
    boolean admits() {
        return toBegin.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    @Override
    void succeeded() {
        if (toSucceed.decrementAndGet() == 0) {
            breaker.close(this);
        }
    }

    @Override
    void slow(long began) {
        failed(breaker.slowAnswer());
    }

    @Override
    void failed(Throwable failure) {
        breaker.open(this, timesOpened + 1, failure);
    }
}
