package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The fault matrix in short: one server with every fault, one failover under sentinels and one in a cluster, and the
 * positive control. Two runs at a time, since faults are waited for more than worked on. Histories of a run that fails are
 * kept in {@code target/coherence}.
 */
@Tag("end-to-end")
@Timeout(300)
class MatrixSmokeTest {

    private static final Vacuity FEW = Vacuity.FULL.scaled(0.1);

    private final long seed = ThreadLocalRandom.current().nextLong();
    private final RunDirectory directory = RunDirectory.in(Path.of("target", "coherence"));
    private final Load load = Load.ofOneInThree().withRates(6_000, 333);

    private TopologyResult run(Live live, TopologyKind topology, String... faults) {
        List<String> instances = Campaign.instances(CremaSubjects.DEFAULT);
        return new TopologyRun(
                        new Plan(
                                topology,
                                instances,
                                Faults.of(topology, instances, List.of(faults)),
                                load,
                                Settings.LEAST_BOUND,
                                Duration.ZERO,
                                Pace.SHORT,
                                seed,
                                directory.folder(topology.name())),
                        live)
                .run();
    }

    @Test
    void faults_short_nothingIsTooOldAndTheControlIs() {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try (Live live = Live.onStandardError();
                Live otherLive = Live.onStandardError()) {
            CompletableFuture<TopologyResult> standalone =
                    CompletableFuture.supplyAsync(() -> run(live, TopologyKind.STANDALONE), executor);
            CompletableFuture<List<TopologyResult>> others = CompletableFuture.supplyAsync(
                    () -> List.of(
                            run(otherLive, TopologyKind.SENTINEL, "failover", "drop-frames"),
                            run(otherLive, TopologyKind.CLUSTER, "failover", "drop-frames"),
                            control(otherLive)),
                    executor);

            assertProven(standalone.join());
            assertProven(others.join().get(0));
            assertProven(others.join().get(1));
            TopologyResult control = others.join().get(2);
            assertThat(control.total().beyondBound)
                    .as("violations without the lease, %s", control.problems())
                    .isPositive();
        } finally {
            executor.shutdownNow();
            directory.removeIfEmpty();
        }
    }

    private TopologyResult control(Live live) {
        return PositiveControl.run(
                PositiveControl.plan(
                        Settings.LEAST_BOUND,
                        load,
                        Pace.SHORT.beyondBound(Duration.ofSeconds(4)),
                        seed,
                        directory.folder("control")),
                live);
    }

    private void assertProven(TopologyResult result) {
        String about = result.name() + ", seed " + seed + ", histories "
                + result.kept().map(Path::toString).orElse("deleted");
        assertThat(result.problems()).as(about).isEmpty();
        assertThat(result.total().worst).as(about).isEmpty();
        assertThat(result.total().violations()).as(about).isZero();
        assertThat(FEW.missing(result.name(), result.total())).as(about).isEmpty();
    }
}
