package io.crema.internal.remote;

import io.crema.event.CacheEvent.BreakerChanged.State;
import org.jspecify.annotations.Nullable;

/** Everything is let through, and counted. Whether that is enough to open is looked at when an operation fails. */
final class ClosedState extends BreakerState {

    private final Breaker breaker;
    private final SlidingWindow window;

    ClosedState(Breaker breaker) {
        this.breaker = breaker;
        this.window = new SlidingWindow(breaker.policy().window());
    }

    @Override
    State name() {
        return State.CLOSED;
    }

    @Override
    boolean admits() {
        return true;
    }

    @Override
    void succeeded() {
        window.succeeded(breaker.now());
    }

    @Override
    void failed(@Nullable Throwable failure) {
        SlidingWindow.Sums sums = window.failed(breaker.now());
        if (sums.calls() >= breaker.policy().minimumCalls()
                && sums.failures() >= breaker.policy().failureRatio() * sums.calls()) {
            breaker.open(this, 1, failure);
        }
    }
}
