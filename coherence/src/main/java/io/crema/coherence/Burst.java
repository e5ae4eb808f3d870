package io.crema.coherence;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * More writes at once than the load has: one more instance of the cache, in this process, which invalidates keys that
 * nobody else reads or writes, by many threads.
 */
final class Burst {

    private static final int THREADS = 24;

    private final Subject subject;
    private final int firstKey;
    private final AtomicLong next = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ended;

    private Burst(Subject subject, int firstKey) {
        this.subject = subject;
        this.firstKey = firstKey;
    }

    static Burst begin(Fleet fleet) {
        Burst burst = new Burst(fleet.oneMore(), fleet.keys());
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(burst::write, "burst-" + i);
            thread.setDaemon(true);
            burst.threads.add(thread);
            thread.start();
        }
        return burst;
    }

    private void write() {
        while (!ended) {
            long number = next.getAndIncrement();
            try {
                subject.invalidate(new Key(firstKey + (int) (number % firstKey)), number + 1);
            } catch (RuntimeException e) {
                // Nobody reads it, so nobody misses it.
                Thread.onSpinWait();
            }
        }
    }

    /** Returns when no more is written. */
    void end() throws InterruptedException {
        ended = true;
        for (Thread thread : threads) {
            thread.join();
        }
        subject.close();
    }
}
