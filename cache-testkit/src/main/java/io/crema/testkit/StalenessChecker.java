package io.crema.testkit;

import io.crema.testkit.StalenessReport.FutureRead;
import io.crema.testkit.StalenessReport.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Decides from the histories of all instances ({@link HistoryWriter}) whether a cache kept its bound on staleness.
 *
 * <p>A read is stale beyond the bound if it returned version v although the invalidation for a newer version of the key
 * had been acknowledged more than the bound before the read began. Nothing is said about a version whose invalidation
 * was not acknowledged. A read of a version that nobody wrote, or that nobody had begun to write when the read ended, is
 * a read from the future; it means that the histories or the cache cannot be trusted.
 *
 * <p>Versions of a key grow with its writes. All histories come from one host (see {@link HistoryWriter}), and all
 * instances that wrote must be among them: what is not told cannot be missed.
 *
 * <p>The files are read twice. Memory is taken by writes and invalidations only, some 40 bytes each; reads, which there
 * are far more of, are streamed. One thread at a time.
 */
public final class StalenessChecker {

    private enum Instance {
        ENDED,
        KILLED
    }

    private final Duration bound;
    private final Map<Path, Instance> histories = new LinkedHashMap<>();
    private long initialVersion;
    private long readsFrom = Long.MIN_VALUE;
    private long readsUntil = Long.MAX_VALUE;

    private StalenessChecker(Duration bound) {
        this.bound = bound;
    }

    /** A checker of a bound, to be given histories. */
    public static StalenessChecker withBound(Duration bound) {
        if (bound.isNegative()) {
            throw new IllegalArgumentException("The bound is negative: " + bound);
        }
        return new StalenessChecker(bound);
    }

    /** A history whose instance ended by itself: the file must be complete. */
    public StalenessChecker history(Path file) {
        histories.put(file, Instance.ENDED);
        return this;
    }

    /**
     * A history whose instance was killed: the file may end anywhere and counts up to its last complete block. Damage
     * other than a missing end is no more accepted than elsewhere.
     */
    public StalenessChecker historyOfKilled(Path file) {
        histories.put(file, Instance.KILLED);
        return this;
    }

    /** Keys had versions up to this one before the histories began; 0 by default. */
    public StalenessChecker initialVersion(long version) {
        initialVersion = version;
        return this;
    }

    /** Checks only reads that began in this time, {@link System#nanoTime()}, the end excluded; all by default. */
    public StalenessChecker readsBetween(long fromNanos, long untilNanos) {
        readsFrom = fromNanos;
        readsUntil = untilNanos;
        return this;
    }

    /**
     * Reads the histories and decides.
     *
     * @throws HistoryException if a file is not a history, is damaged, or is cut short without its instance having been
     *     declared as killed
     * @throws IOException if a file cannot be read
     */
    public StalenessReport check() throws IOException {
        if (histories.isEmpty()) {
            throw new IllegalStateException("There is no history to check");
        }
        Timelines timelines = new Timelines();
        List<Path> cutShort = new ArrayList<>();
        for (Map.Entry<Path, Instance> history : histories.entrySet()) {
            Path file = history.getKey();
            if (HistoryReader.read(file, timelines) == HistoryReader.Ending.CUT_SHORT) {
                if (history.getValue() == Instance.ENDED) {
                    throw new HistoryException(
                            file + " is cut short: it has no end. If its instance was killed, declare it as such");
                }
                cutShort.add(file);
            }
        }
        timelines.byKey.values().forEach(KeyTimeline::seal);
        Verdict verdict = new Verdict(timelines.byKey, cutShort);
        for (Path file : histories.keySet()) {
            verdict.history = file;
            HistoryReader.read(file, verdict);
        }
        return verdict.report(timelines);
    }

    /** The first pass: what was written and invalidated. */
    private static final class Timelines implements HistoryReader.Events {

        private final Map<Long, KeyTimeline> byKey = new HashMap<>();
        private long writes;
        private long invalidations;

        @Override
        public void read(long key, long version, long startNanos, long endNanos, ReadTier tier) {
            // Second pass.
        }

        @Override
        public void written(long key, long version, long startNanos, long endNanos) {
            writes++;
            byKey.computeIfAbsent(key, any -> new KeyTimeline()).written(version, startNanos);
        }

        @Override
        public void invalidated(long key, long version, long startNanos, long ackNanos) {
            invalidations++;
            byKey.computeIfAbsent(key, any -> new KeyTimeline()).invalidated(version, ackNanos);
        }
    }

    /** The second pass: each read against the timeline of its key. */
    private final class Verdict implements HistoryReader.Events {

        private final Map<Long, KeyTimeline> byKey;
        private final List<Path> cutShort;
        private final long boundNanos = bound.toNanos();
        private final long[] staleness = new long[StalenessHistogram.BUCKETS];
        private final PriorityQueue<Violation> worst = new PriorityQueue<>(Comparator.comparing(Violation::lateness));
        private Path history = Path.of("");
        private long reads;
        private long staleWithinBound;
        private long violations;
        private long future;
        private @Nullable FutureRead firstFuture;
        private long unattributed;

        Verdict(Map<Long, KeyTimeline> byKey, List<Path> cutShort) {
            this.byKey = byKey;
            this.cutShort = cutShort;
        }

        @Override
        public void read(long key, long version, long startNanos, long endNanos, ReadTier tier) {
            if (startNanos < readsFrom || startNanos >= readsUntil) {
                return;
            }
            reads++;
            KeyTimeline timeline = byKey.get(key);
            existence(timeline, key, version, endNanos);
            long superseded = timeline == null ? 0 : timeline.supersededFor(version, startNanos);
            if (timeline == null || superseded <= 0) {
                return;
            }
            staleness[StalenessHistogram.bucket(superseded)]++;
            if (superseded <= boundNanos) {
                staleWithinBound++;
                return;
            }
            violations++;
            long expected = timeline.newestAckedBefore(startNanos - boundNanos, version);
            Duration lateness = Duration.ofNanos(superseded - boundNanos);
            worst.add(new Violation(key, version, expected, lateness, tier, startNanos, history));
            if (worst.size() > StalenessReport.WORST_ROWS) {
                worst.remove();
            }
        }

        private void existence(@Nullable KeyTimeline timeline, long key, long version, long endNanos) {
            if (version <= initialVersion) {
                return;
            }
            if (timeline != null && timeline.knows(version)) {
                if (timeline.begun(version) <= endNanos) {
                    return;
                }
            } else if (!cutShort.isEmpty()) {
                unattributed++;
                return;
            }
            future++;
            if (firstFuture == null) {
                firstFuture = new FutureRead(key, version, endNanos, history);
            }
        }

        @Override
        public void written(long key, long version, long startNanos, long endNanos) {
            // First pass.
        }

        @Override
        public void invalidated(long key, long version, long startNanos, long ackNanos) {
            // First pass.
        }

        StalenessReport report(Timelines timelines) {
            List<Violation> worstFirst = new ArrayList<>(worst);
            worstFirst.sort(Comparator.comparing(Violation::lateness).reversed());
            return new StalenessReport(
                    bound,
                    reads,
                    timelines.writes,
                    timelines.invalidations,
                    staleWithinBound,
                    new StalenessHistogram(staleness),
                    violations,
                    worstFirst,
                    future,
                    Optional.ofNullable(firstFuture),
                    unattributed,
                    cutShort);
        }
    }
}
