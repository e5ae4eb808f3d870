package io.crema.coherence.crash;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** When this process has last read a key from the database. Thread-safe. */
final class Loads {

    /** For so long others may still be given what was loaded: while the leader waits for Redis to take it. */
    private static final long JOINED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Map<Integer, Long> ends = new ConcurrentHashMap<>();

    void ended(int key) {
        ends.put(key, System.nanoTime());
    }

    /** Whether a read that began then, and has ended, may have been given what it or another one loaded. */
    boolean mayHaveGiven(int key, long began) {
        Long end = ends.get(key);
        return end != null && end - began > -JOINED_NANOS;
    }
}
