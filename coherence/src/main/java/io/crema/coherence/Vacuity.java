package io.crema.coherence;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What must have happened on a topology for its reads to prove anything: a cache that was never put to the test passes
 * every check.
 *
 * @param hotHitShare least share of reads that memory served, of keys written lately
 * @param gaps least times that an instance may have missed messages
 * @param resyncsKept least resynchronisations that proved that nothing was missed
 * @param suspects least entries that were asked about because of a gap
 * @param refused least values that were not kept because something newer was known
 */
record Vacuity(double hotHitShare, long gaps, long resyncsKept, long suspects, long refused) {

    static final Vacuity FULL = new Vacuity(0.05, 100, 100, 100, 1_000);

    /** For the few seconds of a test in a build. */
    Vacuity scaled(double factor) {
        return new Vacuity(
                hotHitShare,
                Math.round(gaps * factor),
                Math.round(resyncsKept * factor),
                Math.round(suspects * factor),
                Math.round(refused * factor));
    }

    /** One sentence for each thing that has not happened often enough. */
    List<String> missing(String where, Figures figures) {
        List<String> missing = new ArrayList<>();
        if (figures.reads == 0) {
            missing.add(where + ": no read was checked");
        }
        double share = figures.share(figures.hotHits);
        if (share < hotHitShare) {
            missing.add(String.format(
                    Locale.ROOT,
                    "%s: only %.2f %% of the reads are hits in memory on keys written lately, which are to be %.2f %%",
                    where,
                    100 * share,
                    100 * hotHitShare));
        }
        require(missing, where, "gaps", figures.counts.gaps(), gaps);
        require(missing, where, "resynchronisations that kept all", figures.counts.resyncsKept(), resyncsKept);
        require(missing, where, "suspect entries", figures.counts.suspects(), suspects);
        require(missing, where, "refused fills and installs", figures.refused(), refused);
        return missing;
    }

    private static void require(List<String> missing, String where, String what, long found, long least) {
        if (found < least) {
            missing.add(String.format(
                    Locale.ROOT, "%s: there were %,d %s, which are to be at least %,d", where, found, what, least));
        }
    }
}
