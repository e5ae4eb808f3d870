package io.crema.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What {@link StalenessChecker} found. A read that breaks several rules is counted by each of them.
 *
 * @param bound the bound on staleness that was checked
 * @param reads how many bounded reads were checked
 * @param latestReads how many reads of the latest version were checked
 * @param eventualReads how many eventual reads there are; only reads from the future are looked for among them
 * @param writes how many versions the histories say were written, at any time
 * @param invalidations how many acknowledged invalidations the histories hold, of any time
 * @param hotHits bounded reads served from {@link ReadTier#L1} of keys that were written within the last ten bounds
 *     before the read began: those that a cache can get wrong
 * @param staleWithinBound how many bounded reads returned a superseded version, but one superseded for no longer than
 *     the bound
 * @param staleness of all stale bounded reads, violations included, how long their version had been superseded
 * @param nines how many bounded reads were fresh within some times
 * @param violations how many bounded reads returned a version superseded for longer than the bound
 * @param clockWindow those that began in a declared clock window, which are not among the violations
 * @param ownWritesMissed how many bounded reads returned less than what their own instance had been acknowledged before
 *     they began
 * @param latestTooOld how many reads of the latest version returned less than what any instance had been acknowledged
 *     before they began
 * @param backward reads that returned less than one that their instance had ended before
 * @param quiet reads in times declared quiet
 * @param worst of each kind of violation the reads with the greatest lateness, at most {@link #WORST_ROWS} of a kind, the
 *     worst first
 * @param future how many reads returned a version that nobody had written, or not begun to write when the read ended
 * @param firstFuture the first of those in the order of the histories
 * @param unattributed how many reads returned a version that nobody is known to have written, while the records of a
 *     killed instance, which may have, are incomplete
 * @param cutShort the histories of killed instances that do end early
 */
public record StalenessReport(
        Duration bound,
        long reads,
        long latestReads,
        long eventualReads,
        long writes,
        long invalidations,
        long hotHits,
        long staleWithinBound,
        StalenessHistogram staleness,
        Nines nines,
        long violations,
        ClockWindow clockWindow,
        long ownWritesMissed,
        long latestTooOld,
        Backward backward,
        Quiet quiet,
        List<Violation> worst,
        long future,
        Optional<FutureRead> firstFuture,
        long unattributed,
        List<Path> cutShort) {

    /** How many violations of a kind are kept. */
    public static final int WORST_ROWS = 10;

    public StalenessReport {
        worst = List.copyOf(worst);
        cutShort = List.copyOf(cutShort);
    }

    /** Which rule a read broke. */
    public enum Kind {
        /** It returned a version superseded for longer than the bound. */
        BEYOND_BOUND,
        /** It missed a write that its own instance had been acknowledged. */
        OWN_WRITE_MISSED,
        /** It asked for the latest version and got one superseded before it began. */
        LATEST_TOO_OLD,
        /** It did not return the last version although everything had come to rest. */
        UNCONVERGED,
        /** It returned less than one before it did, and that was superseded; only if reads have to be monotonic. */
        BACKWARD
    }

    /**
     * Bounded reads by how long the version that they returned had been superseded when they began; 0 if it had not.
     *
     * @param reads all of them
     * @param within1ms at most 1 ms
     * @param within10ms at most 10 ms
     * @param within100ms at most 100 ms
     * @param withinBound at most the bound
     */
    public record Nines(long reads, long within1ms, long within10ms, long within100ms, long withinBound) {

        /** A count as a share of all of these reads, in 0 to 1; 0 if there are none. */
        public double share(long count) {
            return reads == 0 ? 0 : (double) count / reads;
        }
    }

    /**
     * Bounded reads beyond the bound that began in a declared clock window.
     *
     * @param stale how many
     * @param longest the longest time after the begin of its window at which one of them began; zero if there is none
     */
    public record ClockWindow(long stale, Duration longest) {}

    /**
     * Bounded reads and reads of the latest version that went back behind one of the same key and instance which had ended
     * before they began. Measured; a violation only if {@link StalenessChecker#requireMonotonicReads()} says so.
     *
     * @param superseded how many had a version that an acknowledged invalidation had superseded before the read began
     * @param unacknowledged how many others: the newer version was seen before its writer had been acknowledged
     * @param required whether those that were superseded count as violations
     */
    public record Backward(long superseded, long unacknowledged, boolean required) {}

    /**
     * Bounded reads and reads of the latest version that began in a time declared quiet.
     *
     * @param reads how many reads of keys whose last version had been acknowledged in time were checked
     * @param unconverged how many of these did not return it
     * @param unsettled how many reads were of keys whose last version had not been acknowledged longer than the bound
     *     before the quiet began, if ever: nothing is said about them
     * @param unchecked how many times declared quiet, and wholly within what was checked, hold no read that was checked
     */
    public record Quiet(long reads, long unconverged, long unsettled, int unchecked) {}

    /**
     * A read that broke a rule.
     *
     * @param seen the version that the read returned
     * @param expected the least version that it had to return
     * @param lateness since when it had to when the read began
     * @param tier what the instance says served the read
     * @param startNanos when the read began
     * @param history the file that holds the read
     */
    public record Violation(
            Kind kind,
            long key,
            long seen,
            long expected,
            Duration lateness,
            ReadTier tier,
            long startNanos,
            Path history) {}

    /** A read of a version that was not there yet, if it ever was. */
    public record FutureRead(long key, long seen, long endNanos, Path history) {}

    /** Violations of all kinds, reads from the future included. */
    public long violationsOfAllKinds() {
        return violations
                + ownWritesMissed
                + latestTooOld
                + quiet.unconverged
                + future
                + (backward.required ? backward.superseded : 0);
    }

    /**
     * Whether the histories show that the cache kept its promises: reads were checked, against invalidations, in each
     * time declared quiet too, and none broke a rule.
     */
    public boolean passed() {
        return violationsOfAllKinds() == 0 && reads + latestReads > 0 && invalidations > 0 && quiet.unchecked == 0;
    }

    /** Some lines for a person: counts, histogram, worst rows. */
    public String describe() {
        return StalenessText.of(this);
    }
}
