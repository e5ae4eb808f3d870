package io.crema.testkit;

import io.crema.testkit.StalenessReport.Nines;
import io.crema.testkit.StalenessReport.Violation;
import java.nio.file.Path;
import java.util.Locale;

/** A report as some lines for a person. */
final class StalenessText {

    private final StalenessReport report;
    private final StringBuilder text = new StringBuilder();

    private StalenessText(StalenessReport report) {
        this.report = report;
    }

    static String of(StalenessReport report) {
        StalenessText text = new StalenessText(report);
        text.counts();
        text.nothingChecked();
        text.text.append(report.staleness());
        text.rows();
        text.cutShort();
        return text.text.toString();
    }

    private void line(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }

    private void counts() {
        line(
                "%,d reads against %,d invalidations of %,d writes, bound %d ms: %s",
                report.reads(),
                report.invalidations(),
                report.writes(),
                report.bound().toMillis(),
                report.passed() ? "passed" : "NOT PASSED");
        line(
                "stale within the bound %,d, beyond it %,d, from the future %,d",
                report.staleWithinBound(), report.violations(), report.future());
        Nines nines = report.nines();
        line(
                "fresh within 1 ms %.5f %%, 10 ms %.5f %%, 100 ms %.5f %%, the bound %.5f %%; %,d hits on keys written lately",
                100 * nines.share(nines.within1ms()),
                100 * nines.share(nines.within10ms()),
                100 * nines.share(nines.within100ms()),
                100 * nines.share(nines.withinBound()),
                report.hotHits());
        line(
                "own writes missed %,d; too old %,d of %,d reads of the latest version; %,d eventual reads not judged",
                report.ownWritesMissed(), report.latestTooOld(), report.latestReads(), report.eventualReads());
        line(
                "backward reads %,d superseded (%s), %,d before an acknowledgement",
                report.backward().superseded(),
                report.backward().required() ? "forbidden" : "allowed",
                report.backward().unacknowledged());
        line(
                "in quiet times %,d of %,d reads did not return the last version, %,d of keys not at rest",
                report.quiet().unconverged(),
                report.quiet().reads(),
                report.quiet().unsettled());
        if (report.clockWindow().stale() > 0) {
            line(
                    "%,d reads beyond the bound began in a clock window, the latest %.3f ms after its begin",
                    report.clockWindow().stale(), report.clockWindow().longest().toNanos() / 1e6);
        }
    }

    private void nothingChecked() {
        if (report.reads() + report.latestReads() == 0) {
            line("nothing was checked: there are no reads");
        } else if (report.invalidations() == 0) {
            line("nothing was checked: there are no invalidations");
        }
        if (report.quiet().unchecked() > 0) {
            line(
                    "%,d times declared quiet hold no read that could be checked",
                    report.quiet().unchecked());
        }
    }

    private void rows() {
        for (Violation row : report.worst()) {
            line(
                    "key %d: version %d, expected at least %d, %.3f ms %s, from %s, in %s",
                    row.key(),
                    row.seen(),
                    row.expected(),
                    row.lateness().toNanos() / 1e6,
                    since(row.kind()),
                    row.tier(),
                    row.history().getFileName());
        }
        report.firstFuture()
                .ifPresent(read -> line(
                        "key %d: version %d, which was not written when the read ended, in %s",
                        read.key(), read.seen(), read.history().getFileName()));
    }

    private static String since(StalenessReport.Kind kind) {
        return switch (kind) {
            case BEYOND_BOUND -> "beyond the bound";
            case OWN_WRITE_MISSED -> "after its own instance had been acknowledged";
            case LATEST_TOO_OLD -> "after that had been acknowledged, asked for the latest";
            case UNCONVERGED -> "beyond the bound, in a quiet time";
            case BACKWARD -> "after the newer one, seen before, had been acknowledged";
        };
    }

    private void cutShort() {
        for (Path file : report.cutShort()) {
            line(
                    "%s ends early, as its instance was killed; %,d reads of versions that only it can have written",
                    file.getFileName(), report.unattributed());
        }
    }
}
