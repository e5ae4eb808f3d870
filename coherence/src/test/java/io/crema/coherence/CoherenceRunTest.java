package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.crema.coherence.SubjectProvider.TopologyKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Runs that come to a bad end. */
@Tag("end-to-end")
@Timeout(200)
class CoherenceRunTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private Process start(String... settings) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m"));
        Stream.of(settings).map(setting -> "-Dcoherence." + setting).forEach(command::add);
        command.addAll(List.of(
                "-Dcoherence.directory=" + directory,
                "-Dcoherence.report=" + directory.resolve("report.json"),
                "-cp",
                System.getProperty("java.class.path"),
                CoherenceRun.class.getName()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"));
    }

    private JsonObject report() throws IOException {
        return JsonParser.parseString(Files.readString(directory.resolve("report.json")))
                .getAsJsonObject();
    }

    @Test
    void main_durationTooShort_saysWhatIsEnoughAndIsNoProof() throws Exception {
        Process run = start("duration=PT20S", "topologies=standalone", "subjects=crema");

        assertThat(run.waitFor()).isEqualTo(2);
        assertThat(output()).contains("-Dduration is PT20S").contains("take at least PT");
    }

    @Test
    void main_unknownSubject_saysWhichThereAre() throws Exception {
        Process run = start("subjects=memcached");

        assertThat(run.waitFor()).isEqualTo(2);
        assertThat(output()).contains("memcached").contains("crema-strict");
    }

    @Test
    void main_underMavenWithoutMemory_leavesTheReason() throws Exception {
        Path failure = directory.resolve("failure");
        Process run = start("failure=" + failure, "subjects=" + OddSubjects.NO_MEMORY);

        assertThat(run.waitFor()).isEqualTo(2);
        assertThat(failure).content().contains("OutOfMemoryError");
    }

    @Test
    void main_toldToEnd_reportsThatItWasCutShortAndLeavesNoProcess() throws Exception {
        Process run = start("duration=PT5M", "topologies=standalone", "subjects=crema");
        await().atMost(PATIENCE).until(() -> run.descendants().count() >= 1 + Fleet.SIZE);
        List<ProcessHandle> started = run.descendants().toList();

        run.destroy();

        assertThat(run.waitFor()).isEqualTo(2);
        assertThat(report().get("passed").getAsBoolean()).isFalse();
        assertThat(report().get("problems").toString()).contains("interrupted", "did not come to its end");
        await().atMost(PATIENCE).until(() -> started.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void run_anInstanceDies_isAProblemAndTheRestIsJudged() throws Exception {
        List<String> instances = Campaign.instances(CremaSubjects.DEFAULT);
        List<Fault> faults = Faults.of(TopologyKind.STANDALONE, instances, List.of(Faults.NONE));
        Plan plan = new Plan(
                TopologyKind.STANDALONE,
                instances,
                faults,
                Load.ofOneInThree().withRates(2_000, 100),
                Duration.ofMinutes(1),
                Duration.ZERO,
                Pace.SHORT,
                1,
                Files.createDirectory(directory.resolve("run")));
        try (Live live = Live.onStandardError()) {
            CompletableFuture<TopologyResult> result =
                    CompletableFuture.supplyAsync(() -> new TopologyRun(plan, live).run());
            Path history = plan.folder().resolve("instance-2.history");
            await().atMost(PATIENCE).until(() -> Files.exists(history) && Files.size(history) > 100_000);

            // Children are in the order in which they were started.
            List<ProcessHandle> started = ProcessHandle.current()
                    .children()
                    .filter(child -> child.info().command().orElse("").endsWith("java"))
                    .sorted()
                    .toList();
            assertThat(started).hasSize(Fleet.SIZE);
            started.get(1).destroyForcibly();

            assertThat(result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).problems())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("instance-2 was killed by signal 9");
            assertThat(result.join().total().reads).isPositive();
            assertThat(result.join().kept()).contains(plan.folder());
        }
    }
}
