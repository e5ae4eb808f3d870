package io.crema.examples.quickstart;

import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.HistoryException;
import io.crema.testkit.ReadTier;
import io.crema.testkit.StalenessChecker;
import io.crema.testkit.StalenessReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The main class: starts Redis, PostgreSQL and three instances, leads them through the phases, and judges what they
 * report. {@link Settings} lists the system properties. Exit code 0 = all well, 1 = the report names faults, 2 = there
 * was no run or no verdict.
 */
public final class Quickstart {

    private static final int INSTANCES = 3;
    private static final int READS_PER_SECOND = 12_000;
    private static final int UPDATES_PER_SECOND = 20;
    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final long READY_SECONDS = 60;
    private static final long END_SECONDS = 20;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Names a file for the reason of a failure, which Maven then shows instead of a stack trace. */
    private static final String FAILURE = "quickstart.failure";

    private static final int FAULTS = 1;
    private static final int NO_VERDICT = 2;

    /** Either of the above, but Maven would not learn of it by the file. */
    private static final int NOT_TOLD = 3;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final Settings settings;
    private final RunDirectory directory;
    private final List<InstanceProcess> instances = new ArrayList<>();

    /** When each phase began, {@link System#nanoTime()}. */
    private final Map<Phase, Long> begun = new EnumMap<>(Phase.class);

    private Quickstart(Settings settings, RunDirectory directory) {
        this.settings = settings;
        this.directory = directory;
    }

    /** Runs the quickstart; takes no arguments. */
    public static void main(String[] arguments) {
        // The same table everywhere.
        Locale.setDefault(Locale.ROOT);
        // The database's driver and server log through java.util.logging; the root logger is never collected.
        Logger.getLogger("").setLevel(Level.WARNING);
        if (!failureFile().isEmpty()) {
            // Maven started this process. Killed alone, it would leave the servers running for nobody.
            ProcessHandle.current().parent().ifPresent(maven -> maven.onExit().thenRun(() -> System.exit(NO_VERDICT)));
        }
        System.exit(run());
    }

    private static String failureFile() {
        return System.getProperty(FAILURE, "");
    }

    private static int run() {
        try {
            Settings settings = Settings.of(System.getProperties());
            try (RunDirectory directory = RunDirectory.open(settings.directory())) {
                List<String> faults = new Quickstart(settings, directory).start();
                return faults.isEmpty() ? 0 : fail(FAULTS, faults.size() == 1 ? faults.get(0) : faults.toString());
            }
        } catch (QuickstartException | HistoryException e) {
            return fail(NO_VERDICT, String.valueOf(e.getMessage()));
        } catch (IOException | SQLException | RuntimeException e) {
            e.printStackTrace();
            return fail(NO_VERDICT, e.toString());
        } catch (InterruptedException e) {
            return fail(NO_VERDICT, "interrupted");
        }
    }

    private static int fail(int exitCode, String reason) {
        System.err.println("quickstart: " + reason);
        String file = failureFile();
        if (!file.isEmpty()) {
            try {
                Files.writeString(Path.of(file), reason);
            } catch (IOException e) {
                System.err.println("quickstart: " + e);
                return NOT_TOLD;
            }
        }
        return exitCode;
    }

