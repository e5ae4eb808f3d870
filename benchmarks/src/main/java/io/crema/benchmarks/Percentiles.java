package io.crema.benchmarks;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** Latencies, all of them kept. Written by one thread at a time. */
final class Percentiles {

    private static final double NANOS_PER_MICRO = 1_000;

    private long[] nanos = new long[1 << 14];
    private int count;

    void add(long latencyNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = latencyNanos;
    }

    void addAll(Percentiles others) {
        long[] all = Arrays.copyOf(nanos, Math.max(nanos.length, count + others.count));
        System.arraycopy(others.nanos, 0, all, count, others.count);
        nanos = all;
        count += others.count;
    }

    int count() {
        return count;
    }

    /**
     * The smallest latency that at least a share of all do not exceed.
     *
     * @param share above 0, at most 1
     */
    long at(double share) {
        if (count == 0) {
            throw new IllegalStateException("Nothing was measured");
        }
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("A share is above 0 and at most 1, not " + share);
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(share * count) - 1];
    }

    Map<Figure, Double> figures() {
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.P50, at(0.5) / NANOS_PER_MICRO);
        figures.put(Figure.P99, at(0.99) / NANOS_PER_MICRO);
        figures.put(Figure.MAX, at(1) / NANOS_PER_MICRO);
        return figures;
    }
}
