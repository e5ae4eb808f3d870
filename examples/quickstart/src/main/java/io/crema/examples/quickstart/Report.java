package io.crema.examples.quickstart;

import java.util.ArrayList;
import java.util.List;

/**
 * What a run showed.
 *
 * @param instances how many instances were started
 * @param instanceFailures one sentence for each instance that failed
 */
record Report(int instances, List<String> instanceFailures, List<PhaseResult> phases, PhaseResult total) {

    Report {
        instanceFailures = List.copyOf(instanceFailures);
        phases = List.copyOf(phases);
    }

    /** Why the run is no success; empty if it is one. */
    List<String> faults() {
        List<String> faults = new ArrayList<>(instanceFailures);
        long bound = total.staleness().bound().toMillis();
        if (total.staleness().violations() > 0) {
            faults.add(String.format(
                    "%,d reads were stale beyond the bound of %,d ms",
                    total.staleness().violations(), bound));
        }
        if (total.staleness().ownWritesMissed() > 0) {
            faults.add(String.format(
                    "%,d reads missed an invalidation of their own instance",
                    total.staleness().ownWritesMissed()));
        }
        if (total.staleness().future() > 0) {
            faults.add(String.format(
                    "%,d reads returned a version that was not written yet",
                    total.staleness().future()));
        }
        if (total.figures().failed() > 0) {
            faults.add(
                    String.format("%,d reads or updates failed", total.figures().failed()));
        }
        if (total.staleness().reads() == 0 || total.staleness().invalidations() == 0) {
            faults.add("nothing was checked: the histories hold no reads or no invalidations");
        }
        return faults;
    }
}
