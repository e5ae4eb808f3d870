package io.crema.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final List<Measured> MEASURED = List.of(
            new Measured(Suite.L1_HIT, "crema", 1, List.of(new Fork(44, 0.5), new Fork(90, 0.7), new Fork(50, 0.6))),
            new Measured(Suite.L1_HIT, "caffeine-plain", 1, List.of(new Fork(40, 0), new Fork(60, 0), new Fork(50, 0))),
            new Measured(Suite.L1_HIT, "caffeine-plain", 2, List.of(new Fork(50, 0), new Fork(70, 0), new Fork(60, 0))),
            new Measured(Suite.L2_HIT, "crema", 1, List.of(new Fork(90_000, 1_500))),
            new Measured(Suite.INVALIDATE, "crema", 16, List.of(new Fork(140, 0), new Fork(160, 0))),
            new Measured(Suite.INVALIDATE, "lettuce-set-publish", 16, List.of(new Fork(100, 0), new Fork(100, 0))),
            new Measured(Suite.L1_POLICIES, "off", 1, List.of(new Fork(40, 0), new Fork(50, 0))),
            new Measured(Suite.L1_POLICIES, "on", 1, List.of(new Fork(42, 1), new Fork(50, 1.2))),
            new Measured(
                    Suite.PROPAGATION,
                    "crema",
                    1,
                    List.of(new Fork(Map.of(Figure.P50, 100.0, Figure.P99, 6_000.0), null))),
            new Measured(
                    Suite.PROPAGATION,
                    "lettuce-publish",
                    1,
                    List.of(new Fork(Map.of(Figure.P50, 80.0, Figure.P99, 2_000.0), null))),
            rate("behind", 1, 450),
            rate("through", 1, 100),
            rate("redisson-behind", 1, 300),
            rate("behind", 16, 1_000),
            rate("through", 16, 200),
            rate("redisson-behind", 16, 501),
            new Measured(Suite.RECONNECT, "crema", 1, List.of(new Fork(Map.of(Figure.KEPT, 98.5), null))));

    private static Measured rate(String competitor, int threads, double perSecond) {
        return new Measured(
                Suite.WRITE_RATE, competitor, threads, List.of(new Fork(Map.of(Figure.RATE, perSecond), null)));
    }

    private final Report report = Report.of(
            Profile.QUICK, "2026-01-01T00:00:00Z", "abc", Environment.here("7.0.15", "1g", Fork.JVM_FLAGS), MEASURED);

    @Test
    void json_parsed_isTheReport() {
        assertThat(Report.parse(report.json())).isEqualTo(report);
    }

    @Test
    void json_everyRow_hasAllFields() {
        JsonObject json = JsonParser.parseString(report.json()).getAsJsonObject();
        assertThat(json.keySet())
                .containsExactly("profile", "date", "commit", "environment", "forksEach", "rows", "ratios", "verdicts");
        assertThat(json.getAsJsonObject("environment").keySet())
                .containsExactly("os", "processor", "processors", "load", "jdk", "heap", "flags", "versions");
        assertThat(json.getAsJsonArray("rows"))
                .hasSize(MEASURED.size() + 2)
                .allSatisfy(row -> assertThat(row.getAsJsonObject().keySet())
                        .contains(
                                "suite",
                                "competitor",
                                "threads",
                                "valueBytes",
                                "figure",
                                "score",
                                "unit",
                                "error",
                                "forks"));
        assertThat(json.getAsJsonArray("rows").get(0).getAsJsonObject().has("bytesPerOp"))
                .isTrue();
    }

    @Test
    void row_ofForks_hasMedianAndHalfTheSpread() {
        Report.Row row = report.rows().get(0);
        assertThat(row.score()).isEqualTo(50);
        assertThat(row.error()).isEqualTo(23);
        assertThat(row.bytesPerOp()).isEqualTo(0.6);
        assertThat(row.unit()).isEqualTo("ns/op");
    }

    @Test
    void ratios_pairRoundsOfOneSuiteAndThreadCount() {
        assertThat(report.ratios().get(0)).satisfies(ratio -> {
            assertThat(ratio.by()).isEqualTo("caffeine-plain");
            assertThat(ratio.ratio()).isCloseTo(1.1, within(0.001));
            assertThat(ratio.lowest()).isEqualTo(1);
            assertThat(ratio.highest()).isEqualTo(1.5);
        });
    }

    @Test
    void ratios_ofProbes_areThoseOfEachFigure() {
        assertThat(report.ratios())
                .filteredOn(ratio -> ratio.suite().equals("propagation"))
                .extracting(Report.Ratio::figure, Report.Ratio::ratio)
                .containsExactly(tuple("p50", 1.25), tuple("p99", 3.0));
    }

    @Test
    void verdicts_ofBarsThatWereMeasured_sayWhetherMediansReachThem() {
        assertThat(report.verdicts())
                .extracting(
                        Report.Verdict::suite,
                        Report.Verdict::threads,
                        Report.Verdict::measured,
                        Report.Verdict::result)
                .containsExactly(
                        tuple("invalidate", 16, List.of(1.5), "PASS"),
                        tuple("l1-policies", 1, List.of(1.025), "PASS"),
                        tuple("l1-policies", 1, List.of(1.1), "FAIL"),
                        tuple("propagation", 1, List.of(6_000.0, 3.0), "FAIL"),
                        tuple("write-rate", 1, List.of(4.5), "FAIL"),
                        tuple("write-rate", 16, List.of(5.0), "PASS"),
                        tuple("write-rate", 16, List.of(1.996), "FAIL"),
                        tuple("reconnect", 1, List.of(98.5), "FAIL"),
                        tuple("reconnect", 1, List.of(), "NOT MEASURED"));
    }

    @Test
    void table_namesEveryRowAndRatio() {
        assertThat(report.table())
                .contains(
                        "l2-hit",
                        "crema / caffeine-plain",
                        "1.10",
                        "p99 <= 5000.00 us or p99 <= 2.00 x lettuce-publish",
                        "6000.00, 3.00");
    }
}
