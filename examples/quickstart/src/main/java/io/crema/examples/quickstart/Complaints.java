package io.crema.examples.quickstart;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;

/** Logs the first failures of an instance in full; the rest are only counted. Thread-safe. */
final class Complaints {

    private static final System.Logger LOG = System.getLogger(Complaints.class.getName());
    private static final int IN_FULL = 20;

    private final AtomicInteger count = new AtomicInteger();

    void add(String what, Exception failure) {
        if (count.incrementAndGet() <= IN_FULL) {
            LOG.log(Level.ERROR, what + " failed", failure);
        }
    }
}
