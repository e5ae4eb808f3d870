package io.crema.scenarios;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * The reads of an instance that were due within a short time. Thread-safe where it is added to.
 */
final class Slice {

    private static final long LEAST_NANOS = 500;
    private static final long MOST_NANOS = 600_000_000_000L;
    private static final int DIGITS = 2;

    private final Map<String, Long> failures = new TreeMap<>();
    private final Histogram waits = histogram();
    private final Histogram latencies = histogram();
    private final Histogram services = histogram();
    private long given;
    private long wrong;
    private long old;
    private long oldestNanos;

    static Histogram histogram() {
        return new Histogram(LEAST_NANOS, MOST_NANOS, DIGITS);
    }

    /** A read that returned a value. */
    synchronized void given(Took took, long ageNanos, boolean isOld, boolean isRight) {
        given++;
        wrong += isRight ? 0 : 1;
        old += isOld ? 1 : 0;
        oldestNanos = Math.max(oldestNanos, ageNanos);
        add(took);
    }

    /** A read that threw; its time counts as any other's. */
    synchronized void failed(Took took, String kind) {
        failures.merge(kind, 1L, Long::sum);
        add(took);
    }

    private void add(Took took) {
        waits.recordValue(bounded(took.waited()));
        latencies.recordValue(bounded(took.latency()));
        services.recordValue(bounded(took.service()));
    }

    private static long bounded(long nanos) {
        return Math.max(0, Math.min(MOST_NANOS, nanos));
    }

    synchronized Written written() {
        return new Written(
                given,
                wrong,
                old,
                oldestNanos,
                new TreeMap<>(failures),
                encoded(waits),
                encoded(latencies),
                encoded(services));
    }

    private static String encoded(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        byte[] used = new byte[length];
        bytes.flip().get(used);
        return Base64.getEncoder().encodeToString(used);
    }

    /**
     * As it travels.
     *
     * @param given reads that returned a value
     * @param wrong how many of them returned another key's
     * @param old how many returned one older than its freshness
     * @param oldestNanos the greatest age
     * @param failures reads that threw, by the type of the failure
     * @param waits of {@link Took}, as are the next two
     */
    record Written(
            long given,
            long wrong,
            long old,
            long oldestNanos,
            Map<String, Long> failures,
            String waits,
            String latencies,
            String services) {

        void addWaitsTo(Histogram sum) {
            sum.add(decoded(waits));
        }

        void addLatenciesTo(Histogram sum) {
            sum.add(decoded(latencies));
        }

        void addServicesTo(Histogram sum) {
            sum.add(decoded(services));
        }

        private static Histogram decoded(String text) {
            try {
                return Histogram.decodeFromCompressedByteBuffer(
                        ByteBuffer.wrap(Base64.getDecoder().decode(text)), MOST_NANOS);
            } catch (DataFormatException e) {
                throw new IllegalArgumentException("Not a histogram", e);
            }
        }
    }
}
