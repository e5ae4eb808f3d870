package io.crema.examples.quickstart;

import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a loop at a rate. A loop that falls behind by more than a few turns goes on from now instead of catching up, so
 * the rate of a slow phase is lower, not deferred. Used by one thread.
 */
final class Pace {

    private static final int MAX_BEHIND = 4;

    private final long period;
    private long next;

    Pace(long periodNanos) {
        period = periodNanos;
        next = System.nanoTime();
    }

    /** Waits for the next turn. */
    void await() {
        next += period;
        long now = System.nanoTime();
        if (now - next > MAX_BEHIND * period) {
            next = now;
        }
        while (next - now > 0) {
            LockSupport.parkNanos(next - now);
            now = System.nanoTime();
        }
    }
}
