package io.crema.scenarios;

/**
 * Readers of one instance. A read is due at a moment that does not depend on how long others take (an open loop), and what
 * it takes is counted from then, so that a read which comes late because another one was slow counts as slow.
 *
 * @param name by which it is ended
 * @param threads that make reads
 * @param readsPerSecond of all threads together; of callers, what each aims at if reads took no time; 0 = no pause
 * @param cache the name of the cache
 * @param keys how many are read, at random; 0 = each read has a key that nobody had before
 * @param beginsAt by {@link System#nanoTime()}; slices are counted from then
 * @param freshMillis what is older when it is read counts as old
 */
record Load(
        String name,
        Style style,
        int threads,
        double readsPerSecond,
        String cache,
        String prefix,
        int keys,
        long beginsAt,
        long freshMillis) {

    enum Style {
        /** Threads begin reads and wait for none. */
        ASYNCHRONOUS,
        /** Each thread makes the reads that are due, one after the other. */
        SYNCHRONOUS,
        /** Each thread makes the next read when the last one has ended, and a pause is over. */
        CALLERS
    }
}
