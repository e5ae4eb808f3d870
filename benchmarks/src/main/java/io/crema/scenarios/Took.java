package io.crema.scenarios;

/**
 * What a read took, in nanoseconds.
 *
 * @param waited from when it was due to its end
 * @param latency as before, if the thread that makes reads had begun each as soon as it was due and the ones before it
 *     had ended: without what else keeps that thread, as its own book-keeping or the want of a processor
 * @param service from when it really began to its end
 */
record Took(long waited, long latency, long service) {

    /**
     * The latencies of reads that follow each other, by what each took: a queue with one server (Lindley 1952). For one
     * thread.
     */
    static final class Queue {

        private long free = Long.MIN_VALUE;

        /** The next read, by {@link System#nanoTime()}. */
        Took next(long due, long began, long ended) {
            free = Math.max(free, due) + (ended - began);
            return new Took(ended - due, free - due, ended - began);
        }
    }
}
