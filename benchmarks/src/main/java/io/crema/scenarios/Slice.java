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
    private final Histogram services = histogram();
    private long given;
    private long wrong;
    private long old;
    private long oldestNanos;

    static Histogram histogram() {
        return new Histogram(LEAST_NANOS, MOST_NANOS, DIGITS);
    }

    /** A read that returned a value. */
    synchronized void given(long waitNanos, long serviceNanos, long ageNanos, boolean isOld, boolean isRight) {
        given++;
        wrong += isRight ? 0 : 1;
        old += isOld ? 1 : 0;
        oldestNanos = Math.max(oldestNanos, ageNanos);
        took(waitNanos, serviceNanos);
    }

    /** A read that threw; its time counts as any other's. */
    synchronized void failed(long waitNanos, long serviceNanos, String kind) {
        failures.merge(kind, 1L, Long::sum);
        took(waitNanos, serviceNanos);
    }

    private void took(long waitNanos, long serviceNanos) {
        waits.recordValue(bounded(waitNanos));
        services.recordValue(bounded(serviceNanos));
    }

    private static long bounded(long nanos) {
        return Math.max(0, Math.min(MOST_NANOS, nanos));
    }

    synchronized Written written() {
        return new Written(given, wrong, old, oldestNanos, new TreeMap<>(failures), encoded(waits), encoded(services));
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
     * @param waits nanoseconds from when reads were due to their end
     * @param services nanoseconds from when they really began to their end
     */
    record Written(
            long given,
            long wrong,
            long old,
            long oldestNanos,
            Map<String, Long> failures,
            String waits,
            String services) {

        void addWaitsTo(Histogram sum) {
            sum.add(decoded(waits));
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
