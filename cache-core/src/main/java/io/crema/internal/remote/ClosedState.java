package io.crema.internal.remote;

import io.crema.event.CacheEvent.BreakerChanged.State;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Everything is let through, and counted. Whether that is enough to open is looked at when an operation fails.
 *
 * <p>Of answers that were slow at the same time the first counts, the others not at all: the operations of a burst wait
 * for each other, and one stop, of a server or of this process, makes all slow that are under way.
 */
final class ClosedState extends BreakerState {

    private final Breaker breaker;
    private final SlidingWindow window;

    /** When the last answer came that counted as slow. */
    private final AtomicLong lastSlow = new AtomicLong();

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
    void slow(long began) {
        long last = lastSlow.get();
        if (began >= last && lastSlow.compareAndSet(last, breaker.now())) {
            failed(breaker.slowAnswer());
        }
    }

    @Override
    void failed(Throwable failure) {
        SlidingWindow.Sums sums = window.failed(breaker.now());
        if (sums.calls() >= breaker.policy().minimumCalls()
                && sums.failures() >= breaker.policy().failureRatio() * sums.calls()) {
            breaker.open(this, 1, failure);
        }
    }
}
