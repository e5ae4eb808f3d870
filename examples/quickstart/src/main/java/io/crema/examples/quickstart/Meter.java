package io.crema.examples.quickstart;

import io.crema.testkit.ReadTier;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Counts and times what one instance does. Thread-safe. */
final class Meter {

    private final Map<ReadTier, Recorder> latency = new EnumMap<>(ReadTier.class);
    private final Recorder propagation = recorder();
    private final LongAdder originQueries = new LongAdder();
    private final LongAdder updates = new LongAdder();
    private final LongAdder failed = new LongAdder();

    Meter() {
        for (ReadTier tier : ReadTier.values()) {
            latency.put(tier, recorder());
        }
    }

    private static Recorder recorder() {
        return new Recorder(Figures.MAX_NANOS, Figures.DIGITS);
    }

    void read(ReadTier tier, long nanos) {
        Objects.requireNonNull(latency.get(tier)).recordValue(inRange(nanos));
    }

    /**
     * An invalidation has been applied.
     *
     * @param serverMicros when Redis published it, since the epoch; server and instances share the host's clock
     */
    void propagated(long serverMicros) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) - serverMicros;
        propagation.recordValue(inRange(TimeUnit.MICROSECONDS.toNanos(micros)));
    }

    /** A clock that is set back makes a difference negative: it counts as 0. */
    private static long inRange(long nanos) {
        return Math.max(0, Math.min(nanos, Figures.MAX_NANOS));
    }

    void originQueried() {
        originQueries.increment();
    }

    void updated() {
        updates.increment();
    }

    void failed() {
        failed.increment();
    }

    /** What came together since the last call. */
    Figures take() {
        Map<ReadTier, Histogram> histograms = new EnumMap<>(ReadTier.class);
        latency.forEach((tier, recorder) -> histograms.put(tier, recorder.getIntervalHistogram()));
        return new Figures(
                histograms,
                propagation.getIntervalHistogram(),
                originQueries.sumThenReset(),
                updates.sumThenReset(),
                failed.sumThenReset());
    }
}
