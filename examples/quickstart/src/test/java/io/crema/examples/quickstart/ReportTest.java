package io.crema.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.DOUBLE;

import io.crema.testkit.HistoryWriter;
import io.crema.testkit.ReadTier;
import io.crema.testkit.StalenessChecker;
import io.crema.testkit.StalenessReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    @TempDir
    Path directory;

    /** The checker's word on one read of a key whose newer version another instance invalidated at 0. */
    private StalenessReport staleness(long readNanos) throws IOException {
        Path writer = directory.resolve("writer");
        try (HistoryWriter history = HistoryWriter.create(writer, "writer")) {
            history.written(1, 2, -2, -1);
            history.invalidated(1, 2, -1, 0);
        }
        Path reader = directory.resolve("reader");
        try (HistoryWriter history = HistoryWriter.create(reader, "reader")) {
            history.read(1, 1, readNanos, readNanos + 1, ReadTier.L1);
        }
        return StalenessChecker.withBound(Duration.ofSeconds(2))
                .initialVersion(1)
                .history(writer)
                .history(reader)
                .check();
    }

    private static Figures figures() {
        Meter meter = new Meter();
        Histogram propagation = new Histogram(Figures.MAX_NANOS, Figures.DIGITS);
        for (int i = 1; i <= 100; i++) {
            meter.read(ReadTier.L1, 100L * i);
            meter.read(ReadTier.ORIGIN, 100_000L * i);
            propagation.recordValue(1_000L * i);
        }
        for (int i = 0; i < 40; i++) {
            meter.originQueried();
        }
        meter.updated();
        Figures figures = meter.take();
        figures.propagation().add(propagation);
        return figures;
    }

    private Report report(StalenessReport staleness, String... failures) {
        List<PhaseResult> phases = new ArrayList<>();
        Figures total = new Figures();
        for (Phase phase : Phase.values()) {
            Figures figures = figures();
            total.add(figures);
            phases.add(new PhaseResult(phase.label(), figures, staleness));
        }
        return new Report(3, List.of(failures), phases, new PhaseResult("total", total, staleness));
    }

    @Test
    void json_ofReport_holdsEveryFieldForTotalAndEachPhase() throws IOException {
        Object parsed = JsonText.parse(ReportJson.of(report(staleness(1_000))));

        Map<?, ?> root = (Map<?, ?>) parsed;
        assertThat(root.get("instances")).isEqualTo(3.0);
        complete(root, 3);
        List<?> phases = (List<?>) root.get("phases");
        assertThat(phases).hasSize(3);
        for (int i = 0; i < 3; i++) {
            Map<?, ?> phase = (Map<?, ?>) phases.get(i);
            assertThat(phase.get("name"))
                    .isEqualTo(List.of("steady", "redis-down", "recovered").get(i));
            complete(phase, 1);
        }
    }

    private static void complete(Map<?, ?> fields, int times) {
        assertThat(fields.get("reads"))
                .isEqualTo(Map.of("total", 200.0 * times, "l1", 100.0 * times, "l2", 0.0, "origin", 100.0 * times));
        Map<?, ?> latency = (Map<?, ?>) fields.get("latencyMicros");
        assertThat((Map<?, ?>) latency.get("l1")).hasToString("{p50=5.003, p99=9.903}");
        assertThat((Map<?, ?>) latency.get("l2")).hasToString("{p50=null, p99=null}");
        assertThat(((Map<?, ?>) latency.get("origin")).get("p50"))
                .asInstanceOf(DOUBLE)
                .isBetween(5_000.0, 5_005.0);
        assertThat(fields.get("originQueriesSaved")).isEqualTo(160.0 * times);
        assertThat(fields.get("updates")).isEqualTo(1.0 * times);
        Map<?, ?> propagation = (Map<?, ?>) fields.get("propagationMicros");
        assertThat(propagation.get("p50")).asInstanceOf(DOUBLE).isBetween(50.0, 50.1);
        assertThat(propagation.get("p99")).asInstanceOf(DOUBLE).isBetween(99.0, 99.1);
        assertThat(propagation.get("max")).asInstanceOf(DOUBLE).isBetween(100.0, 100.1);
        assertThat(fields.get("staleBeyondBound")).isEqualTo(0.0);
    }

    @Test
    void faults_allWell_areNone() throws IOException {
        assertThat(report(staleness(1_000)).faults()).isEmpty();
    }

    @Test
    void faults_staleReadOrFailedInstance_areNamedInTableAndJson() throws IOException {
        Report report = report(staleness(2_000_000_001), "instance 2 was killed by \"signal\" 9");

        assertThat(report.faults())
                .containsExactly(
                        "instance 2 was killed by \"signal\" 9", "1 reads were stale beyond the bound of 2,000 ms");
        Map<?, ?> root = (Map<?, ?>) JsonText.parse(ReportJson.of(report));
        assertThat(root.get("staleBeyondBound")).isEqualTo(1.0);
        assertThat(root.get("instanceFailures")).isEqualTo(List.of("instance 2 was killed by \"signal\" 9"));
        assertThat(ReportTable.of(report))
                .containsPattern("stale beyond 2,000 ms +1 +1 +1 +1\n")
                .contains("2 of 3", "  instance 2 was");
    }

    @Test
    void faults_ownWriteMissed_isNamed() throws IOException {
        Path file = directory.resolve("own");
        try (HistoryWriter history = HistoryWriter.create(file, "instance")) {
            history.written(1, 2, -2, -1);
            history.invalidated(1, 2, -1, 0);
            history.read(1, 1, 1_000, 1_001, ReadTier.L1);
        }
        StalenessReport missed = StalenessChecker.withBound(Duration.ofSeconds(2))
                .initialVersion(1)
                .history(file)
                .check();

        assertThat(report(missed).faults()).containsExactly("1 reads missed an invalidation of their own instance");
    }

    @Test
    void faults_failedReads_areNamed() throws IOException {
        Meter meter = new Meter();
        meter.failed();
        PhaseResult total = new PhaseResult("total", meter.take(), staleness(1_000));

        assertThat(new Report(3, List.of(), List.of(), total).faults()).containsExactly("1 reads or updates failed");
    }

    @Test
    void faults_nothingChecked_areNamed() throws IOException {
        Path file = directory.resolve("empty");
        HistoryWriter.create(file, "instance").close();
        StalenessReport nothing =
                StalenessChecker.withBound(Duration.ofSeconds(2)).history(file).check();

        assertThat(report(nothing).faults()).singleElement().asString().startsWith("nothing was checked");
    }

    @Test
    void table_ofReport_showsColumnsAndNoFigureWhereNothingWasMeasured() throws IOException {
        String table = ReportTable.of(report(staleness(1_000)));

        assertThat(table.lines().findFirst())
                .get()
                .asString()
                .containsSubsequence("steady", "redis-down", "recovered", "total");
        assertThat(table).containsPattern("reads +200 +200 +200 +600\n");
        assertThat(table).containsPattern("L2 latency p50 / p99, µs +- +- +- +-\n");
        assertThat(table).containsPattern("L1 latency p50 / p99, µs +5.00 / 9.90");
        assertThat(table).containsPattern("propagation max, ms +0.10");
    }
}
