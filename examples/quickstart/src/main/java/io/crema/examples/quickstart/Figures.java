package io.crema.examples.quickstart;

import io.crema.testkit.ReadTier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** What was counted and timed in some interval, by one instance or by several. Not thread-safe. */
final class Figures {

    /** The longest time that is told apart; longer ones count as this. */
    static final long MAX_NANOS = 60_000_000_000L;

    static final int DIGITS = 3;

    private final List<Histogram> latency = new ArrayList<>();
    private final Histogram propagation;
    private long originQueries;
    private long updates;
    private long failed;

    Figures() {
        for (int i = 0; i < ReadTier.values().length; i++) {
            latency.add(new Histogram(MAX_NANOS, DIGITS));
        }
        propagation = new Histogram(MAX_NANOS, DIGITS);
    }

    /**
     * @param latency in nanoseconds, in the order of the tiers
     * @param propagation in nanoseconds
     * @param failed reads and updates that ended with an exception
     */
    Figures(List<Histogram> latency, Histogram propagation, long originQueries, long updates, long failed) {
        this.latency.addAll(latency);
        this.propagation = propagation;
        this.originQueries = originQueries;
        this.updates = updates;
        this.failed = failed;
    }

    void add(Figures other) {
        for (int i = 0; i < latency.size(); i++) {
            latency.get(i).add(other.latency.get(i));
        }
        propagation.add(other.propagation);
        originQueries += other.originQueries;
        updates += other.updates;
        failed += other.failed;
    }

    Histogram latency(ReadTier tier) {
        return latency.get(tier.ordinal());
    }

    /** Times from the publication of an invalidation until an instance had applied it, in nanoseconds. */
    Histogram propagation() {
        return propagation;
    }

    long reads(ReadTier tier) {
        return latency(tier).getTotalCount();
    }

    long reads() {
        return latency.stream().mapToLong(Histogram::getTotalCount).sum();
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
        for (Histogram histogram : latency) {
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
        String[] fields = text.split(" ", -1);
        int tiers = ReadTier.values().length;
        if (fields.length != 4 + tiers) {
            throw new IllegalArgumentException("Expected " + (4 + tiers) + " fields, found " + fields.length);
        }
        List<Histogram> latency = new ArrayList<>();
        for (int i = 0; i < tiers; i++) {
            latency.add(decodeHistogram(fields[3 + i]));
        }
        return new Figures(
                latency,
                decodeHistogram(fields[3 + tiers]),
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]));
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
