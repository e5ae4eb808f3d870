package io.crema.testkit;

import java.util.Arrays;
import java.util.Locale;

/**
 * Counts reads by how long the version that they returned had been superseded, in powers of two of a microsecond.
 * Immutable.
 */
public final class StalenessHistogram {

    /** Bucket 0 is below 1 µs, bucket i from 2^(i-1) to below 2^i µs. */
    static final int BUCKETS = 64;

    private final long[] counts;

    StalenessHistogram(long[] counts) {
        this.counts = counts.clone();
    }

    static int bucket(long nanos) {
        return 64 - Long.numberOfLeadingZeros(nanos / 1_000);
    }

    /** All stale reads. */
    public long count() {
        return Arrays.stream(counts).sum();
    }

    /** Stale reads whose version had been superseded for less than a time, which is rounded up to a power of two. */
    public long countBelow(long micros) {
        int end = micros <= 1 ? 1 : 65 - Long.numberOfLeadingZeros(micros - 1);
        return Arrays.stream(counts, 0, Math.min(end, BUCKETS)).sum();
    }

    /** One line a bucket that is not empty: its upper end and its count. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < BUCKETS; i++) {
            if (counts[i] > 0) {
                text.append(String.format(Locale.ROOT, "< %,15d µs  %,12d%n", 1L << i, counts[i]));
            }
        }
        return text.toString();
    }
}
