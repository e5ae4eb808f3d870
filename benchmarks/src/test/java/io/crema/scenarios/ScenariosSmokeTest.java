package io.crema.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The harness in short: two instances, few readers. What the scenarios find is not for a build to tell. */
@Tag("end-to-end")
@Timeout(120)
class ScenariosSmokeTest {

    private final PrintStream out = System.err;

    @TempDir
    private Path directory;

    private Settings settings(String policies) {
        Properties properties = new Properties();
        properties.setProperty("scenarios.scenario", "stampede");
        properties.setProperty("scenarios.instances", "2");
        properties.setProperty("scenarios.readers", "40");
        properties.setProperty("scenarios.rounds", "3");
        properties.setProperty("scenarios.policies", policies);
        properties.setProperty("scenarios.directory", directory.toString());
        return Settings.of(properties);
    }

    private static List<String> missed(Report report) {
        return report.results().get(0).bars().stream()
                .filter(bar -> !bar.passed())
                .map(Bar::what)
                .toList();
    }

    @Test
    void stampede_policiesOnAndOff_reachesItsBarsAndMissesThem() throws IOException, InterruptedException {
        Report on = new Scenarios(settings("on"), out).run();
        // Of a busy machine, readers may begin late.
        assertThat(missed(on)).as(on.table()).isSubsetOf("the last reader began, after the first");
        assertThat(on.passed()).isEqualTo(missed(on).isEmpty());
        assertThat(Files.readString(directory.resolve("report.json")))
                .contains("\"scenario\": \"stampede\"", "\"passed\": true", "originCalls");

        Report off = new Scenarios(settings("off"), out).run();
        assertThat(missed(off)).contains("origin calls of a key, of the worst round");
        assertThat(off.passed()).isFalse();
        assertThat(off.whatFailed()).contains("stampede, origin calls of a key");
    }

    @Test
    void fleet_underLoadOfEachStyle_accountsForAllReads() throws InterruptedException {
        try (Stage stage = Stage.of(settings("on"), Scenario.ORIGIN_DOWN, out);
                Fleet fleet = stage.fleet(Policies.fresh(Duration.ofMinutes(10)))) {
            stage.origin.set(Origin.Mode.ANSWER, Duration.ofMillis(5));
            fleet.fill(Keys.of(InstanceMain.CACHE, "key", 20));
            fleet.fill(Keys.of(InstanceMain.FAR, "key", 20));
            fleet.begin(load(Load.Style.ASYNCHRONOUS, 1, 200, InstanceMain.CACHE, 20));
            fleet.begin(load(Load.Style.SYNCHRONOUS, 2, 200, InstanceMain.FAR, 20));
            fleet.begin(load(Load.Style.CALLERS, 1, 50, InstanceMain.CACHE, 0));
            stage.watch("smoke", fleet, Duration.ofMillis(1_500));
            for (Load.Style style : Load.Style.values()) {
                History history = History.merged(fleet.end(style.name()));
                assertThat(history.unended()).as("%s", style).isZero();
                assertThat(history.all().failures()).as("%s", style).isEmpty();
                assertThat(history.all().wrong()).as("%s", style).isZero();
                assertThat(history.all().given()).as("%s", style).isPositive();
            }
            assertThat(fleet.vitals()).hasSize(2).allSatisfy(vitals -> {
                assertThat(vitals.peakThreads()).isGreaterThanOrEqualTo(vitals.threads());
                assertThat(vitals.stats().reads()).isPositive();
            });
            assertThat(stage.origin.count()).isPositive();
        }
    }

    private static Load load(Load.Style style, int threads, double rate, String cache, int keys) {
        return new Load(style.name(), style, threads, rate, cache, keys == 0 ? "new" : "key", keys, 0, 600_000);
    }
}
