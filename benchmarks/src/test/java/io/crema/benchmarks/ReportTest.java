package io.crema.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final List<Measured> MEASURED = List.of(
            new Measured(Suite.L1_HIT, "crema", 1, List.of(new Fork(44, 0.5), new Fork(90, 0.7), new Fork(50, 0.6))),
            new Measured(Suite.L1_HIT, "caffeine-plain", 1, List.of(new Fork(40, 0), new Fork(60, 0), new Fork(50, 0))),
            new Measured(Suite.L1_HIT, "caffeine-plain", 2, List.of(new Fork(50, 0), new Fork(70, 0), new Fork(60, 0))),
            new Measured(Suite.L2_HIT, "crema", 1, List.of(new Fork(90_000, 1_500))));

    private final Report report =
            Report.of(Profile.QUICK, "2026-01-01T00:00:00Z", "abc", Environment.here("7.0.15"), MEASURED);

    @Test
    void json_parsed_isTheReport() {
        assertThat(Report.parse(report.json())).isEqualTo(report);
    }

    @Test
    void json_everyRow_hasAllFields() {
        JsonObject json = JsonParser.parseString(report.json()).getAsJsonObject();
        assertThat(json.keySet())
                .containsExactly("profile", "date", "commit", "environment", "forksEach", "rows", "ratios");
        assertThat(json.getAsJsonObject("environment").keySet())
                .containsExactly("os", "processor", "processors", "load", "jdk", "heap", "flags", "versions");
        assertThat(json.getAsJsonArray("rows"))
                .hasSize(MEASURED.size())
                .allSatisfy(row -> assertThat(row.getAsJsonObject().keySet())
                        .containsExactly(
                                "suite",
                                "competitor",
                                "threads",
                                "valueBytes",
                                "score",
                                "unit",
                                "error",
                                "bytesPerOp",
                                "forks"));
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
        assertThat(report.ratios()).singleElement().satisfies(ratio -> {
            assertThat(ratio.by()).isEqualTo("caffeine-plain");
            assertThat(ratio.ratio()).isCloseTo(1.1, within(0.001));
            assertThat(ratio.lowest()).isEqualTo(1);
            assertThat(ratio.highest()).isEqualTo(1.5);
        });
    }

    @Test
    void table_namesEveryRowAndRatio() {
        assertThat(report.table()).contains("l2-hit", "crema / caffeine-plain", "1.10");
    }
}
