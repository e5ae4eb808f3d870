package io.crema.redis.codec;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Idle workers, a bounded number of them: two for each processor, 64 at most. A thread looks into a few places, the
 * first chosen by its id; a worker not found is made, a worker without a place is dropped. Never blocks. Not
 * thread-local: with virtual threads there would be as many as threads.
 */
final class KryoPool {

    private static final int MAX_PLACES = 64;
    private static final int PROBES = 4;

    private final ClassTable table;
    private final AtomicReferenceArray<KryoWorker> idle;

    KryoPool(ClassTable table) {
        this.table = table;
        int wanted = Math.min(MAX_PLACES, 2 * Runtime.getRuntime().availableProcessors());
        this.idle = new AtomicReferenceArray<>(Math.max(PROBES, Integer.highestOneBit(2 * wanted - 1)));
    }

    KryoWorker take() {
        int first = place();
        for (int i = 0; i < PROBES; i++) {
            int place = first + i & idle.length() - 1;
            if (idle.getPlain(place) != null) {
                KryoWorker worker = idle.getAndSet(place, null);
                if (worker != null) {
                    return worker;
                }
            }
        }
        return new KryoWorker(table);
    }

    /** Not after a failure: the worker may be left in any state. */
    void giveBack(KryoWorker worker) {
        worker.rest();
        int first = place();
        for (int i = 0; i < PROBES; i++) {
            if (idle.compareAndSet(first + i & idle.length() - 1, null, worker)) {
                return;
            }
        }
    }

    private int place() {
        long id = Thread.currentThread().getId();
        return (int) (id ^ id >>> 32) & idle.length() - 1;
    }
}
