package io.crema.scenarios;

import java.util.Map;

/**
 * Writers of one instance: threads that all write one key, and one thread that writes keys which nobody else does. A write
 * is due at a moment that does not depend on how long others take.
 *
 * @param instance from 0
 * @param rowsPort where {@link Rows} listens
 * @param threads that write the hot key
 * @param hotPerSecond writes of the hot key, of all these threads together
 * @param keys other keys, of this instance alone
 * @param otherPerSecond writes of those
 * @param coalescing whether of the writes of a key that wait only the last is made
 * @param beginsAt by {@link System#nanoTime()}
 */
record Writes(
        int instance,
        int rowsPort,
        int threads,
        double hotPerSecond,
        int keys,
        double otherPerSecond,
        boolean coalescing,
        long beginsAt) {

    static final String CACHE = "written";
    static final String HOT = "hot";

    String key(int number) {
        return "other-" + instance + "-" + number;
    }

    /** Of a thread, in the fleet. */
    int writer(int thread) {
        return instance * 1_000 + thread;
    }

    /**
     * How it stands.
     *
     * @param acknowledged writes of the hot key
     * @param failures of writes of any key, by what they said
     * @param heapBytes that live
     * @param cpuNanos that the process has used
     */
    record Progress(long acknowledged, Map<String, Long> failures, long heapBytes, long cpuNanos) {}

    /**
     * The last write of a key that a thread was told of.
     *
     * @param sequence 0 = there was none
     */
    record Last(String key, int writer, long sequence, long begun, long ended) {}
}