    /** Returns the faults. */
    private List<String> start() throws IOException, SQLException, InterruptedException {
        long start = System.nanoTime();
        List<City> cities = CityRows.read();
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            out.printf("Redis on port %d, after %.1f s%n", redis.port(), secondsSince(start));
            try (Origin origin = Origin.start(directory.database(), cities)) {
                out.printf(
                        "PostgreSQL with %,d cities of GeoNames (CC BY 4.0), after %.1f s%n",
                        cities.size(), secondsSince(start));
                startInstances(redis, origin, cities.size());
                out.printf(
                        "%d instances ready, after %.1f s; load for %d s%n",
                        INSTANCES, secondsSince(start), settings.load().toSeconds());
                if (settings.transport() == Transport.LOSES_INVALIDATIONS) {
                    out.printf("BROKEN ON PURPOSE: the instances' transport loses invalidations and hides the loss%n");
                }
                lead(redis);
            } finally {
                instances.forEach(InstanceProcess::close);
            }
        }
        directory.removeDatabase();
        return judge();
    }

    private void startInstances(EmbeddedRedis redis, Origin origin, int rows) throws IOException, InterruptedException {
        // Also when this process is told to end in the middle, as by Ctrl-C.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> List.copyOf(instances).forEach(InstanceProcess::close)));
        for (int number = 1; number <= INSTANCES; number++) {
            Assignment assignment = new Assignment(
                    number,
                    redis.uri(),
                    origin.jdbcUrl(),
                    rows,
                    BOUND,
                    READS_PER_SECOND,
                    UPDATES_PER_SECOND,
                    settings.transport(),
                    directory.history(number));
            instances.add(InstanceProcess.start(assignment, directory.log(number)));
        }
        for (InstanceProcess instance : instances) {
            instance.awaitReady(READY_SECONDS);
        }
    }

    private void lead(EmbeddedRedis redis) throws InterruptedException {
        long start = System.nanoTime();
        Progress progress = new Progress(start);
        for (Phase phase : Phase.values()) {
            if (phase == Phase.RECOVERED) {
                redis.restart();
            }
            begun.put(phase, System.nanoTime());
            instances.forEach(instance -> instance.order(Lines.PHASE + " " + phase.label()));
            if (phase == Phase.REDIS_DOWN) {
                redis.kill();
            }
            long end = System.nanoTime() + phase.nanos(settings.load().toNanos());
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.sleep(Math.min(left, progress.next - System.nanoTime()));
                if (System.nanoTime() - progress.next >= 0) {
                    progress.print(phase);
                }
            }
        }
        instances.forEach(instance -> instance.order(Lines.FINISH));
        for (InstanceProcess instance : instances) {
            instance.awaitEnd(END_SECONDS);
        }
    }

    /** A line a second about what the instances have reported. */
    private final class Progress {

        private final long start;
        private final Map<ReadTier, Long> before = new EnumMap<>(ReadTier.class);
        private long updatesBefore;
        private long last;
        private long next;

        Progress(long start) {
            this.start = start;
            last = start;
            next = start + SECOND;
        }

        void print(Phase phase) {
            Figures all = new Figures();
            for (InstanceProcess instance : instances) {
                for (Phase each : Phase.values()) {
                    instance.addTo(all, each);
                }
            }
            long now = System.nanoTime();
            double seconds = (now - last) / (double) SECOND;
            StringBuilder tiers = new StringBuilder();
            long reads = 0;
            for (ReadTier tier : ReadTier.values()) {
                long count = all.reads(tier) - before.getOrDefault(tier, 0L);
                before.put(tier, all.reads(tier));
                reads += count;
                tiers.append(String.format("  %s %,7.0f", tier, count / seconds));
            }
            out.printf(
                    "%3.0f s  %-10s  %,7.0f reads/s: %s   %3.0f updates/s, %d invalidations waiting%s%n",
                    (now - start) / (double) SECOND,
                    phase.label(),
                    reads / seconds,
                    tiers,
                    (all.updates() - updatesBefore) / seconds,
                    instances.stream().mapToInt(InstanceProcess::owed).sum(),
                    dead());
            updatesBefore = all.updates();
            last = now;
            next = now + SECOND;
        }

        private String dead() {
            StringBuilder dead = new StringBuilder();
            for (InstanceProcess instance : instances) {
                if (!instance.isAlive()) {
                    dead.append(", instance ").append(instance.number()).append(" is dead");
                }
            }
            return dead.toString();
        }
    }

    private List<String> judge() throws IOException {
        List<PhaseResult> phases = new ArrayList<>();
        Figures all = new Figures();
        for (Phase phase : Phase.values()) {
            Figures figures = new Figures();
            instances.forEach(instance -> instance.addTo(figures, phase));
            all.add(figures);
            phases.add(new PhaseResult(
                    phase.label(),
                    figures,
                    checker().readsBetween(begin(phase), end(phase)).check()));
        }
        StalenessReport staleness = checker().check();
        List<String> failures = new ArrayList<>();
        for (InstanceProcess instance : instances) {
            String failure = instance.failure();
            if (failure != null) {
                failures.add("instance " + instance.number() + " " + failure);
            }
        }
        Report report = new Report(INSTANCES, failures, phases, new PhaseResult("total", all, staleness));
        out.println();
        out.print(ReportTable.of(report));
        out.println();
        print(report, staleness);
        Path file = settings.report();
        if (file != null) {
            Files.writeString(file, ReportJson.of(report));
        }
        return report.faults();
    }

    private void print(Report report, StalenessReport staleness) {
        if (!staleness.passed()) {
            out.println(staleness.describe());
        }
        if (report.faults().isEmpty()) {
            out.printf(
                    "All %d instances finished; no read was stale beyond the bound of %,d ms.%n",
                    INSTANCES, BOUND.toMillis());
        }
    }

    /** When a phase began. */
    private long begin(Phase phase) {
        return Objects.requireNonNull(begun.get(phase));
    }

    /** When the next one began; the last one has no end. */
    private long end(Phase phase) {
        return switch (phase) {
            case STEADY -> begin(Phase.REDIS_DOWN);
            case REDIS_DOWN -> begin(Phase.RECOVERED);
            case RECOVERED -> Long.MAX_VALUE;
        };
    }

    private StalenessChecker checker() {
        StalenessChecker checker = StalenessChecker.withBound(BOUND).initialVersion(City.FIRST_VERSION);
        for (InstanceProcess instance : instances) {
            Path history = directory.history(instance.number());
            if (instance.failure() == null) {
                checker.history(history);
            } else {
                checker.historyOfKilled(history);
            }
        }
        return checker;
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / (double) SECOND;
    }
}
