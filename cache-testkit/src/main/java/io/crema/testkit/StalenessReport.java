package io.crema.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@link StalenessChecker} found.
 *
 * @param bound the bound on staleness that was checked
 * @param reads how many reads were checked
 * @param writes how many versions the histories say were written
 * @param invalidations how many acknowledged invalidations the histories hold
 * @param staleWithinBound how many reads returned a superseded version, but one superseded for no longer than the bound
 * @param staleness of all stale reads, violations included, how long their version had been superseded
 * @param violations how many reads returned a version superseded for longer than the bound
 * @param worst the violations with the greatest lateness, the worst first; at most {@link #WORST_ROWS}
 * @param future how many reads returned a version that nobody had written, or not begun to write when the read ended
 * @param firstFuture the first of those in the order of the histories
 * @param unattributed how many reads returned a version that nobody is known to have written, while the records of a
 *     killed instance, which may have, are incomplete
 * @param cutShort the histories of killed instances that do end early
 */
public record StalenessReport(
        Duration bound,
        long reads,
        long writes,
        long invalidations,
        long staleWithinBound,
        StalenessHistogram staleness,
        long violations,
        List<Violation> worst,
        long future,
        Optional<FutureRead> firstFuture,
        long unattributed,
        List<Path> cutShort) {

    /** How many violations are kept. */
    public static final int WORST_ROWS = 10;

    public StalenessReport {
        worst = List.copyOf(worst);
        cutShort = List.copyOf(cutShort);
    }

    /**
     * A read beyond the bound.
     *
     * @param seen the version that the read returned
     * @param expected the least version that it had to return
     * @param lateness by how much the bound was exceeded when the read began
     * @param tier what the instance says served the read
     * @param startNanos when the read began
     * @param history the file that holds the read
     */
    public record Violation(
            long key, long seen, long expected, Duration lateness, ReadTier tier, long startNanos, Path history) {}

    /** A read of a version that was not there yet, if it ever was. */
    public record FutureRead(long key, long seen, long endNanos, Path history) {}

    /**
     * Whether the histories show that the bound held: reads were checked, against invalidations, and none returned a
     * version too old or one that was not there yet.
     */
    public boolean passed() {
        return violations == 0 && future == 0 && reads > 0 && invalidations > 0;
    }

    /** Some lines for a person: counts, histogram, worst rows. */
    public String describe() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%,d reads against %,d invalidations of %,d writes, bound %d ms: %s%n"
                        + "stale within the bound %,d, beyond it %,d, from the future %,d%n",
                reads,
                invalidations,
                writes,
                bound.toMillis(),
                passed() ? "passed" : "NOT PASSED",
                staleWithinBound,
                violations,
                future));
        if (reads == 0 || invalidations == 0) {
            text.append(String.format(
                    Locale.ROOT, "nothing was checked: there are no %s%n", reads == 0 ? "reads" : "invalidations"));
        }
        text.append(staleness);
        for (Violation row : worst) {
            text.append(String.format(
                    Locale.ROOT,
                    "key %d: version %d, expected at least %d, %.3f ms beyond the bound, from %s, in %s%n",
                    row.key(),
                    row.seen(),
                    row.expected(),
                    row.lateness().toNanos() / 1e6,
                    row.tier(),
                    row.history().getFileName()));
        }
        firstFuture.ifPresent(read -> text.append(String.format(
                Locale.ROOT,
                "key %d: version %d, which was not written when the read ended, in %s%n",
                read.key(),
                read.seen(),
                read.history().getFileName())));
        for (Path file : cutShort) {
            text.append(String.format(
                    Locale.ROOT,
                    "%s ends early, as its instance was killed; %,d reads of versions that only it can have written%n",
                    file.getFileName(),
                    unattributed));
        }
        return text.toString();
    }
}
