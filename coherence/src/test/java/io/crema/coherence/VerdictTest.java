package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.crema.coherence.Subject.Counts;
import io.crema.coherence.SubjectProvider.TopologyKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private final Verdict verdict = new Verdict(Settings.of(new Properties()), Vacuity.FULL);

    private static TopologyResult result(String subject, Figures figures, String... problems) {
        Plan plan = new Plan(
                TopologyKind.SENTINEL,
                Collections.nCopies(3, subject),
                List.of(),
                Load.ofOneInThree(),
                Duration.ofSeconds(2),
                Duration.ZERO,
                Pace.FULL,
                1,
                Path.of("folder"));
        return new TopologyResult(
                plan,
                "7.0.15",
                Map.of("flushall", figures),
                figures,
                60,
                Map.of("flushall", List.of("server 1")),
                List.of(problems),
                Optional.empty());
    }

    private static Figures enough() {
        Figures figures = new Figures();
        figures.reads = 1_000_000;
        figures.within1ms = 999_000;
        figures.within10ms = 999_990;
        figures.within100ms = 1_000_000;
        figures.withinBound = 1_000_000;
        figures.hotHits = 50_000;
        figures.counts = new Counts(100, 100, 100, 600, 400);
        return figures;
    }

    private static Figures violated() {
        Figures figures = enough();
        figures.beyondBound = 3;
        return figures;
    }

    private JsonObject json() {
        return JsonParser.parseString(VerdictJson.of(verdict)).getAsJsonObject();
    }

    @Test
    void passed_enoughOfEverything_isAProof() {
        verdict.wantControl();
        verdict.control(result("crema-lease-off", violated()));
        verdict.add(result("crema", enough()));
        verdict.end();

        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.passed()).isTrue();
        assertThat(VerdictTable.of(verdict)).contains("passed: 0 violations", "99.9000", "99.9990", "5.0 %");
    }

    @Test
    void passed_aViolation_isNone() {
        verdict.add(result("crema", violated()));
        verdict.end();

        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.violations()).isEqualTo(3);
        assertThat(VerdictTable.of(verdict)).contains("NOT PASSED: 3 violations");
    }

    @Test
    void passed_nothingRun_isNone() {
        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.problems()).contains("the run did not come to its end");

        verdict.end();
        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.problems()).containsExactly("nothing was run");
        assertThat(json().get("passed").getAsBoolean()).isFalse();
    }

    @Test
    void passed_onlyPeers_isNone() {
        verdict.add(result(OddSubjects.NO_CACHE, enough()));
        verdict.end();

        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.problems()).hasSize(1).first().asString().startsWith("only peers were run");
    }

    @Test
    void passed_cutShort_isNone() {
        verdict.add(result("crema", enough()));

        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.problems()).containsExactly("the run did not come to its end");
    }

    @Test
    void passed_tooLittleHappened_isNone() {
        Figures few = enough();
        few.hotHits = 49_999;
        few.counts = new Counts(99, 99, 99, 599, 400);
        verdict.add(result("crema", few));
        verdict.end();

        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.problems()).hasSize(5).allMatch(problem -> problem.startsWith("crema on sentinel: "));
    }

    @Test
    void passed_aProblem_isNone() {
        verdict.add(result("crema", enough(), "instance-1 was killed by signal 9"));
        verdict.end();

        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.problems()).containsExactly("instance-1 was killed by signal 9");
    }

    @Test
    void passed_controlWithoutViolations_isNone() {
        verdict.add(result("crema", enough()));
        verdict.wantControl();
        verdict.end();
        assertThat(verdict.problems()).containsExactly("there was no positive control");

        verdict.control(result("crema-lease-off", enough()));
        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.problems()).hasSize(1).first().asString().contains("shows no violation");
    }

    @Test
    void json_aResult_hasEveryFigureByTopologyAndFault() {
        verdict.add(result("crema", violated()));
        verdict.end();

        JsonObject root = json();
        assertThat(root.get("reads").getAsLong()).isEqualTo(1_000_000);
        assertThat(root.get("violations").getAsLong()).isEqualTo(3);
        assertThat(root.getAsJsonObject("nines").get("10ms").getAsDouble()).isEqualTo(0.99999);
        assertThat(root.getAsJsonObject("vacuity").get("refused").getAsLong()).isEqualTo(1_000);
        JsonObject fault = root.getAsJsonObject("topologies")
                .getAsJsonObject("sentinel")
                .getAsJsonObject("faults")
                .getAsJsonObject("flushall");
        assertThat(fault.get("violations").getAsLong()).isEqualTo(3);
        assertThat(fault.getAsJsonObject("violationsByKind").get("beyondBound").getAsLong())
                .isEqualTo(3);
        assertThat(fault.getAsJsonArray("notes").get(0).getAsString()).isEqualTo("server 1");
    }
}
