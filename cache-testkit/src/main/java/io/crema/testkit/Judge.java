package io.crema.testkit;

import io.crema.ReadConsistency;
import io.crema.testkit.Segments.Segment;
import io.crema.testkit.StalenessReport.FutureRead;
import io.crema.testkit.StalenessReport.Kind;
import io.crema.testkit.StalenessReport.Violation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The second reading of the histories: each read against what the first one found. A time that is equal to another is
 * not after it: two threads may have read the clock in either order.
 */
final class Judge implements HistoryReader.Events {

    private static final long MILLI = 1_000_000;

    /** Within how many bounds before a read its key was written for a hit to be hot. */
    private static final int HOT_BOUNDS = 10;

    /**
     * Reads beyond the bound that began within do not count as violations.
     *
     * @param history only those of this history; those of all if null
     * @param span as distances
     */
    record ClockSpan(@Nullable Path history, ReadWindow span) {

        private boolean holds(Path file, long time) {
            return (history == null || history.equals(file)) && time >= span.fromNanos() && time < span.untilNanos();
        }
    }

    private final Timelines timelines;
    private final Timebase base;
    private final Segments segments;
    private final Collection<ClockSpan> clockSpans;
    private final long bound;
    private final long initialVersion;
    private final boolean anyCutShort;
    private Path history = Path.of("");
    private InstanceTimeline instance = new InstanceTimeline();
    private long place;

    // The read that is being judged.
    private Tally tally = new Tally();
    private KeyTimeline timeline = new KeyTimeline();
    private int number;
    private long key;
    private long version;
    private long start;
    private ReadTier tier = ReadTier.L1;

    Judge(
            Timelines timelines,
            Timebase base,
            Segments segments,
            List<ClockSpan> clockSpans,
            long bound,
            long initialVersion,
            boolean anyCutShort) {
        this.timelines = timelines;
        this.base = base;
        this.segments = segments;
        this.clockSpans = clockSpans;
        this.bound = bound;
        this.initialVersion = initialVersion;
        this.anyCutShort = anyCutShort;
    }

    /** A history follows. */
    void begin(Path file, HistoryHeader header) {
        history = file;
        instance = timelines.instance(header, file);
    }

    @Override
    public void read(
            long key, long version, long startNanos, long endNanos, ReadTier tier, ReadConsistency consistency) {
        place++;
        start = base.at(startNanos);
        Segment segment = segments.at(start);
        if (segment == null) {
            return;
        }
        this.key = key;
        this.version = version;
        this.tier = tier;
        tally = segment.tally;
        number = timelines.known(key, history);
        timeline = timelines.key(number);
        existence(base.at(endNanos));
        if (consistency == ReadConsistency.EVENTUAL) {
            tally.eventualReads++;
            return;
        }
        long ack = timeline.acked().firstAbove(version);
        long superseded = ack < start ? start - ack : 0;
        if (consistency == ReadConsistency.LATEST) {
            latest(superseded);
        } else {
            bounded(superseded);
            ownWrites();
        }
        monotony(superseded);
        if (segment.isQuiet()) {
            convergence(segment.quietFrom(), superseded, consistency);
        }
    }

    private void existence(long end) {
        if (version <= initialVersion) {
            return;
        }
        if (timeline.knows(version)) {
            if (timeline.begun(version) <= end) {
                return;
            }
        } else if (anyCutShort) {
            tally.unattributed++;
            return;
        }
        tally.future(new FutureRead(key, version, base.nanos(end), history), place);
    }

    private void bounded(long superseded) {
        tally.reads++;
        tally.within1ms += superseded <= MILLI ? 1 : 0;
        tally.within10ms += superseded <= 10 * MILLI ? 1 : 0;
        tally.within100ms += superseded <= 100 * MILLI ? 1 : 0;
        tally.withinBound += superseded <= bound ? 1 : 0;
        if (tier == ReadTier.L1 && timeline.begunWithin(start - HOT_BOUNDS * bound, start)) {
            tally.hotHits++;
        }
        if (superseded == 0) {
            return;
        }
        tally.staleness[StalenessHistogram.bucket(superseded)]++;
        if (superseded <= bound) {
            tally.staleWithinBound++;
        } else if (isInClockWindow()) {
            inClockWindow();
        } else {
            tally.beyondBound++;
            row(Kind.BEYOND_BOUND, timeline.acked(), start - bound, superseded - bound);
        }
    }

    private boolean isInClockWindow() {
        return clockSpans.stream().anyMatch(span -> span.holds(history, start));
    }

    private void inClockWindow() {
        tally.inClockWindow++;
        for (ClockSpan clock : clockSpans) {
            if (clock.holds(history, start)) {
                tally.longestInClockWindow = Math.max(
                        tally.longestInClockWindow, start - clock.span().fromNanos());
            }
        }
    }

    private void ownWrites() {
        HighWater own = instance.acked(number);
        long ack = own.firstAbove(version);
        if (ack < start) {
            tally.ownWritesMissed++;
            row(Kind.OWN_WRITE_MISSED, own, start, start - ack);
        }
    }

    private void latest(long superseded) {
        tally.latestReads++;
        if (superseded > 0) {
            tally.latestTooOld++;
            row(Kind.LATEST_TOO_OLD, timeline.acked(), start, superseded);
        }
    }

    private void monotony(long superseded) {
        HighWater seen = instance.seen(number);
        if (seen.highestBefore(start) <= version) {
            return;
        }
        if (superseded > 0) {
            tally.backwardSuperseded++;
            row(Kind.BACKWARD, seen, start, superseded);
        } else {
            tally.backwardUnacknowledged++;
        }
    }

    private void convergence(long quietFrom, long superseded, ReadConsistency consistency) {
        long last = timeline.highestBegunUpTo(start);
        long due = timeline.acked().highestBefore(quietFrom - bound);
        if (last == Long.MIN_VALUE && due == Long.MIN_VALUE) {
            return;
        }
        if (due < last) {
            tally.unsettled++;
            return;
        }
        tally.quietReads++;
        if (version < due && (consistency == ReadConsistency.LATEST || !isInClockWindow())) {
            tally.unconverged++;
            row(Kind.UNCONVERGED, timeline.acked(), quietFrom - bound, superseded - bound);
        }
    }

    /** Keeps a violation if it is among the worst: the version that some knew before a time was to be returned. */
    private void row(Kind kind, HighWater known, long before, long lateness) {
        if (tally.keeps(kind, lateness)) {
            long expected = known.highestBefore(before);
            tally.keep(new Violation(
                    kind, key, version, expected, Duration.ofNanos(lateness), tier, base.nanos(start), history));
        }
    }

    @Override
    public void written(long key, long version, long startNanos, long endNanos) {
        // First reading.
    }

    @Override
    public void invalidated(long key, long version, long startNanos, long ackNanos) {
        // First reading.
    }
}
