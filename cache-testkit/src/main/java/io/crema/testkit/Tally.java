package io.crema.testkit;

import io.crema.testkit.StalenessReport.FutureRead;
import io.crema.testkit.StalenessReport.Kind;
import io.crema.testkit.StalenessReport.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What was counted in some stretch of time. */
final class Tally {

    private static final Comparator<Violation> BY_LATENESS = Comparator.comparing(Violation::lateness);

    private final Map<Kind, PriorityQueue<Violation>> worst = new EnumMap<>(Kind.class);
    final long[] staleness = new long[StalenessHistogram.BUCKETS];
    long reads;
    long latestReads;
    long eventualReads;
    long within1ms;
    long within10ms;
    long within100ms;
    long withinBound;
    long hotHits;
    long staleWithinBound;
    long beyondBound;
    long inClockWindow;
    long longestInClockWindow;
    long ownWritesMissed;
    long latestTooOld;
    long backwardSuperseded;
    long backwardUnacknowledged;
    long quietReads;
    long unconverged;
    long unsettled;
    long future;
    long unattributed;
    private @Nullable FutureRead firstFuture;
    private long firstFutureAt = Long.MAX_VALUE;

    /** Whether a violation is among the worst so far. */
    boolean keeps(Kind kind, long lateness) {
        PriorityQueue<Violation> rows = worst.get(kind);
        return rows == null
                || rows.size() < StalenessReport.WORST_ROWS
                || rows.element().lateness().toNanos() < lateness;
    }

    void keep(Violation row) {
        PriorityQueue<Violation> rows = worst.computeIfAbsent(row.kind(), any -> new PriorityQueue<>(BY_LATENESS));
        rows.add(row);
        if (rows.size() > StalenessReport.WORST_ROWS) {
            rows.remove();
        }
    }

    /** @param at the place of the read in the order of the histories */
    void future(FutureRead read, long at) {
        future++;
        if (at < firstFutureAt) {
            firstFuture = read;
            firstFutureAt = at;
        }
    }

    void add(Tally other) {
        for (int i = 0; i < staleness.length; i++) {
            staleness[i] += other.staleness[i];
        }
        reads += other.reads;
        latestReads += other.latestReads;
        eventualReads += other.eventualReads;
        within1ms += other.within1ms;
        within10ms += other.within10ms;
        within100ms += other.within100ms;
        withinBound += other.withinBound;
        hotHits += other.hotHits;
        staleWithinBound += other.staleWithinBound;
        beyondBound += other.beyondBound;
        inClockWindow += other.inClockWindow;
        longestInClockWindow = Math.max(longestInClockWindow, other.longestInClockWindow);
        ownWritesMissed += other.ownWritesMissed;
        latestTooOld += other.latestTooOld;
        backwardSuperseded += other.backwardSuperseded;
        backwardUnacknowledged += other.backwardUnacknowledged;
        quietReads += other.quietReads;
        unconverged += other.unconverged;
        unsettled += other.unsettled;
        future += other.future;
        unattributed += other.unattributed;
        if (other.firstFutureAt < firstFutureAt) {
            firstFuture = other.firstFuture;
            firstFutureAt = other.firstFutureAt;
        }
        other.worst.values().forEach(rows -> rows.forEach(this::keep));
    }

    Optional<FutureRead> firstFuture() {
        return Optional.ofNullable(firstFuture);
    }

    StalenessReport.Nines nines() {
        return new StalenessReport.Nines(reads, within1ms, within10ms, within100ms, withinBound);
    }

    StalenessReport.ClockWindow clockWindow() {
        return new StalenessReport.ClockWindow(inClockWindow, Duration.ofNanos(longestInClockWindow));
    }

    /** By kind, the greatest lateness first. */
    List<Violation> worst() {
        List<Violation> rows = new ArrayList<>();
        worst.values().forEach(rows::addAll);
        rows.sort(Comparator.comparing(Violation::kind).thenComparing(BY_LATENESS.reversed()));
        return rows;
    }
}
