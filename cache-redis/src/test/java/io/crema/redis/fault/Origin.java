package io.crema.redis.fault;

import io.crema.LoadContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the instances cache: a version for each key, which only grows. It knows when each version's invalidation was
 * acknowledged, so it can tell for every read whether it was too old.
 */
final class Origin {

    /** The bound of all caches of these tests. */
    static final Duration BOUND = Duration.ofSeconds(2);

    private final Map<String, Row> rows = new ConcurrentHashMap<>();
    private final AtomicLong loads = new AtomicLong();
    private final Queue<String> tooOld = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean losing = new AtomicBoolean();
    private final Queue<Runnable> mayBeLost = new ConcurrentLinkedQueue<>();

    private static final class Row {
        private final AtomicLong version = new AtomicLong(1);
        private final List<long[]> acknowledged = new ArrayList<>();

        synchronized void acknowledged(long committed, long nanos) {
            acknowledged.add(new long[] {committed, nanos});
        }

        /** The highest version acknowledged before a time. */
        synchronized long leastAt(long nanos) {
            long least = 1;
            for (long[] one : acknowledged) {
                if (one[1] - nanos < 0) {
                    least = Math.max(least, one[0]);
                }
            }
            return least;
        }
    }

    private Row row(String key) {
        return rows.computeIfAbsent(key, absent -> new Row());
    }

    /** A key that was never changed has version 1. */
    long version(String key) {
        return row(key).version.get();
    }

    Long load(String key) {
        loads.incrementAndGet();
        return version(key);
    }

    /** The tag of a key is what stands before its colon, if it has one. */
    Long load(String key, LoadContext<Long> context) {
        int colon = key.indexOf(':');
        if (colon > 0) {
            context.tags(key.substring(0, colon));
        }
        return load(key);
    }

    /** How often a value was loaded. */
    long loads() {
        return loads.get();
    }

    /** Changes a row and returns its new version. */
    long commit(String key) {
        return row(key).version.incrementAndGet();
    }

    /** The invalidation for that version has been acknowledged just now. */
    void acknowledged(String key, long version) {
        if (losing.get()) {
            mayBeLost.add(() -> row(key).acknowledged(version, System.nanoTime()));
        } else {
            row(key).acknowledged(version, System.nanoTime());
        }
    }

    /** From now on the server may lose what it acknowledges. */
    void beginLoss() {
        losing.set(true);
    }

    /** The instances have noticed the loss: what was acknowledged meanwhile counts as if it had been just now. */
    void lossNoticed() {
        losing.set(false);
        for (Runnable lost = mayBeLost.poll(); lost != null; lost = mayBeLost.poll()) {
            lost.run();
        }
    }

    /** Notes the read if what it gave had been invalidated for longer than the bound when it began. */
    void check(String reader, String key, long version, long startNanos) {
        long least = row(key).leastAt(startNanos - BOUND.toNanos());
        if (version < least) {
            tooOld.add(reader + " read version " + version + " of " + key + ", but " + least
                    + " was invalidated longer ago than the bound");
        }
    }

    /** The reads that were too old. */
    List<String> tooOld() {
        return List.copyOf(tooOld);
    }
}
