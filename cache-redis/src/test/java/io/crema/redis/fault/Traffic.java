package io.crema.redis.fault;

import io.crema.InvalidationPendingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads and changes random keys on all instances, until it is closed. A change that is pending is nothing special; any
 * other failure, and any of a read, is noted.
 */
final class Traffic implements AutoCloseable {

    private static final long READ_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long WRITE_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

    private final List<String> keys;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    Traffic(List<Instance> instances, List<String> keys) {
        this.keys = List.copyOf(keys);
        for (Instance instance : instances) {
            threads.add(new Thread(() -> read(instance), "reads-" + instance));
            threads.add(new Thread(() -> change(instance), "changes-" + instance));
        }
        threads.forEach(Thread::start);
    }

    private String anyKey() {
        return keys.get(ThreadLocalRandom.current().nextInt(keys.size()));
    }

    private void read(Instance instance) {
        while (!ended) {
            try {
                instance.read(anyKey());
                reads.incrementAndGet();
            } catch (RuntimeException e) {
                failures.add(e);
            }
            LockSupport.parkNanos(READ_PAUSE);
        }
    }

    private void change(Instance instance) {
        while (!ended) {
            try {
                if (instance.change(anyKey())) {
                    acknowledged.incrementAndGet();
                }
            } catch (RuntimeException e) {
                failures.add(e);
            }
            LockSupport.parkNanos(WRITE_PAUSE);
        }
    }

    /** Returns when so many more reads, and so many more acknowledged changes, have been made. */
    void goesOn(int more) {
        long readsBefore = reads.get();
        long acknowledgedBefore = acknowledged.get();
        FaultTest.patiently()
                .until(() -> reads.get() - readsBefore >= more && acknowledged.get() - acknowledgedBefore >= more);
    }

    /** As {@link #goesOn}, where changes need not be acknowledged. */
    void readsGoOn(int more) {
        long before = reads.get();
        FaultTest.patiently().until(() -> reads.get() - before >= more);
    }

    /** Every failure so far but those of changes that are pending. */
    List<Throwable> failures() {
        return failures.stream()
                .filter(failure -> !(failure instanceof InvalidationPendingException))
                .toList();
    }

    @Override
    public void close() {
        ended = true;
        for (Thread thread : threads) {
            FaultTest.patiently().until(() -> !thread.isAlive());
        }
    }
}
