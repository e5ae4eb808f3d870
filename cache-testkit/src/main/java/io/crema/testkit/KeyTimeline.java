package io.crema.testkit;

import java.util.Arrays;
import java.util.Comparator;

/**
 * The versions of one key: when each began to be written, and when its invalidation was acknowledged. Told all events,
 * then sealed, then asked.
 */
final class KeyTimeline {

    /** A pair of numbers per event, in the order told: version and time. */
    private long[] writes = new long[4];

    private int writeCount;
    private long[] acks = new long[4];
    private int ackCount;

    /** Once sealed: the versions written, sorted, and when each began to be. */
    private long[] versions = {};

    private long[] begun = {};

    /** Once sealed: the times of acknowledgement, sorted, and the highest version acknowledged up to each. */
    private long[] ackTimes = {};

    private long[] highestAcked = {};

    void written(long version, long startNanos) {
        writes = add(writes, writeCount++, version, startNanos);
    }

    void invalidated(long version, long ackNanos) {
        acks = add(acks, ackCount++, version, ackNanos);
    }

    private static long[] add(long[] pairs, int count, long version, long nanos) {
        long[] array = 2 * count == pairs.length ? Arrays.copyOf(pairs, 2 * pairs.length) : pairs;
        array[2 * count] = version;
        array[2 * count + 1] = nanos;
        return array;
    }

    void seal() {
        long[][] byTime = sorted(acks, ackCount, 1);
        highestAcked = byTime[0];
        ackTimes = byTime[1];
        for (int i = 1; i < ackCount; i++) {
            highestAcked[i] = Math.max(highestAcked[i], highestAcked[i - 1]);
        }
        long[][] byVersion = sorted(writes, writeCount, 0);
        versions = byVersion[0];
        begun = byVersion[1];
        acks = new long[0];
        writes = acks;
    }

    /** The versions and the times of pairs, both in the order of the versions (column 0) or of the times (column 1). */
    private static long[][] sorted(long[] pairs, int count, int column) {
        long[][] rows = new long[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = new long[] {pairs[2 * i], pairs[2 * i + 1]};
        }
        Arrays.sort(rows, Comparator.comparingLong(row -> row[column]));
        long[][] columns = new long[2][count];
        for (int i = 0; i < count; i++) {
            columns[0][i] = rows[i][0];
            columns[1][i] = rows[i][1];
        }
        return columns;
    }

    /**
     * How long before a read began the version that it returned had been superseded: since the first acknowledgement of
     * a newer one. Not positive if it had not been.
     */
    long supersededFor(long version, long readStart) {
        int first = 0;
        int end = highestAcked.length;
        while (first < end) {
            int middle = (first + end) >>> 1;
            if (highestAcked[middle] > version) {
                end = middle;
            } else {
                first = middle + 1;
            }
        }
        return first == ackTimes.length ? 0 : readStart - ackTimes[first];
    }

    /** The highest version acknowledged before a time; {@code otherwise} if none was. */
    long newestAckedBefore(long nanos, long otherwise) {
        int index = Arrays.binarySearch(ackTimes, nanos);
        int before = index >= 0 ? index : -index - 1;
        while (before > 0 && ackTimes[before - 1] >= nanos) {
            before--;
        }
        return before == 0 ? otherwise : highestAcked[before - 1];
    }

    /** Whether a version was written, as far as the histories tell. */
    boolean knows(long version) {
        return Arrays.binarySearch(versions, version) >= 0;
    }

    /** When a version that is known began to be written. */
    long begun(long version) {
        return begun[Arrays.binarySearch(versions, version)];
    }
}
