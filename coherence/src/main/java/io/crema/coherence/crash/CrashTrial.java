package io.crema.coherence.crash;

import io.crema.coherence.CoherenceException;
import io.crema.coherence.crash.CrashResult.Origin;
import io.crema.coherence.crash.CrashResult.Rest;
import io.crema.coherence.crash.Judge.Findings;
import io.crema.coherence.crash.Judge.Row;
import io.crema.testkit.EmbeddedRedis;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Leads a run: starts servers and instances, lets things go wrong for a time, lets everything come to rest, and has the judge
 * compare. For one thread.
 */
final class CrashTrial {

    /** Everything that was acknowledged is on disk, for a restart; which is short, since what is on disk is rewritten often. */
    private static final String[] PERSISTENCE = {
        "--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-min-size", "8mb"
    };

    private static final Duration LINE = Duration.ofSeconds(2);
    /** What Crema takes unless told otherwise. */
    private static final int PARTITIONS = 16;

    private static final Duration REST_LIMIT = Duration.ofSeconds(60);

    /** An instance keeps what it has read for no longer, whatever it missed. */
    private static final Duration BOUND = Duration.ofMillis(2_500);

    private final CrashPlan plan;
    private final PrintStream out;
    private final long begun = System.nanoTime();
    private final List<String> problems = new ArrayList<>();

    CrashTrial(CrashPlan plan, PrintStream out) {
        this.plan = plan;
        this.out = out;
    }

    /** @throws CoherenceException if an instance does not do what it should */
    CrashResult run() throws IOException, InterruptedException, SQLException {
        say("seed " + plan.seed());
        try (EmbeddedRedis redis = EmbeddedRedis.start(PERSISTENCE);
                Database database = Database.start();
                OwnerWatch watch = OwnerWatch.start(redis)) {
            long memoryBefore = watch.usedMemory();
            try (CrashFleet fleet = CrashFleet.start(plan, redis.uri(), database.url());
                    Faults faults = new Faults(plan, fleet, redis, database, watch, this::say)) {
                awaitOwners(watch);
                long from = System.nanoTime();
                faults.begin();
                watch(fleet, faults, watch);
                say("no more faults");
                faults.end();
                double seconds = (System.nanoTime() - from) / 1e9;
                Rest rest = rest(fleet, watch, memoryBefore, database.version());
                fleet.finish();
                return judged(fleet.logs(), database, seconds, faults.counts(), watch, rest);
            }
        }
    }

    private void say(String line) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
        out.printf(Locale.ROOT, "%d:%02d:%02d %s%n", seconds / 3600, seconds / 60 % 60, seconds % 60, line);
    }

    /** What is not seen now would not be seen later. */
    private static void awaitOwners(OwnerWatch watch) throws InterruptedException {
        long end = System.nanoTime() + REST_LIMIT.toNanos();
        while (watch.owned() < PARTITIONS) {
            if (System.nanoTime() - end >= 0) {
                throw new CoherenceException(
                        "only " + watch.owned() + " of " + PARTITIONS + " partitions have an owner");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private void watch(CrashFleet fleet, Faults faults, OwnerWatch watch) throws InterruptedException {
        long end = System.nanoTime() + plan.duration().toNanos();
        while (System.nanoTime() - end < 0) {
            TimeUnit.NANOSECONDS.sleep(Math.min(LINE.toNanos(), Math.max(0, end - System.nanoTime())));
            faults.requireWell();
            fleet.requireWell();
            Doings doings = fleet.doings();
            say(String.format(
                    Locale.ROOT,
                    "%,d acknowledged, %,d not, %,d reads, %,d calls of the writer, %,d failed, %d kills, %d takeovers",
                    doings.acknowledged(),
                    doings.failed(),
                    doings.reads(),
                    doings.calls(),
                    doings.failures(),
                    faults.counts().kills(),
                    watch.done().size()));
        }
    }

    private Rest rest(CrashFleet fleet, OwnerWatch watch, long memoryBefore, String postgres)
            throws InterruptedException {
        long from = System.nanoTime();
        List<String> busy = fleet.pauseWrites(REST_LIMIT);
        if (!busy.isEmpty()) {
            problems.add("writes did not end at " + busy);
        }
        long end = from + REST_LIMIT.toNanos();
        while ((watch.journalLength() > 0 || !watch.waiting().isEmpty()) && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
        long left = watch.journalLength();
        say("at rest after " + millis + " ms, " + left + " writes left");
        TimeUnit.NANOSECONDS.sleep(BOUND.toNanos());
        fleet.readAll();
        return new Rest(
                millis,
                left,
                watch.deadLetters(),
                memoryBefore,
                watch.usedMemory(),
                "Redis " + watch.version(),
                "PostgreSQL " + postgres);
    }

    private CrashResult judged(
            List<InstanceLog> logs,
            Database database,
            double seconds,
            Faults.Counts counts,
            OwnerWatch watch,
            Rest rest)
            throws SQLException {
        List<Row> rows = database.rows();
        List<Row> applied = database.applied();
        Findings findings = Judge.judge(logs, rows, applied);
        Origin origin = new Origin(
                logs.stream().mapToLong(InstanceLog::calls).sum(),
                logs.stream().mapToLong(InstanceLog::failures).sum(),
                logs.stream().mapToLong(InstanceLog::written).sum(),
                applied.size());
        for (Row late : Control.lateWrites(logs, rows, applied)) {
            database.overwrite(late);
        }
        Findings control = Judge.judge(logs, database.rows(), database.applied());
        return new CrashResult(
                plan,
                seconds,
                findings,
                control,
                counts,
                origin,
                watch.done(),
                watch.waiting(),
                rest,
                List.copyOf(problems));
    }
}
