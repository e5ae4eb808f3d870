package io.crema.coherence;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a subject's run on a topology has shown.
 *
 * @param server the version of Redis
 * @param faults by name, in the order in which they first happened
 * @param total of all reads, and of what instances counted since the first fault
 * @param seconds how long servers and instances ran
 * @param notes for each fault, what each occurrence met
 * @param problems why it proves nothing, each a sentence
 * @param kept where its histories are, if they are kept
 */
record TopologyResult(
        Plan plan,
        String server,
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

    /** The first instance's. */
    String subject() {
        return plan.subjects().get(0);
    }

    String topology() {
        return plan.topology().name().toLowerCase(Locale.ROOT);
    }

    String name() {
        return subject() + " on " + topology();
    }
}
