package io.crema.coherence.crash;

import io.crema.coherence.CoherenceException;
import io.crema.coherence.JsonReport;
import io.crema.coherence.LeadingProcess;
import io.crema.coherence.RunDirectory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;

/**
 * The main class: runs the crash test and writes its report. {@link CrashSettings} lists the system properties. Exit code 0 =
 * passed, 1 = a bar was missed, 2 = no proof: the report, or the last line printed, says why.
 */
public final class CrashRun {

    private static final int WRITES_PER_SECOND = 150;
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private CrashRun() {}

    /** Runs the test; takes no arguments. */
    public static void main(String[] arguments) {
        LeadingProcess.lead(CrashRun::run);
    }

    private static int run() {
        CrashSettings settings = CrashSettings.of(System.getProperties());
        // Also if this process is killed next: no report is that of another run.
        write(settings, CrashReport.json(settings, "the run did not come to its end"));
        RunDirectory directory = RunDirectory.in(settings.directory());
        CrashPlan plan = new CrashPlan(
                settings.duration(),
                settings.seed(),
                directory.folder("crash"),
                CrashPlan.Pace.FULL,
                WRITES_PER_SECOND);
        try {
            CrashResult result = new CrashTrial(plan, System.err).run();
            OUT.print(CrashReport.table(result));
            write(settings, CrashReport.json(result));
            if (result.passed()) {
                remove(plan.folder());
                directory.removeIfEmpty();
                return 0;
            }
            OUT.println("logs: " + plan.folder());
            return result.violations().isEmpty()
                    ? LeadingProcess.fail(
                            LeadingProcess.NO_PROOF, "no proof: " + String.join("; ", result.whyNoProof()))
                    : LeadingProcess.fail(
                            LeadingProcess.VIOLATIONS, String.join("; ", result.violations()) + ", see above");
        } catch (CoherenceException | CompletionException | IllegalStateException | IOException | SQLException e) {
            e.printStackTrace();
            return broken(settings, plan, e.toString());
        } catch (InterruptedException e) {
            return broken(settings, plan, "interrupted");
        }
    }

    private static int broken(CrashSettings settings, CrashPlan plan, String problem) {
        write(settings, CrashReport.json(settings, problem));
        return LeadingProcess.fail(LeadingProcess.NO_PROOF, problem + "; logs: " + plan.folder());
    }

    private static void write(CrashSettings settings, String report) {
        settings.report()
                .ifPresent(file -> JsonReport.write(file, report).ifPresent(problem -> {
                    throw new CoherenceException(problem);
                }));
    }

    private static void remove(Path folder) {
        try {
            RunDirectory.remove(folder);
        } catch (IOException e) {
            System.err.println("coherence: logs are left: " + e);
        }
    }
}
