package io.crema.coherence;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The main class: runs the fault matrix and writes its report. {@link Settings} lists the system properties. Exit code 0 =
 * passed, 1 = violations, 2 = no proof: the report, or the last line printed, says why.
 */
public final class CoherenceRun {

    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private CoherenceRun() {}

    /** Runs the proof; takes no arguments. */
    public static void main(String[] arguments) {
        LeadingProcess.lead(CoherenceRun::run);
    }

    private static int run() {
        Settings settings = Settings.of(System.getProperties());
        Campaign campaign = new Campaign(settings);
        RunDirectory directory = RunDirectory.in(settings.directory());
        Verdict verdict = new Verdict(settings, Vacuity.FULL);
        // Also if this process is killed next: no report is that of another run.
        write(verdict);
        try (Live live = Live.onStandardError()) {
            live.say("seed " + settings.seed());
            campaign.run(verdict, directory, live, () -> write(verdict));
        } catch (RuntimeException e) {
            e.printStackTrace();
            verdict.problem(e.toString());
        }
        if (Thread.interrupted()) {
            verdict.problem("interrupted");
        }
        OUT.print(VerdictTable.of(verdict));
        directory.removeIfEmpty();
        write(verdict);
        if (verdict.violations() > 0) {
            return LeadingProcess.fail(LeadingProcess.VIOLATIONS, verdict.violations() + " violations, see above");
        }
        return verdict.passed()
                ? 0
                : LeadingProcess.fail(LeadingProcess.NO_PROOF, "no proof: " + String.join("; ", verdict.problems()));
    }

    private static void write(Verdict verdict) {
        verdict.settings()
                .report()
                .flatMap(file -> JsonReport.write(file, VerdictJson.of(verdict)))
                .ifPresent(verdict::problem);
    }
}
