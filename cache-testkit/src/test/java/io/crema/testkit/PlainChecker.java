package io.crema.testkit;

import io.crema.ReadConsistency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rules of {@link StalenessChecker} once more, each read compared with every event: slow, and plain enough to be
 * believed. Times are small numbers, none overflows.
 */
final class PlainChecker {

    record Read(
            int file,
            int instance,
            long key,
            long version,
            long start,
            long end,
            ReadTier tier,
            ReadConsistency consistency) {}

    record Write(long key, long version, long start) {}

    record Ack(int instance, long key, long version, long time) {}

    record Span(long from, long until) {

        boolean holds(long time) {
            return from <= time && time < until;
        }
    }

    /** @param file -1 for all */
    record ClockSpan(int file, Span span) {}

    final List<Read> reads = new ArrayList<>();
    final List<Write> writes = new ArrayList<>();
    final List<Ack> acks = new ArrayList<>();
    final List<Span> losses = new ArrayList<>();
    final List<Span> quiet = new ArrayList<>();
    final List<ClockSpan> clocks = new ArrayList<>();
    long bound;
    long initialVersion;
    boolean anyCutShort;

    /** All figures of a report by name, the greatest lateness of each kind of violation among them. */
    Map<String, Object> check(Span window) {
        Map<String, Long> counts = new TreeMap<>();
        Map<StalenessReport.Kind, Long> latest = new EnumMap<>(StalenessReport.Kind.class);
        long[] quietReads = new long[quiet.size()];
        for (Read read : reads) {
            if (window.holds(read.start)) {
                judge(read, counts, latest, quietReads);
            }
        }
        int unchecked = 0;
        for (int i = 0; i < quiet.size(); i++) {
            Span span = quiet.get(i);
            boolean within = window.from <= span.from && span.until <= window.until;
            unchecked += within && quietReads[i] == 0 ? 1 : 0;
        }
        Map<String, Object> figures = new TreeMap<>();
        for (String name : FIGURES) {
            figures.put(name, counts.getOrDefault(name, 0L));
        }
        figures.put("writes", (long) writes.size());
        figures.put("invalidations", (long) acks.size());
        figures.put("unchecked", unchecked);
        figures.put("latest", latest);
        return figures;
    }

    private static final List<String> FIGURES = List.of(
            "reads",
            "latestReads",
            "eventualReads",
            "1ms",
            "10ms",
            "100ms",
            "bound",
            "hot",
            "within",
            "beyond",
            "clock",
            "longest",
            "own",
            "tooOld",
            "backwardSuperseded",
            "backwardUnacknowledged",
            "quiet",
            "unconverged",
            "unsettled",
            "future",
            "unattributed");

    static Map<String, Object> figures(StalenessReport report) {
        Map<String, Object> figures = new TreeMap<>();
        figures.put("reads", report.reads());
        figures.put("latestReads", report.latestReads());
        figures.put("eventualReads", report.eventualReads());
        figures.put("1ms", report.nines().within1ms());
        figures.put("10ms", report.nines().within10ms());
        figures.put("100ms", report.nines().within100ms());
        figures.put("bound", report.nines().withinBound());
        figures.put("hot", report.hotHits());
        figures.put("within", report.staleWithinBound());
        figures.put("beyond", report.violations());
        figures.put("clock", report.clockWindow().stale());
        figures.put("longest", report.clockWindow().longest().toNanos());
        figures.put("own", report.ownWritesMissed());
        figures.put("tooOld", report.latestTooOld());
        figures.put("backwardSuperseded", report.backward().superseded());
        figures.put("backwardUnacknowledged", report.backward().unacknowledged());
        figures.put("quiet", report.quiet().reads());
        figures.put("unconverged", report.quiet().unconverged());
        figures.put("unsettled", report.quiet().unsettled());
        figures.put("future", report.future());
        figures.put("unattributed", report.unattributed());
        figures.put("writes", report.writes());
        figures.put("invalidations", report.invalidations());
        figures.put("unchecked", report.quiet().unchecked());
        Map<StalenessReport.Kind, Long> latest = new EnumMap<>(StalenessReport.Kind.class);
        report.worst().forEach(row -> latest.merge(row.kind(), row.lateness().toNanos(), Math::max));
        figures.put("latest", latest);
        return figures;
    }

