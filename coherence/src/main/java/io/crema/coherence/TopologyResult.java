package io.crema.coherence;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a subject's run on a topology has shown.
 *
 * @param faults by name, in the order in which they first happened
 * @param problems why it proves nothing, each a sentence
 * @param kept where its histories are, if they are kept
 */
record TopologyResult(
        Plan plan,
        Map<String, Figures> faults,
        Figures total,
        double seconds,
        Map<String, List<String>> notes,
        List<String> problems,
        Optional<Path> kept) {

    TopologyResult {
        faults = new LinkedHashMap<>(faults);
        notes = new LinkedHashMap<>(notes);
        problems = List.copyOf(problems);
    }
}
