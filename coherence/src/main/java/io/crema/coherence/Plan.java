package io.crema.coherence;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One run of the faults: one subject on one topology.
 *
 * @param subjects what each instance is
 * @param load of each instance
 * @param time how long the faults go on; each happens at least once, however short this is
 * @param folder for logs and histories, which is there
 */
record Plan(
        TopologyKind topology,
        List<String> subjects,
        List<Fault> faults,
        Load load,
        Duration bound,
        Duration time,
        Pace pace,
        long seed,
        Path folder) {

    Plan {
        subjects = List.copyOf(subjects);
        faults = List.copyOf(faults);
    }

    Plan within(Duration newTime, Path newFolder) {
        return new Plan(topology, subjects, faults, load, bound, newTime, pace, seed, newFolder);
    }
}
