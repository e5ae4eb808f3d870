package io.crema.coherence;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what the subject threw and logs the first in full. Thread-safe. */
final class Failures {

    private static final System.Logger LOG = System.getLogger(Failures.class.getName());
    private static final int IN_FULL = 20;

    private final AtomicLong count = new AtomicLong();

    void add(String what, Key key, RuntimeException failure) {
        if (count.incrementAndGet() <= IN_FULL) {
            LOG.log(Level.WARNING, what + " of " + key.name() + " failed", failure);
        }
    }

    long count() {
        return count.get();
    }
}
