package io.crema.testkit;

import io.crema.testkit.StalenessReport.Nines;
import io.crema.testkit.StalenessReport.Violation;
import java.nio.file.Path;
import java.util.Formatter;
import java.util.Locale;

/** A report as some lines for a person. */
final class StalenessText {

    private final StalenessReport report;
    private final Formatter text = new Formatter(Locale.ROOT);

    private StalenessText(StalenessReport report) {
        this.report = report;
    }

    static String of(StalenessReport report) {
        StalenessText text = new StalenessText(report);
        text.counts();
        text.nothingChecked();
        text.text.format("%s", report.staleness());
        text.rows();
        text.cutShort();
        return text.text.toString();
    }

    private void counts() {
        text.format(
                "%,d reads against %,d invalidations of %,d writes, bound %d ms: %s%n",
                report.reads(),
                report.invalidations(),
                report.writes(),
                report.bound().toMillis(),
                report.passed() ? "passed" : "NOT PASSED");
        text.format(
                "stale within the bound %,d, beyond it %,d, from the future %,d%n",
                report.staleWithinBound(), report.violations(), report.future());
        Nines nines = report.nines();
        text.format(
                "fresh within 1 ms %.5f %%, 10 ms %.5f %%, 100 ms %.5f %%, the bound %.5f %%; %,d hits on keys written lately%n",
                100 * nines.share(nines.within1ms()),
                100 * nines.share(nines.within10ms()),
                100 * nines.share(nines.within100ms()),
                100 * nines.share(nines.withinBound()),
                report.hotHits());
        text.format(
                "own writes missed %,d; too old %,d of %,d reads of the latest version; %,d eventual reads not judged%n",
                report.ownWritesMissed(), report.latestTooOld(), report.latestReads(), report.eventualReads());
        text.format(
                "backward reads %,d superseded (%s), %,d before an acknowledgement%n",
                report.backward().superseded(),
                report.backward().required() ? "forbidden" : "allowed",
                report.backward().unacknowledged());
        text.format(
                "in quiet times %,d of %,d reads did not return the last version, %,d of keys not at rest%n",
                report.quiet().unconverged(),
                report.quiet().reads(),
                report.quiet().unsettled());
        if (report.clockWindow().stale() > 0) {
            text.format(
                    "%,d reads beyond the bound began in a clock window, the latest %.3f ms after its begin%n",
                    report.clockWindow().stale(), report.clockWindow().longest().toNanos() / 1e6);
        }
    }

    private void nothingChecked() {
        if (report.reads() + report.latestReads() == 0) {
            text.format("nothing was checked: there are no reads%n");
        } else if (report.invalidations() == 0) {
            text.format("nothing was checked: there are no invalidations%n");
        }
        if (report.quiet().unchecked() > 0) {
            text.format(
                    "%,d times declared quiet hold no read that could be checked%n",
                    report.quiet().unchecked());
        }
    }

    private void rows() {
        for (Violation row : report.worst()) {
            text.format(
                    "key %d: version %d, expected at least %d, %.3f ms %s, from %s, in %s%n",
                    row.key(),
                    row.seen(),
                    row.expected(),
                    row.lateness().toNanos() / 1e6,
                    since(row.kind()),
                    row.tier(),
                    row.history().getFileName());
        }
        report.firstFuture()
                .ifPresent(read -> text.format(
                        "key %d: version %d, which was not written when the read ended, in %s%n",
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
            text.format(
                    "%s ends early, as its instance was killed; %,d reads of versions that only it can have written%n",
                    file.getFileName(), report.unattributed());
        }
    }
}
