package io.crema.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides from the histories of all instances ({@link HistoryWriter}) whether a cache kept its bound on staleness. It
 * needs no more of the cache than that reads, commits and invalidations are recorded, so any cache can be checked:
 *
 * <pre>{@code
 * // In each instance: a version a key that grows with each commit is all that the values have to carry.
 * try (HistoryWriter history = HistoryWriter.create(file, "instance-1")) {
 *     long start = System.nanoTime();
 *     long version = repository.update(id, change);              // returns the version that it committed
 *     long committed = System.nanoTime();
 *     history.written(id, version, start, committed);
 *     cache.evict(id);                                           // returned normally: acknowledged
 *     history.invalidated(id, version, committed, System.nanoTime());
 *
 *     start = System.nanoTime();
 *     Product product = cache.get(id);
 *     history.read(id, product.version(), start, System.nanoTime(), ReadTier.L1);
 * }
 *
 * // Afterwards, anywhere on this host:
 * StalenessReport report =
 *         StalenessChecker.withBound(Duration.ofSeconds(2)).history(file).history(other).check();
 * System.out.println(report.describe());
 * }</pre>
 *
 * <p>A bounded read is stale beyond the bound if it returned version v although the invalidation for a newer version of
 * the key had been acknowledged more than the bound before the read began. Nothing is said about a version whose
 * invalidation was not acknowledged. Besides, a bounded read that begins after an invalidation of its own instance was
 * acknowledged must not miss it; a read of the latest version must not miss any that was acknowledged before it began;
 * and no read of any kind returns a version that nobody wrote, or that nobody had begun to write when the read ended:
 * such a read from the future means that the histories or the cache cannot be trusted.
 *
 * <p>Versions of a key grow with its writes. All histories come from one host (see {@link HistoryWriter}), and all
 * instances that wrote must be among them: what is not told cannot be missed.
 *
 * <p>The files are read twice. Memory is taken by keys (some 200 bytes each and instance), and by what was written,
 * acknowledged and first seen (some 100 bytes a version); reads, which there are far more of, are streamed. One thread
 * at a time.
 */
public final class StalenessChecker {

    private enum Instance {
        ENDED,
        KILLED
    }

    /** Of one history, or of all. */
    private record ClockWindow(@Nullable Path history, ReadWindow span) {}

    private static final Duration LONGEST_BOUND = Duration.ofDays(365);
    private static final long MAX_DRIFT_MILLIS = 60_000;

    private final Duration bound;
    private final Map<Path, Instance> histories = new LinkedHashMap<>();
    private final List<Losses.Loss> losses = new ArrayList<>();
    private final List<ReadWindow> quiet = new ArrayList<>();
    private final List<ClockWindow> clockWindows = new ArrayList<>();
    private long initialVersion;
    private boolean monotonic;
    private ReadWindow reads = ReadWindow.ALL;

    private StalenessChecker(Duration bound) {
        this.bound = bound;
    }

