package io.crema.coherence.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.crema.coherence.RunDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The crash test in short. Logs of a run that fails are kept in {@code target/coherence}. */
@Tag("end-to-end")
@Timeout(240)
class CrashTrialTest {

    @Test
    void run_short_losesNothingAndWouldNoticeIfItDid() throws Exception {
        RunDirectory directory = RunDirectory.in(Path.of("target", "coherence"));
        CrashPlan plan = new CrashPlan(
                Duration.ofSeconds(20),
                ThreadLocalRandom.current().nextLong(Long.MAX_VALUE),
                directory.folder("crash").toAbsolutePath(),
                CrashPlan.Pace.SHORT,
                100);

        CrashResult result = new CrashTrial(plan, System.err).run();

        String about = CrashReport.table(result) + "logs: " + plan.folder();
        assertThat(result.violations()).as(about).isEmpty();
        assertThat(result.whyNoProof()).as(about).isEmpty();
        assertThat(result.passed()).as(about).isTrue();
        assertThat(result.control().lost()).isEqualTo(1);
        assertThat(result.control().resurrected()).isEqualTo(1);
        JsonObject report = JsonParser.parseString(CrashReport.json(result)).getAsJsonObject();
        assertThat(report.keySet())
                .contains("writes", "lost", "resurrected", "inversions", "takeovers", "maxTakeoverMillis");
        assertThat(report.get("takeovers").getAsInt())
                .isEqualTo(result.takeovers().size());
        RunDirectory.remove(plan.folder());
        directory.removeIfEmpty();
    }
}
