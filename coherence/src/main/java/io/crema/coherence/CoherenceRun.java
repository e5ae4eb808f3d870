package io.crema.coherence;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The main class: runs the fault matrix and writes its report. {@link Settings} lists the system properties. Exit code 0 =
 * passed, 1 = violations, 2 = no proof: the report, or the last line printed, says why.
 */
public final class CoherenceRun {

    /** Names a file for the reason of a failure, which Maven then shows instead of a stack trace. */
    private static final String FAILURE = "coherence.failure";

    private static final int VIOLATIONS = 1;
    private static final int NO_PROOF = 2;

    /** Either of the above, but Maven would not learn of it by the file. */
    private static final int NOT_TOLD = 3;

    /** For ending all processes, writing what is known, and a check of histories that is under way. */
    private static final long END_SECONDS = 20;

    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    /** Never collected, so that its level stays. */
    private static final Logger ROOT = Logger.getLogger("");

    private CoherenceRun() {}

    /** Runs the proof; takes no arguments. */
    public static void main(String[] arguments) {
        // The same text everywhere.
        Locale.setDefault(Locale.ROOT);
        // What clients complain of under faults is no news.
        ROOT.setLevel(Level.OFF);
        if (!failureFile().isEmpty()) {
            // Whatever ends this process from here on, Maven shall not take it for a pass.
            tell("the run ended without saying how");
            // Maven started this process. Killed alone, it would leave it running for nobody.
            ProcessHandle.current().parent().ifPresent(maven -> maven.onExit().thenRun(() -> System.exit(NO_PROOF)));
        }
        Thread main = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        // Told to end, as by Ctrl-C: the run is cut short, and says so.
        Thread interrupt = new Thread(() -> endSoon(main, ended), "interrupt");
        Runtime.getRuntime().addShutdownHook(interrupt);
        int code = NO_PROOF;
        try {
            code = run();
        } catch (CoherenceException e) {
            code = fail(NO_PROOF, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            // Also a heap that is too small for the histories.
            e.printStackTrace();
            code = fail(NO_PROOF, e.toString());
        } finally {
            ended.countDown();
        }
        System.exit(failureFile().isEmpty() ? code : toldCode(code));
    }

    private static String failureFile() {
        return System.getProperty(FAILURE, "");
    }

    private static int fail(int code, String reason) {
        System.err.println("coherence: " + reason);
        return failureFile().isEmpty() || tell(reason) ? code : NOT_TOLD;
    }

    /** Returns whether Maven will show the reason. */
    private static boolean tell(String reason) {
        try {
            Files.writeString(Path.of(failureFile()), reason);
            return true;
        } catch (IOException e) {
            System.err.println("coherence: " + e);
            return false;
        }
    }

    /** For Maven, to which 1 is what a JVM ends with that could not run this class, or not to its end. */
    private static int toldCode(int code) {
        if (code == VIOLATIONS) {
            return NO_PROOF;
        } else if (code == 0) {
            try {
                Files.deleteIfExists(Path.of(failureFile()));
            } catch (IOException e) {
                System.err.println("coherence: " + e);
                return NOT_TOLD;
            }
        }
        return code;
    }

    private static void endSoon(Thread main, CountDownLatch ended) {
        if (ended.getCount() == 0) {
            return;
        }
        main.interrupt();
        try {
            if (!ended.await(END_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("coherence: the run does not end; it is stopped without a report of its last part");
            }
        } catch (InterruptedException e) {
            // Nobody does that.
            Thread.currentThread().interrupt();
        }
        // Not the code of the signal: there is no proof.
        Runtime.getRuntime().halt(NO_PROOF);
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
            return fail(VIOLATIONS, verdict.violations() + " violations, see above");
        }
        return verdict.passed() ? 0 : fail(NO_PROOF, "no proof: " + String.join("; ", verdict.problems()));
    }

    private static void write(Verdict verdict) {
        verdict.settings().report().ifPresent(file -> {
            try {
                Files.writeString(file, VerdictJson.of(verdict));
            } catch (IOException e) {
                System.err.println("coherence: the report cannot be written: " + e);
                verdict.problem("the report could not be written to " + file + ": " + e);
            }
        });
    }
}
