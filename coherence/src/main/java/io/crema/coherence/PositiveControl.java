package io.crema.coherence;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/** Crema without its lease while messages do not arrive at one instance and nothing tells it: this must be caught. */
final class PositiveControl {

    private PositiveControl() {}

    /** @param pace with time enough beyond the bound for more than a few reads that are too old */
    static Plan plan(Duration bound, Load load, Pace pace, long seed, Path folder) {
        List<String> instances = Collections.nCopies(Fleet.SIZE, CremaSubjects.LEASE_OFF);
        TopologyKind topology = TopologyKind.STANDALONE;
        List<Fault> faults = Faults.of(topology, instances, List.of(Faults.BLACKHOLE_SUBSCRIPTIONS));
        return new Plan(topology, instances, faults, load, bound, Duration.ZERO, pace, seed, folder);
    }

    /** Its histories are of no use but where they show nothing. */
    static TopologyResult run(Plan plan, Live live) {
        TopologyResult result = new TopologyRun(plan, live).run();
        if (result.total().beyondBound > 0) {
            try {
                RunDirectory.remove(plan.folder());
            } catch (IOException e) {
                live.say("Histories of the positive control are left in " + plan.folder() + ": " + e);
            }
        }
        return result;
    }
}
