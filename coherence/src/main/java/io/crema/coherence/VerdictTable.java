package io.crema.coherence;

import io.crema.testkit.StalenessReport.Violation;
import java.util.List;
import java.util.Locale;

/** A verdict for people. */
final class VerdictTable {

    private static final String ROW = "%-24s %5s %12s %7s %9s %9s %9s %9s %6s %7s %7s %8s %8s %9s%n";
    private static final int WIDTH = 142;

    private final StringBuilder text = new StringBuilder();

    private VerdictTable() {}

    static String of(Verdict verdict) {
        VerdictTable table = new VerdictTable();
        verdict.results().forEach(table::topology);
        verdict.peers().forEach(table::topology);
        verdict.control().ifPresent(table::control);
        table.verdict(verdict);
        return table.text.toString();
    }

    // The annotation that is missed is of a library that nothing else here needs.
    @SuppressWarnings("AnnotateFormatMethod")
    private void line(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments));
    }

    private void topology(TopologyResult result) {
        line(
                "%n%s: %s; Redis %s, bound %d ms, %.0f s%n",
                result.topology(),
                String.join(", ", result.plan().subjects()),
                result.server(),
                result.plan().bound().toMillis(),
                result.seconds());
        line(
                ROW,
                "fault",
                "times",
                "reads",
                "hot L1",
                "< 1 ms",
                "< 10 ms",
                "< 100 ms",
                "< bound",
                "viol.",
                "gaps",
                "kept",
                "suspect",
                "refused",
                "failed");
        line("%s%n", "-".repeat(WIDTH));
        result.faults().forEach(this::row);
        line("%s%n", "-".repeat(WIDTH));
        row("all", result.total());
        notes(result.total());
        result.problems().forEach(problem -> line("problem: %s%n", problem));
        result.kept().ifPresent(folder -> line("histories and logs: %s%n", folder));
    }

    private void row(String name, Figures figures) {
        line(
                ROW,
                name,
                figures.occurrences,
                count(figures.reads),
                String.format(Locale.ROOT, "%.1f %%", 100 * figures.share(figures.hotHits)),
                share(figures, figures.within1ms),
                share(figures, figures.within10ms),
                share(figures, figures.within100ms),
                share(figures, figures.withinBound),
                count(figures.violations()),
                count(figures.counts.gaps()),
                count(figures.counts.resyncsKept()),
                count(figures.counts.suspects()),
                count(figures.refused()),
                count(figures.readFailures + figures.writeFailures));
    }

    private void notes(Figures total) {
        if (total.clockWindowReads > 0) {
            line(
                    "after stops of instances with the default clock %,d reads were beyond the bound, the last %.3f ms after the stop%n",
                    total.clockWindowReads, total.clockWindowLongestNanos / 1e6);
        }
        if (!total.lossWindowMillis.isEmpty()) {
            line(
                    "takeovers: acknowledged writes of these times may be lost, ms: %s; noticed after, ms: %s%n",
                    total.lossWindowMillis, total.detectionMillis);
        }
        for (Violation row : total.worst) {
            line(
                    "%s: key %d, saw version %d, should see %d, %.3f ms late, from %s, in %s%n",
                    row.kind(),
                    row.key(),
                    row.seen(),
                    row.expected(),
                    row.lateness().toNanos() / 1e6,
                    row.tier(),
                    row.history().getFileName());
        }
    }

    private void control(TopologyResult result) {
        line(
                "%npositive control, without the lease: %,d violations in %,d reads%n",
                result.total().violations(), result.total().reads);
    }

    private void verdict(Verdict verdict) {
        Figures total = verdict.total();
        line(
                "%n%s: %,d violations in %,d reads, %.0f s, seed %d%n",
                verdict.passed() ? "passed" : "NOT PASSED",
                total.violations(),
                total.reads,
                verdict.seconds(),
                verdict.settings().seed());
        List<String> problems = verdict.problems();
        problems.forEach(problem -> line("  %s%n", problem));
    }

    private static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Rounded down: what is not 100 % must not look like it. */
    private static String share(Figures figures, long count) {
        double percent = Math.floor(figures.share(count) * 1e6) / 1e4;
        return figures.reads == 0 ? "-" : String.format(Locale.ROOT, "%.4f", percent);
    }
}
