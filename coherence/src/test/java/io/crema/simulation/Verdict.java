package io.crema.simulation;

import io.crema.simulation.Oracle.Violation;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to.
 *
 * @param violation null = none
 * @param hash of everything that happened
 * @param events how much that was
 */
record Verdict(long seed, Plan plan, @Nullable Violation violation, long hash, long events, String about) {

    boolean isViolated() {
        return violation != null;
    }

    @Override
    public String toString() {
        return "seed " + seed + ": "
                + (violation == null ? "no violation" : violation.check() + ", " + violation.what())
                + System.lineSeparator() + plan + System.lineSeparator() + about;
    }
}