    /** A checker of a bound of at most a year, to be given histories. */
    public static StalenessChecker withBound(Duration bound) {
        if (bound.isNegative() || bound.compareTo(LONGEST_BOUND) > 0) {
            throw new IllegalArgumentException("The bound is negative or longer than a year: " + bound);
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

    /**
     * {@link #check()} judges only reads that began in this time, {@link System#nanoTime()}, the end excluded; all by
     * default. {@link Long#MIN_VALUE} and {@link Long#MAX_VALUE} leave it open.
     *
     * @throws IllegalArgumentException if the time is empty
     */
    public StalenessChecker readsBetween(long fromNanos, long untilNanos) {
        reads = new ReadWindow(fromNanos, untilNanos);
        return this;
    }

    /**
     * In this time, both ends included, acknowledged invalidations may have been lost, as by a failover to a replica that
     * lacks them: what was acknowledged within counts as acknowledged at its end, for all rules. May be called for several
     * times.
     *
     * @param fromNanos from when on acknowledgements may have been lost: before the fault, as replication lags
     * @param untilNanos when the new primary had been promoted and the cache is taken to have noticed, or
     *     {@link Long#MAX_VALUE} if never
     * @throws IllegalArgumentException if the time is empty
     */
    public StalenessChecker historyLoss(long fromNanos, long untilNanos) {
        return historyLoss(fromNanos, untilNanos, key -> true);
    }

    /**
     * As {@link #historyLoss(long, long)}, but only of some keys: those that were on the server that failed.
     *
     * @param keys asked for each invalidation acknowledged in that time; the same answer for the same key
     */
    public StalenessChecker historyLoss(long fromNanos, long untilNanos, LongPredicate keys) {
        losses.add(new Losses.Loss(begun(fromNanos, untilNanos), keys));
        return this;
    }

    /**
     * Bounded reads beyond the bound that begin in this time are counted apart instead of as violations: for a cache that
     * may serve some right after its process was stopped. May be called for several times.
     *
     * @param fromNanos when the process went on
     * @throws IllegalArgumentException if the time is empty
     */
    public StalenessChecker clockWindow(long fromNanos, long untilNanos) {
        clockWindows.add(new ClockWindow(null, begun(fromNanos, untilNanos)));
        return this;
    }

    /** As {@link #clockWindow(long, long)}, but only for the reads of one history: that of the process that was stopped. */
    public StalenessChecker clockWindow(Path history, long fromNanos, long untilNanos) {
        clockWindows.add(new ClockWindow(history, begun(fromNanos, untilNanos)));
        return this;
    }

    /**
     * In this time nothing is written, and all that was written was acknowledged longer than the bound before it: bounded
     * reads and reads of the latest version that begin within must return the last version. A key of which the histories
     * show that this is not so is not judged but counted, and a quiet time without a read that can be judged is not passed.
     * May be called for several times.
     *
     * @throws IllegalArgumentException if the time is empty
     */
    public StalenessChecker quiet(long fromNanos, long untilNanos) {
        quiet.add(begun(fromNanos, untilNanos));
        return this;
    }

    /**
     * Reads that go back ({@link StalenessReport.Backward}) to a version that had been superseded count as violations. A
     * bound on staleness alone does not promise that they do not.
     */
    public StalenessChecker requireMonotonicReads() {
        monotonic = true;
        return this;
    }

    private static ReadWindow begun(long fromNanos, long untilNanos) {
        if (fromNanos == Long.MIN_VALUE) {
            throw new IllegalArgumentException("The time has no begin");
        }
        return new ReadWindow(fromNanos, untilNanos);
    }

    /**
     * Reads the histories and decides.
     *
     * @throws HistoryException if a file is not a history or of another format, is damaged, or is cut short without its
     *     instance having been declared as killed; if the histories are of different hosts or of clocks that do not fit
     *     together; or if one holds times that cannot be
     * @throws IOException if a file cannot be read
     */
    public StalenessReport check() throws IOException {
        return judged(List.of(reads)).get(0);
    }

    /**
     * As {@link #check()}, with a report for each of some windows, in their order: each on the reads that began in it.
     * Windows may overlap. The files are read as often as for one.
     *
     * @throws IllegalArgumentException if there is no window
     */
    public Map<String, StalenessReport> checkEach(Map<String, ReadWindow> windows) throws IOException {
        if (windows.isEmpty()) {
            throw new IllegalArgumentException("There is no window to check");
        }
        Map<String, ReadWindow> ordered = new LinkedHashMap<>(windows);
        List<StalenessReport> judged = judged(List.copyOf(ordered.values()));
        Map<String, StalenessReport> reports = new LinkedHashMap<>();
        for (String name : ordered.keySet()) {
            reports.put(name, judged.get(reports.size()));
        }
        return reports;
    }

    private List<StalenessReport> judged(List<ReadWindow> windows) throws IOException {
        if (histories.isEmpty()) {
            throw new IllegalStateException("There is no history to check");
        }
        Map<Path, HistoryHeader> headers = headers();
        Timebase base = new Timebase(headers.values().iterator().next().clock().nanos());
        List<ReadWindow> asked = windows.stream().map(base::window).toList();
        Segments segments = new Segments(asked, quiet.stream().map(base::window).toList());
        Timelines timelines = new Timelines(base, losses(base));
        List<Path> cutShort = tell(headers, timelines);
        Judge judge = new Judge(
                timelines, base, segments, clockSpans(base), bound.toNanos(), initialVersion, !cutShort.isEmpty());
        for (Map.Entry<Path, HistoryHeader> history : headers.entrySet()) {
            judge.begin(history.getKey(), history.getValue());
            HistoryReader.read(history.getKey(), judge);
        }
        return asked.stream()
                .map(window -> report(segments.within(window), segments.uncheckedQuiet(window), timelines, cutShort))
                .toList();
    }

    private Losses losses(Timebase base) {
        return new Losses(losses.stream()
                .map(loss -> new Losses.Loss(base.window(loss.span()), loss.keys()))
                .toList());
    }

    /** The headers of all histories, in their order, if they can be judged together. */
    private Map<Path, HistoryHeader> headers() throws IOException {
        Map<Path, HistoryHeader> headers = new LinkedHashMap<>();
        for (Path file : histories.keySet()) {
            HistoryHeader header = HistoryReader.header(file);
            for (Map.Entry<Path, HistoryHeader> other : headers.entrySet()) {
                requireOneClock(
                        file, header.clock(), other.getKey(), other.getValue().clock());
            }
            headers.put(file, header);
        }
        return headers;
    }

    private static void requireOneClock(Path file, HostClock clock, Path other, HostClock otherClock) {
        if (!clock.host().equals(otherClock.host())) {
            throw new HistoryException(file + " is of another host, or of before a restart of it, than " + other + " ("
                    + clock.host() + ", " + otherClock.host() + "): their times cannot be compared");
        }
        long drift = clock.driftMillis(otherClock);
        if (drift > MAX_DRIFT_MILLIS) {
            throw new HistoryException("The clocks of " + file + " and " + other
                    + " do not fit together: from one to the" + " other nanoTime and the wall clock moved apart by "
                    + drift + " ms. Was the host suspended?");
        }
    }

    /** Reads all histories for what was written, and says which of them are cut short. */
    private List<Path> tell(Map<Path, HistoryHeader> headers, Timelines timelines) throws IOException {
        List<Path> cutShort = new ArrayList<>();
        for (Map.Entry<Path, HistoryHeader> history : headers.entrySet()) {
            Path file = history.getKey();
            timelines.begin(file, history.getValue());
            if (HistoryReader.read(file, timelines) == HistoryReader.Ending.CUT_SHORT) {
                if (histories.get(file) == Instance.ENDED) {
                    throw new HistoryException(
                            file + " is cut short: it has no end. If its instance was killed, declare it as such");
                }
                cutShort.add(file);
            }
        }
        timelines.seal();
        return cutShort;
    }

    private List<Judge.ClockSpan> clockSpans(Timebase base) {
        for (ClockWindow window : clockWindows) {
            if (window.history() != null && !histories.containsKey(window.history())) {
                throw new IllegalStateException(window.history() + " has a clock window but is no history to check");
            }
        }
        return clockWindows.stream()
                .map(window -> new Judge.ClockSpan(window.history(), base.window(window.span())))
                .toList();
    }

    private StalenessReport report(Tally tally, int uncheckedQuiet, Timelines timelines, List<Path> cutShort) {
        return new StalenessReport(
                bound,
                tally.reads,
                tally.latestReads,
                tally.eventualReads,
                timelines.writes(),
                timelines.invalidations(),
                tally.hotHits,
                tally.staleWithinBound,
                new StalenessHistogram(tally.staleness),
                tally.nines(),
                tally.beyondBound,
                tally.clockWindow(),
                tally.ownWritesMissed,
                tally.latestTooOld,
                new StalenessReport.Backward(tally.backwardSuperseded, tally.backwardUnacknowledged, monotonic),
                new StalenessReport.Quiet(tally.quietReads, tally.unconverged, tally.unsettled, uncheckedQuiet),
                tally.worst().stream()
                        .filter(row -> monotonic || row.kind() != StalenessReport.Kind.BACKWARD)
                        .toList(),
                tally.future,
                tally.firstFuture(),
                tally.unattributed,
                cutShort);
    }
}