    private void judge(Read read, Map<String, Long> counts, Map<StalenessReport.Kind, Long> latest, long[] quietReads) {
        existence(read, counts);
        if (read.consistency == ReadConsistency.EVENTUAL) {
            add(counts, "eventualReads");
            return;
        }
        long staleness = 0;
        long ownStaleness = 0;
        for (Ack ack : acks) {
            if (ack.key == read.key && ack.version > read.version) {
                staleness = Math.max(staleness, read.start - counting(ack.time));
                if (ack.instance == read.instance) {
                    ownStaleness = Math.max(ownStaleness, read.start - counting(ack.time));
                }
            }
        }
        boolean clock = clocks.stream().anyMatch(c -> covers(c, read));
        if (read.consistency == ReadConsistency.LATEST) {
            add(counts, "latestReads");
            if (staleness > 0) {
                violation(counts, latest, "tooOld", StalenessReport.Kind.LATEST_TOO_OLD, staleness);
            }
        } else {
            bounded(read, staleness, clock, counts, latest);
            if (ownStaleness > 0) {
                violation(counts, latest, "own", StalenessReport.Kind.OWN_WRITE_MISSED, ownStaleness);
            }
        }
        for (Read before : reads) {
            if (before.consistency != ReadConsistency.EVENTUAL
                    && before.instance == read.instance
                    && before.key == read.key
                    && before.version > read.version
                    && before.end < read.start) {
                if (staleness > 0) {
                    violation(counts, latest, "backwardSuperseded", StalenessReport.Kind.BACKWARD, staleness);
                } else {
                    add(counts, "backwardUnacknowledged");
                }
                break;
            }
        }
        boolean exempt = clock && read.consistency == ReadConsistency.BOUNDED;
        convergence(read, staleness, exempt, counts, latest, quietReads);
    }

    private void existence(Read read, Map<String, Long> counts) {
        if (read.version <= initialVersion) {
            return;
        }
        boolean known = false;
        boolean begun = false;
        for (Write write : writes) {
            if (write.key == read.key && write.version == read.version) {
                known = true;
                begun |= write.start <= read.end;
            }
        }
        if (!known && anyCutShort) {
            add(counts, "unattributed");
        } else if (!begun) {
            add(counts, "future");
        }
    }

    private void bounded(
            Read read,
            long staleness,
            boolean clock,
            Map<String, Long> counts,
            Map<StalenessReport.Kind, Long> latest) {
        add(counts, "reads");
        if (staleness <= Duration.ofMillis(1).toNanos()) {
            add(counts, "1ms");
        }
        if (staleness <= Duration.ofMillis(10).toNanos()) {
            add(counts, "10ms");
        }
        if (staleness <= Duration.ofMillis(100).toNanos()) {
            add(counts, "100ms");
        }
        if (staleness <= bound) {
            add(counts, "bound");
        }
        boolean writtenLately = writes.stream()
                .anyMatch(write ->
                        write.key == read.key && write.start <= read.start && read.start - write.start <= 10 * bound);
        if (read.tier == ReadTier.L1 && writtenLately) {
            add(counts, "hot");
        }
        if (staleness > bound && clock) {
            add(counts, "clock");
            clocks.stream()
                    .filter(c -> covers(c, read))
                    .forEach(c -> counts.merge("longest", read.start - c.span.from, Math::max));
        } else if (staleness > bound) {
            violation(counts, latest, "beyond", StalenessReport.Kind.BEYOND_BOUND, staleness - bound);
        } else if (staleness > 0) {
            add(counts, "within");
        }
    }

    private static boolean covers(ClockSpan clock, Read read) {
        return (clock.file < 0 || clock.file == read.file) && clock.span.holds(read.start);
    }

    private void convergence(
            Read read,
            long staleness,
            boolean exempt,
            Map<String, Long> counts,
            Map<StalenessReport.Kind, Long> latest,
            long[] quietReads) {
        long from = quiet.stream()
                .filter(span -> span.holds(read.start))
                .mapToLong(Span::from)
                .max()
                .orElse(Long.MIN_VALUE);
        List<Long> written = writes.stream()
                .filter(write -> write.key == read.key && write.start <= read.start)
                .map(Write::version)
                .toList();
        List<Long> due = acks.stream()
                .filter(ack -> ack.key == read.key && counting(ack.time) < from - bound)
                .map(Ack::version)
                .toList();
        if (from == Long.MIN_VALUE || written.isEmpty() && due.isEmpty()) {
            return;
        }
        if (written.stream().anyMatch(version -> due.stream().noneMatch(acked -> acked >= version))) {
            add(counts, "unsettled");
            return;
        }
        add(counts, "quiet");
        for (int i = 0; i < quietReads.length; i++) {
            quietReads[i] += quiet.get(i).holds(read.start) ? 1 : 0;
        }
        if (due.stream().anyMatch(version -> version > read.version) && !exempt) {
            violation(counts, latest, "unconverged", StalenessReport.Kind.UNCONVERGED, staleness - bound);
        }
    }

    /** When an acknowledgement counts: as long as it is in a loss, at the end of that. */
    private long counting(long time) {
        long counting = time;
        for (boolean moved = true; moved; ) {
            moved = false;
            for (Span loss : losses) {
                if (loss.from <= counting && counting < loss.until) {
                    counting = loss.until;
                    moved = true;
                }
            }
        }
        return counting;
    }

    private static void add(Map<String, Long> counts, String name) {
        counts.merge(name, 1L, Long::sum);
    }

    private static void violation(
            Map<String, Long> counts,
            Map<StalenessReport.Kind, Long> latest,
            String name,
            StalenessReport.Kind kind,
            long lateness) {
        add(counts, name);
        latest.merge(kind, lateness, Math::max);
    }

    @Override
    public String toString() {
        return "bound " + bound + ", initial version " + initialVersion + ", cut short " + anyCutShort + ", " + reads
                + writes + acks + losses + quiet + clocks;
    }
}
