package io.crema.testkit;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a state of servers that they do not announce. */
final class Polling {

    /** Longer than two elections that come to nothing take. */
    private static final long LIMIT_SECONDS = 40;

    private static final long PAUSE_MILLIS = 20;

    private Polling() {}

    /** Returns when the state is there. A server that does not answer counts as another state. */
    static void until(String state, Check check) {
        try {
            await(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS), state, check);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e.getMessage(), e.getCause());
        }
    }

    /** As {@link #until}, for a state that may not come; returns whether it has. */
    static boolean within(long limitMillis, String state, Check check) {
        try {
            await(limitMillis, state, check);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private static void await(long limitMillis, String state, Check check) throws TimeoutException {
        long limit = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
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
        TimeoutException timeout = new TimeoutException("Not so within " + limitMillis + " ms: " + state);
        timeout.initCause(last);
        throw timeout;
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
