package io.crema.scenarios;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import org.HdrHistogram.Histogram;

/**
 * The reads of a load, by when they were due.
 *
 * @param beginsAt when the first slice begins, by {@link System#nanoTime()}
 * @param unended reads that had begun and not ended when the load had been over for a while
 * @param slices by number; those of two threads, or instances, may have the same
 */
record History(long beginsAt, long unended, List<Numbered> slices) {

    static final long SLICE_NANOS = 100_000_000;

    record Numbered(int number, Slice.Written slice) {}

    static <K, N> Map<K, N> sum(Map<K, N> one, Map<K, N> other, BinaryOperator<N> plus) {
        Map<K, N> sum = new TreeMap<>(one);
        other.forEach((key, count) -> sum.merge(key, count, plus));
        return sum;
    }

    /** Of several instances, whose loads began at the same moment. */
    static History merged(List<History> histories) {
        List<Numbered> slices = new ArrayList<>();
        long unended = 0;
        for (History history : histories) {
            if (history.beginsAt != histories.get(0).beginsAt) {
                throw new IllegalArgumentException("These loads did not begin at the same moment");
            }
            slices.addAll(history.slices);
            unended += history.unended;
        }
        return new History(histories.get(0).beginsAt, unended, slices);
    }

    Reads all() {
        return Reads.of(slices.stream().map(Numbered::slice).toList());
    }

    /** Reads due in slices that begin at a moment or after it, and before another. */
    Reads between(long from, long to) {
        return Reads.of(slices.stream()
                .filter(slice -> start(slice) >= from && start(slice) < to)
                .map(Numbered::slice)
                .toList());
    }

    /**
     * When all is well again after a moment: the begin of the first slice from which on, for a while, no read fails and none
     * returns a value older than its freshness. Empty if that is never so, or was not watched for as long.
     */
    static OptionalLong wellAfter(List<History> histories, long from, long forNanos) {
        TreeSet<Long> unwell = new TreeSet<>();
        long end = from;
        for (History history : histories) {
            for (Numbered numbered : history.slices) {
                long start = history.start(numbered);
                end = Math.max(end, start + SLICE_NANOS);
                if (start >= from
                        && (numbered.slice.old() > 0
                                || !numbered.slice.failures().isEmpty())) {
                    unwell.add(start);
                }
            }
        }
        long well = from;
        for (long start : unwell) {
            if (start >= well + forNanos) {
                break;
            }
            well = start + SLICE_NANOS;
        }
        return well + forNanos <= end ? OptionalLong.of(well) : OptionalLong.empty();
    }

    private long start(Numbered slice) {
        return beginsAt + slice.number * SLICE_NANOS;
    }

    /** The reads of some slices together. */
    record Reads(
            long given,
            long wrong,
            long old,
            long oldestNanos,
            Map<String, Long> failures,
            Histogram waits,
            Histogram latencies,
            Histogram services) {

        private static final double NANOS_PER_MILLI = 1e6;

        static Reads of(List<Slice.Written> slices) {
            long given = 0;
            long wrong = 0;
            long old = 0;
            long oldest = 0;
            Map<String, Long> failures = new TreeMap<>();
            Histogram waits = Slice.histogram();
            Histogram latencies = Slice.histogram();
            Histogram services = Slice.histogram();
            for (Slice.Written slice : slices) {
                given += slice.given();
                wrong += slice.wrong();
                old += slice.old();
                oldest = Math.max(oldest, slice.oldestNanos());
                failures = sum(failures, slice.failures(), Long::sum);
                slice.addWaitsTo(waits);
                slice.addLatenciesTo(latencies);
                slice.addServicesTo(services);
            }
            return new Reads(given, wrong, old, oldest, failures, waits, latencies, services);
        }

        Reads plus(Reads other) {
            return new Reads(
                    given + other.given,
                    wrong + other.wrong,
                    old + other.old,
                    Math.max(oldestNanos, other.oldestNanos),
                    sum(failures, other.failures, Long::sum),
                    both(waits, other.waits),
                    both(latencies, other.latencies),
                    both(services, other.services));
        }

        private static Histogram both(Histogram one, Histogram other) {
            Histogram sum = one.copy();
            sum.add(other);
            return sum;
        }

        long failed() {
            return failures.values().stream().mapToLong(Long::longValue).sum();
        }

        long count() {
            return given + failed();
        }

        /** Milliseconds from when a read was due; NaN of none. */
        double waitMillis(double percentile) {
            return millis(waits, percentile);
        }

        /** As {@link #waitMillis}, without what the threads that make the reads are late by themselves. */
        double latencyMillis(double percentile) {
            return millis(latencies, percentile);
        }

        /** Milliseconds from when a read began; NaN of none. */
        double serviceMillis(double percentile) {
            return millis(services, percentile);
        }

        private static double millis(Histogram histogram, double percentile) {
            return histogram.getTotalCount() == 0
                    ? Double.NaN
                    : histogram.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
        }
    }
}
