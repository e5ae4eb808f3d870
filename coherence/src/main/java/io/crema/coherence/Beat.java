package io.crema.coherence;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a loop at a rate. One that is held up catches up, but with no more than the turns of a quarter of a second. Used
 * by one thread.
 */
final class Beat {

    private static final long MOST_BEHIND = TimeUnit.MILLISECONDS.toNanos(250);

    private final long period;
    private long turn;

    Beat(long periodNanos, long firstTurn) {
        period = periodNanos;
        turn = firstTurn;
    }

    void awaitTurn() {
        long now = System.nanoTime();
        turn = turn + period - now > -MOST_BEHIND ? turn + period : now - MOST_BEHIND;
        while (turn - now > 0) {
            LockSupport.parkNanos(turn - now);
            now = System.nanoTime();
        }
    }
}
