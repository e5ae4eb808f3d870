package io.crema.redis.internal.wire;

/**
 * An upper bound of the server's clock, from replies that carry the server's time: at any moment it is at most what the
 * reply said plus the time since its request was sent. The latest reply counts, so that a step of the server's clock is
 * followed.
 *
 * <p>Thread-safe.
 */
public final class ServerClock {

    private static final long NANOS_PER_MICRO = 1_000;
    private static final long MICROS_PER_MILLI = 1_000;

    /** What the divisions and the server cut off. */
    private static final long ROUNDING_MICROS = 2;

    /** Server time at {@code nanoTime() == 0}, by the last reply, in microseconds; all replies write it whole. */
    private volatile long originMicros;

    /**
     * Takes the time that a reply carries.
     *
     * @param serverMicros server time when the request was executed, in microseconds since the epoch
     * @param sentNanos {@link System#nanoTime()} before the request was sent
     */
    public void observe(long serverMicros, long sentNanos) {
        originMicros = serverMicros - Math.floorDiv(sentNanos, NANOS_PER_MICRO);
    }

    /** The least milliseconds since the epoch that the server's clock certainly does not exceed now. */
    public long upperBoundMillis() {
        long micros = originMicros + Math.floorDiv(System.nanoTime(), NANOS_PER_MICRO) + ROUNDING_MICROS;
        return Math.floorDiv(micros + MICROS_PER_MILLI - 1, MICROS_PER_MILLI);
    }
}
