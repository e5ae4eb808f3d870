package io.crema.examples.quickstart;

import io.crema.testkit.ReadTier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** A report as a table for people. */
final class ReportTable {

    private static final int LABEL = 34;
    private static final int COLUMN = 19;
    private static final double MICRO = 1e3;
    private static final double MILLI = 1e6;

    private final Report report;
    private final StringBuilder text = new StringBuilder();

    private ReportTable(Report report) {
        this.report = report;
    }

    static String of(Report report) {
        return new ReportTable(report).write();
    }

    private String write() {
        row("", PhaseResult::name);
        text.append("-".repeat(LABEL + COLUMN * (report.phases().size() + 1))).append('\n');
        row("reads", r -> count(r.figures().reads()));
        row("  from L1 (this process)", r -> count(r.figures().reads(ReadTier.L1)));
        row("  from L2 (Redis)", r -> count(r.figures().reads(ReadTier.L2)));
        row("  from the origin (PostgreSQL)", r -> count(r.figures().reads(ReadTier.ORIGIN)));
        row("origin queries saved", r -> count(r.figures().originQueriesSaved()));
        row("L1 latency p50 / p99, µs", r -> pair(r.figures().latency(ReadTier.L1), MICRO));
        row("L2 latency p50 / p99, µs", r -> pair(r.figures().latency(ReadTier.L2), MICRO));
        row("origin latency p50 / p99, µs", r -> pair(r.figures().latency(ReadTier.ORIGIN), MICRO));
        row("updates", r -> count(r.figures().updates()));
        row("invalidations applied", r -> count(r.figures().propagation().getTotalCount()));
        row("  propagation p50 / p99, ms", r -> pair(r.figures().propagation(), MILLI));
        row("  propagation max, ms", r -> one(r.figures().propagation(), MILLI));
        row("failed reads and updates", r -> count(r.figures().failed()));
        row("reads checked for staleness", r -> count(r.staleness().reads()));
        row("  stale within the bound", r -> count(r.staleness().staleWithinBound()));
        row(
                String.format(
                        "  stale beyond %,d ms",
                        report.total().staleness().bound().toMillis()),
                r -> count(r.staleness().violations()));
        int failed = report.instanceFailures().size();
        text.append(String.format(
                "%-" + LABEL + "s%d of %d%n",
                "instances that finished",
                report.instances() - failed,
                report.instances()));
        report.instanceFailures()
                .forEach(failure -> text.append("  ").append(failure).append('\n'));
        return text.toString();
    }

    private void row(String label, Function<PhaseResult, String> cell) {
        List<PhaseResult> columns = new ArrayList<>(report.phases());
        columns.add(report.total());
        text.append(String.format("%-" + LABEL + "s", label));
        for (PhaseResult column : columns) {
            text.append(String.format("%" + COLUMN + "s", cell.apply(column)));
        }
        text.append('\n');
    }

    private static String count(long count) {
        return String.format("%,d", count);
    }

    /** Nothing measured is not zero. */
    private static String pair(Histogram nanos, double unit) {
        return nanos.getTotalCount() == 0
                ? "-"
                : decimal(nanos.getValueAtPercentile(50) / unit) + " / "
                        + decimal(nanos.getValueAtPercentile(99) / unit);
    }

    private static String one(Histogram nanos, double unit) {
        return nanos.getTotalCount() == 0 ? "-" : decimal(nanos.getMaxValue() / unit);
    }

    /** About three digits. */
    private static String decimal(double value) {
        return String.format(value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }
}
