package io.crema.coherence;

import io.crema.coherence.Subject.Counts;
import io.crema.testkit.StalenessReport;
import io.crema.testkit.StalenessReport.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the reads of one fault, of a topology or of a whole run have shown. Grows by adding. */
final class Figures {

    private static final int WORST_ROWS = 10;

    long reads;
    long latestReads;
    long hotHits;
    long staleWithinBound;
    long within1ms;
    long within10ms;
    long within100ms;
    long withinBound;
    long beyondBound;
    long ownWritesMissed;
    long latestTooOld;
    long unconverged;
    long future;
    long backwardSuperseded;
    long backwardUnacknowledged;
    long quietReads;
    long unsettledReads;
    long clockWindowReads;
    long clockWindowLongestNanos;
    long unattributed;
    int occurrences;
    long heldMillis;
    long writes;
    long readFailures;
    long writeFailures;
    Counts counts = Counts.NONE;
    final List<Long> detectionMillis = new ArrayList<>();
    final List<Long> lossWindowMillis = new ArrayList<>();
    final List<Violation> worst = new ArrayList<>();

    Figures add(StalenessReport report) {
        reads += report.reads();
        latestReads += report.latestReads();
        hotHits += report.hotHits();
        staleWithinBound += report.staleWithinBound();
        within1ms += report.nines().within1ms();
        within10ms += report.nines().within10ms();
        within100ms += report.nines().within100ms();
        withinBound += report.nines().withinBound();
        beyondBound += report.violations();
        ownWritesMissed += report.ownWritesMissed();
        latestTooOld += report.latestTooOld();
        unconverged += report.quiet().unconverged();
        future += report.future();
        backwardSuperseded += report.backward().superseded();
        backwardUnacknowledged += report.backward().unacknowledged();
        quietReads += report.quiet().reads();
        unsettledReads += report.quiet().unsettled();
        clockWindowReads += report.clockWindow().stale();
        clockWindowLongestNanos =
                Math.max(clockWindowLongestNanos, report.clockWindow().longest().toNanos());
        unattributed += report.unattributed();
        addWorst(report.worst());
        return this;
    }

    Figures add(Figures other) {
        reads += other.reads;
        latestReads += other.latestReads;
        hotHits += other.hotHits;
        staleWithinBound += other.staleWithinBound;
        within1ms += other.within1ms;
        within10ms += other.within10ms;
        within100ms += other.within100ms;
        withinBound += other.withinBound;
        beyondBound += other.beyondBound;
        ownWritesMissed += other.ownWritesMissed;
        latestTooOld += other.latestTooOld;
        unconverged += other.unconverged;
        future += other.future;
        backwardSuperseded += other.backwardSuperseded;
        backwardUnacknowledged += other.backwardUnacknowledged;
        quietReads += other.quietReads;
        unsettledReads += other.unsettledReads;
        clockWindowReads += other.clockWindowReads;
        clockWindowLongestNanos = Math.max(clockWindowLongestNanos, other.clockWindowLongestNanos);
        unattributed += other.unattributed;
        occurrences += other.occurrences;
        heldMillis += other.heldMillis;
        writes += other.writes;
        readFailures += other.readFailures;
        writeFailures += other.writeFailures;
        counts = counts.plus(other.counts);
        detectionMillis.addAll(other.detectionMillis);
        lossWindowMillis.addAll(other.lossWindowMillis);
        addWorst(other.worst);
        return this;
    }

    private void addWorst(List<Violation> rows) {
        worst.addAll(rows);
        worst.sort(Comparator.comparing(Violation::lateness).reversed());
        if (worst.size() > WORST_ROWS) {
            worst.subList(WORST_ROWS, worst.size()).clear();
        }
    }

    /** Of all kinds. */
    long violations() {
        return beyondBound + ownWritesMissed + latestTooOld + unconverged + future;
    }

    /** How many loaded or fetched values were refused because something newer was known. */
    long refused() {
        return counts.fillsRefused() + counts.installsRefused();
    }

    double share(long count) {
        return reads == 0 ? 0 : (double) count / reads;
    }
}
