package io.crema.testkit;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Waits for a state of servers that they do not announce. */
final class Polling {

    /** Longer than two elections that come to nothing take. */
    private static final long LIMIT_SECONDS = 40;

    private static final long PAUSE_MILLIS = 20;

    private Polling() {}

    /** Returns when the state is there. A server that does not answer counts as another state. */
    static void until(String state, Check check) {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        IOException last = null;
        while (System.nanoTime() - limit < 0) {
            try {
                if (check.holds()) {
                    return;
                }
                last = null;
            } catch (IOException e) {
                last = e;
            }
            pause(state);
        }
        throw new IllegalStateException("Not so within " + LIMIT_SECONDS + " s: " + state, last);
    }

    private static void pause(String state) {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting: " + state, e);
        }
    }

    @FunctionalInterface
    interface Check {

        boolean holds() throws IOException;
    }
}
