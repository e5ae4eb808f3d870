package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.coherence.SubjectProvider.TopologyKind;
import io.crema.testkit.StalenessChecker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of an instance that has trouble, and of those who wait for it. Without a server. */
@Tag("end-to-end")
class InstanceProcessTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int KEYS = 100;

    private final List<InstanceProcess> started = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void endInstances() {
        started.forEach(InstanceProcess::close);
    }

    private InstanceSpec spec(String subject) throws IOException {
        SharedVersions.create(directory.resolve("origin"), KEYS);
        Load load = Load.ofOneInThree();
        return new InstanceSpec(
                subject,
                1,
                TopologyKind.STANDALONE,
                List.of(),
                Map.of(),
                Duration.ofSeconds(2),
                directory.resolve("origin"),
                directory.resolve("history"),
                directory.resolve("log"),
                7,
                new Load(KEYS, 1, 2, 1_000, 200, load.features(), Duration.ZERO));
    }

    private InstanceProcess start(String subject) throws Exception {
        InstanceProcess instance = InstanceProcess.start(spec(subject).launch());
        started.add(instance);
        return instance;
    }

    private InstanceProcess startReady(String subject) throws Exception {
        InstanceProcess instance = start(subject);
        instance.awaitReady(LIMIT);
        return instance;
    }

    @Test
    void finish_beforeAnyLoad_isInOrder() throws Exception {
        InstanceProcess instance = startReady(OddSubjects.NO_CACHE);

        instance.finish(LIMIT);

        assertThat(instance.failure()).isEmpty();
        assertThat(Files.readString(directory.resolve("log"))).contains("This goes to the log");
    }

    @Test
    void beginLoad_subjectWithFewFeatures_usesNoOthers() throws Exception {
        InstanceProcess instance = startReady(OddSubjects.NO_CACHE);
        instance.beginLoad();
        await().atMost(LIMIT).until(() -> Progress.of(instance).allWrites() > 100);

        instance.pauseWrites();
        assertThat(instance.awaitNoPending(LIMIT)).isTrue();
        long written = SharedVersions.open(directory.resolve("origin")).get(0);
        instance.sweep();
        assertThat(SharedVersions.open(directory.resolve("origin")).get(0)).isEqualTo(written);
        instance.resumeWrites();
        long writes = Progress.of(instance).allWrites();
        await().atMost(LIMIT).until(() -> Progress.of(instance).allWrites() > writes + 50);
        instance.finish(LIMIT);

        assertThat(instance.failure()).isEmpty();
        assertThat(Progress.of(instance).readFailures()).isZero();
        assertThat(Progress.of(instance).writeFailures()).isZero();
        assertThat(Progress.of(instance).latestReads()).isZero();
        assertThat(Progress.of(instance).writes(Operation.PUT)).isZero();
        assertThat(StalenessChecker.withBound(Duration.ZERO)
                        .initialVersion(SharedVersions.INITIAL)
                        .history(directory.resolve("history"))
                        .check()
                        .passed())
                .isTrue();
    }

    @Test
    void awaitReady_subjectDoesNotOpen_saysWhy() throws Exception {
        InstanceProcess instance = start(OddSubjects.NEVER_OPENS);

        assertThatThrownBy(() -> instance.awaitReady(LIMIT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("There is no server")
                .hasMessageContaining("OddSubjects.open");
    }

    @Test
    void awaitReady_unknownSubject_saysWhichThereAre() throws Exception {
        InstanceProcess instance = start("unheard-of");

        assertThatThrownBy(() -> instance.awaitReady(LIMIT))
                .hasMessageContaining("There is no subject 'unheard-of'; known: ")
                .hasMessageContaining("crema-strict");
    }

    @ParameterizedTest
    @CsvSource({"breaks, reader-, reads are broken", "breaks-writing, writer, writes are broken"})
    void beginLoad_threadEnds_endsTheInstanceAndSaysWhy(String subject, String thread, String why) throws Exception {
        InstanceProcess instance = startReady(subject);

        instance.beginLoad();

        await().atMost(LIMIT).until(() -> !instance.isAlive());
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(instance.failure())
                        .hasValueSatisfying(failure -> assertThat(failure).contains(thread, why, "log")));
    }

    @Test
    void finish_readersHang_killsIt() throws Exception {
        InstanceProcess instance = startReady(OddSubjects.HANGS);
        instance.beginLoad();
        await().atMost(LIMIT).until(() -> Progress.of(instance).allWrites() > 50);

        instance.finish(Duration.ofSeconds(1));

        assertThat(instance.isAlive()).isFalse();
        assertThat(instance.failure())
                .hasValueSatisfying(failure -> assertThat(failure).contains("did not end in time"));
    }

    @Test
    void awaitNoPending_stopped_isFalseInTime() throws Exception {
        InstanceProcess instance = startReady(OddSubjects.NO_CACHE);
        instance.suspend();

        assertThat(instance.awaitNoPending(Duration.ofMillis(300))).isFalse();

        instance.resume();
        assertThat(instance.awaitNoPending(LIMIT)).isTrue();
        instance.suspend();
        instance.finish(Duration.ofMillis(300));
        assertThat(instance.isAlive()).isFalse();
        assertThat(instance.failure()).isPresent();
    }

    @Test
    void sweep_dead_fails() throws Exception {
        InstanceProcess instance = startReady(OddSubjects.NO_CACHE);
        instance.kill();

        instance.beginLoad();
        assertThatThrownBy(instance::sweep)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ended");
        assertThatThrownBy(instance::suspend).isInstanceOf(IllegalStateException.class);
        assertThat(instance.failure())
                .hasValueSatisfying(failure -> assertThat(failure).contains("was killed by signal 9"));
    }

    @Test
    void main_inputEnds_endsTheProcess() throws Exception {
        Process process = startAlone(spec(OddSubjects.NO_CACHE));
        try {
            process.getOutputStream().write("load 1\n".getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void main_garbage_isSaid() throws Exception {
        Process process = startAlone(spec(OddSubjects.NO_CACHE));
        try (OutputStream orders = process.getOutputStream()) {
            orders.write("carry on\n".getBytes(StandardCharsets.UTF_8));
            orders.flush();

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isNotZero();
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("failed main: ", "Not an order: carry on");
        } finally {
            process.destroyForcibly();
        }
    }

    private Process startAlone(InstanceSpec spec) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                InstanceMain.class.getName()));
        command.addAll(spec.toArguments());
        return new ProcessBuilder(command).redirectError(spec.log().toFile()).start();
    }
}
