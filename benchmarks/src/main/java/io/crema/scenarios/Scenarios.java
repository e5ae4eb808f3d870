package io.crema.scenarios;

import io.crema.benchmarks.Environment;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The main class: plays scenarios, each on a Redis server and an origin of its own, with instances in JVMs of their own,
 * and writes a report. {@code mvn -q -Pscenarios -Dscenario=NAME -Dreport=FILE} starts it; {@link Settings} lists what else
 * can be said. Exit code 0 = all bars were reached, 1 = not, 2 = the run could not be made.
 */
public final class Scenarios {

    /** Names a file for the reason of a failure, which Maven then shows instead of a stack trace. */
    private static final String FAILURE = "scenarios.failure";

    private static final int MISSED = 1;
    private static final int NO_RUN = 2;

    /** Either of the above, but Maven would not learn of it by the file. */
    private static final int NOT_TOLD = 3;

    /** Never collected, so that its level stays. */
    private static final Logger ROOT = Logger.getLogger("");

    private final Settings settings;
    private final PrintStream out;

    Scenarios(Settings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /** Runs what the system properties say; takes no arguments. */
    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        // What clients complain of is no news here.
        ROOT.setLevel(Level.OFF);
        if (!failureFile().isEmpty()) {
            // Whatever ends this process from here on, Maven shall not take it for a pass.
            tell("the run ended without saying how");
            // Maven started this process. Killed alone, it would leave it running for nobody.
            ProcessHandle.current().parent().ifPresent(maven -> maven.onExit().thenRun(() -> System.exit(NO_RUN)));
        }
        System.exit(exitCode());
    }

    private static int exitCode() {
        try {
            Settings settings = Settings.of(System.getProperties());
            Report report = new Scenarios(settings, new PrintStream(System.out, true, StandardCharsets.UTF_8)).run();
            if (!report.passed()) {
                return fail(MISSED, report.whatFailed());
            }
        } catch (Settings.InvalidSettingsException e) {
            return fail(NO_RUN, String.valueOf(e.getMessage()));
        } catch (IOException | InterruptedException | RuntimeException e) {
            e.printStackTrace();
            return fail(NO_RUN, e.toString());
        }
        return passed();
    }

    private static String failureFile() {
        return System.getProperty(FAILURE, "");
    }

    /** Maven takes {@link #NO_RUN} and shows the reason. */
    private static int fail(int code, String reason) {
        if (failureFile().isEmpty()) {
            System.err.println("scenarios: " + reason);
            return code;
        }
        return tell("scenarios: " + reason) ? NO_RUN : NOT_TOLD;
    }

    private static boolean tell(String reason) {
        try {
            Path file = Path.of(failureFile()).toAbsolutePath();
            Path directory = file.getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            Files.writeString(file, reason);
            return true;
        } catch (IOException e) {
            System.err.println("scenarios: " + reason + " (" + e + ")");
            return false;
        }
    }

    private static int passed() {
        try {
            if (!failureFile().isEmpty()) {
                Files.deleteIfExists(Path.of(failureFile()));
            }
            return 0;
        } catch (IOException e) {
            System.err.println("scenarios: " + e);
            return NOT_TOLD;
        }
    }

    /** Plays the scenarios. The report is written after each, so that what is known outlives whatever comes. */
    Report run() throws IOException, InterruptedException {
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        String commit = Environment.commit();
        List<Result> results = new ArrayList<>();
        Report report = null;
        for (Scenario scenario : settings.scenarios()) {
            try (Stage stage = Stage.of(settings, scenario, out)) {
                Environment environment = Environment.here(
                        Environment.redisVersion(stage.redis.uri()), InstanceProcess.HEAP, InstanceProcess.JVM_FLAGS);
                stage.say(scenario.trial.about(settings));
                results.add(play(scenario, stage));
                report = Report.of(settings, date, commit, environment, results);
                report.write(settings.report());
            }
        }
        if (report == null) {
            throw new IllegalStateException("No scenario was named");
        }
        out.print(report.table());
        out.println("Written: " + settings.report());
        return report;
    }

    private static Result play(Scenario scenario, Stage stage) throws InterruptedException {
        try {
            return scenario.trial.run(stage);
        } catch (RuntimeException e) {
            e.printStackTrace();
            return Result.failed(scenario.label(), e.toString());
        }
    }
}
