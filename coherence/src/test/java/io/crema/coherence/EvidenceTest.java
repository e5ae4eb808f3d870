package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A run in which something did not happen that the report would speak of. */
@Tag("end-to-end")
@Timeout(120)
class EvidenceTest {

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private TopologyResult run(String subject, String... faults) throws Exception {
        List<String> instances = List.of(subject, subject, subject);
        Plan plan = new Plan(
                TopologyKind.STANDALONE,
                instances,
                Faults.of(TopologyKind.STANDALONE, instances, List.of(faults)),
                Load.ofOneInThree().withRates(2_000, 100),
                Settings.LEAST_BOUND,
                Duration.ZERO,
                Pace.SHORT,
                1,
                Files.createDirectory(directory.resolve("run")));
        try (Live live = Live.onStandardError()) {
            return new TopologyRun(plan, live).run();
        }
    }

    /** Of two faults in one run, since each run takes seconds. */
    @Test
    void run_nobodySubscribedAndNobodyToCutOff_areProblems() throws Exception {
        assertThat(run(OddSubjects.NO_CACHE, "kill-pubsub", "blackhole").problems())
                .containsExactly(
                        "STANDALONE: kill-pubsub did not happen: no subscribers killed",
                        "STANDALONE: blackhole did not happen: no connections of a kind");
    }

    @Test
    void run_writesRefused_isAProblem() throws Exception {
        assertThat(run(OddSubjects.REFUSES, "none").problems())
                .anyMatch(problem -> problem.contains("writes failed"))
                .anyMatch(problem -> problem.contains("could not read every key"));
    }
}
