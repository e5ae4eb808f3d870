package io.crema.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Even times from the first one on; who was late catches up. For one thread. */
final class Rhythm {

    private final long periodNanos;
    private long next = System.nanoTime();

    Rhythm(int perSecond) {
        periodNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** Waits for the next time. */
    void awaitNext() {
        long due = next;
        next += periodNanos;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
