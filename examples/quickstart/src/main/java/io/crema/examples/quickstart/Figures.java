package io.crema.examples.quickstart;

import io.crema.testkit.ReadTier;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** What was counted and timed in some interval, by one instance or by several. Not thread-safe. */
final class Figures {

    /** The longest time that is told apart; longer ones count as this. */
    static final long MAX_NANOS = 60_000_000_000L;

    static final int DIGITS = 3;

    /** Fields of an encoded line before its histograms. */
    private static final int COUNTS = 3;

    private final Map<ReadTier, Histogram> latency;
    private final Histogram propagation;
    private long originQueries;
    private long updates;
    private long failed;

    Figures() {
        latency = new EnumMap<>(ReadTier.class);
        for (ReadTier tier : ReadTier.values()) {
            latency.put(tier, new Histogram(MAX_NANOS, DIGITS));
        }
        propagation = new Histogram(MAX_NANOS, DIGITS);
    }

    /**
     * @param latency of each tier, in nanoseconds
     * @param propagation in nanoseconds
     * @param failed reads and updates that ended with an exception
     */
    Figures(Map<ReadTier, Histogram> latency, Histogram propagation, long originQueries, long updates, long failed) {
        this.latency = latency;
        this.propagation = propagation;
        this.originQueries = originQueries;
        this.updates = updates;
        this.failed = failed;
    }

    void add(Figures other) {
        for (ReadTier tier : ReadTier.values()) {
            latency(tier).add(other.latency(tier));
        }
        propagation.add(other.propagation);
        originQueries += other.originQueries;
        updates += other.updates;
        failed += other.failed;
    }

    Histogram latency(ReadTier tier) {
        return Objects.requireNonNull(latency.get(tier));
    }

    /** Times from the publication of an invalidation until an instance had applied it, in nanoseconds. */
    Histogram propagation() {
        return propagation;
    }

    long reads(ReadTier tier) {
        return latency(tier).getTotalCount();
    }

    long reads() {
        return latency.values().stream().mapToLong(Histogram::getTotalCount).sum();
    }

    long updates() {
        return updates;
    }

    long failed() {
        return failed;
    }

    /** Without a cache each read would have been a query; this is how many of them the origin was spared. */
    long originQueriesSaved() {
        return reads() - originQueries;
    }

    /** One line without line breaks. */
    String encode() {
        StringBuilder text = new StringBuilder(originQueries + " " + updates + " " + failed);
        for (Histogram histogram : latency.values()) {
            text.append(' ').append(encode(histogram));
        }
        return text.append(' ').append(encode(propagation)).toString();
    }

    private static String encode(Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
    }

    static Figures decode(String text) {
        List<String> fields = List.of(text.split(" ", -1));
        ReadTier[] tiers = ReadTier.values();
        if (fields.size() != COUNTS + tiers.length + 1) {
            throw new IllegalArgumentException("Not figures: " + text);
        }
        Map<ReadTier, Histogram> latency = new EnumMap<>(ReadTier.class);
        Iterator<String> histograms = fields.listIterator(COUNTS);
        for (ReadTier tier : tiers) {
            latency.put(tier, decodeHistogram(histograms.next()));
        }
        return new Figures(
                latency,
                decodeHistogram(histograms.next()),
                Long.parseLong(fields.get(0)),
                Long.parseLong(fields.get(1)),
                Long.parseLong(fields.get(2)));
    }

    private static Histogram decodeHistogram(String text) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(text)), MAX_NANOS);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("Not a histogram: " + text, e);
        }
    }
}
