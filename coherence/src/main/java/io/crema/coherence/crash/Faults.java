package io.crema.coherence.crash;

import io.crema.coherence.crash.CrashFleet.Member;
import io.crema.testkit.EmbeddedRedis;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What goes wrong in a run: instances are killed and suspended, Redis is suspended and killed, the database fails. Each of the
 * three by a thread of its own, so that they meet; each ends what it began.
 */
final class Faults implements AutoCloseable {

    /** Of so many strikes one is a suspension. */
    private static final int STRIKES = 6;

    /** The first of them, so that a short run has had two kills before. */
    private static final int FIRST_SUSPENSION = 2;

    private static final long END_SECONDS = 10;

    private final CrashPlan plan;
    private final CrashFleet fleet;
    private final EmbeddedRedis redis;
    private final Database database;
    private final OwnerWatch watch;
    private final Consumer<String> say;
    private final ExecutorService executor = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "faults");
        thread.setDaemon(true);
        return thread;
    });
    private final List<CompletableFuture<?>> underWay = new ArrayList<>();
    private volatile boolean ended;

    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicInteger suspensions = new AtomicInteger();
    private final AtomicInteger redisRestarts = new AtomicInteger();
    private final AtomicInteger redisSuspensions = new AtomicInteger();
    private final AtomicInteger outages = new AtomicInteger();

    /**
     * How often what went wrong.
     *
     * @param kills of instances
     * @param suspensions of instances, each longer than the lease
     * @param outages of the database
     */
    record Counts(int kills, int suspensions, int redisRestarts, int redisSuspensions, int outages) {}

    Faults(
            CrashPlan plan,
            CrashFleet fleet,
            EmbeddedRedis redis,
            Database database,
            OwnerWatch watch,
            Consumer<String> say) {
        this.plan = plan;
        this.fleet = fleet;
        this.redis = redis;
        this.database = database;
        this.watch = watch;
        this.say = say;
    }

    /** One fault; returns when it is over. */
    private interface Fault {
        void happen() throws IOException, InterruptedException, SQLException;
    }

    void begin() {
        Random random = new Random(plan.seed());
        Random ofInstances = new Random(random.nextLong());
        Random ofRedis = new Random(random.nextLong());
        Random ofDatabase = new Random(random.nextLong());
        every(plan.pace().kills(), ofInstances, () -> strike(ofInstances));
        every(plan.pace().redisFaults(), ofRedis, () -> stopRedis(ofRedis));
        every(plan.pace().outages(), ofDatabase, () -> failDatabase(ofDatabase));
    }

    private void every(CrashPlan.Span gap, Random random, Fault fault) {
        start(() -> {
            while (true) {
                pause(gap.any(random));
                if (ended) {
                    return;
                }
                fault.happen();
            }
        });
    }

    private synchronized void start(Fault fault) {
        underWay.add(CompletableFuture.runAsync(
                () -> {
                    try {
                        fault.happen();
                    } catch (IOException | SQLException e) {
                        throw new CompletionException(e);
                    } catch (InterruptedException e) {
                        // The run is cut short.
                        Thread.currentThread().interrupt();
                    }
                },
                executor));
    }

    private static void pause(Duration time) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(time.toMillis());
    }

    private void strike(Random random) throws IOException, InterruptedException {
        Member member = fleet.any(random);
        if ((kills.get() + suspensions.get()) % STRIKES == FIRST_SUSPENSION) {
            // For longer than its lease: it goes on with writes that others have made meanwhile.
            Duration time = Settled.LEASE.plus(new CrashPlan.Span(0.2, 2).any(random));
            say.accept(member.process().name() + " is suspended for " + time.toMillis() + " ms");
            member.process().suspend();
            pause(time);
            member.process().resume();
            suspensions.incrementAndGet();
        } else {
            Duration absence = plan.pace().absences().any(random);
            say.accept(member.process().name() + " is killed");
            watch.killed(member.identity());
            fleet.kill(member);
            kills.incrementAndGet();
            start(() -> {
                pause(absence);
                fleet.startOne();
            });
        }
    }

    /** In turn, so that both come in a short run too. */
    private void stopRedis(Random random) throws InterruptedException {
        boolean isKill = (redisRestarts.get() + redisSuspensions.get()) % 2 == 0;
        Duration time = (isKill ? plan.pace().redisDowns() : plan.pace().redisStops()).any(random);
        say.accept("Redis is " + (isKill ? "killed, and away for " : "suspended for ") + time.toMillis() + " ms");
        watch.down();
        if (isKill) {
            redis.kill();
            pause(time);
            redis.restart();
            redisRestarts.incrementAndGet();
        } else {
            redis.pause();
            pause(time);
            redis.resume();
            redisSuspensions.incrementAndGet();
        }
        watch.up();
    }

    private void failDatabase(Random random) throws InterruptedException, SQLException {
        Duration time = plan.pace().outageTimes().any(random);
        say.accept("the database fails for " + time.toMillis() + " ms");
        database.fail();
        pause(time);
        database.recover();
        outages.incrementAndGet();
    }

    /** Begins no more, and returns when what was begun is over and every instance is there again. */
    void end() throws InterruptedException {
        ended = true;
        // What ends may begin a replacement.
        while (!allDone()) {
            pause(Duration.ofMillis(20));
        }
        requireWell();
    }

    private synchronized boolean allDone() {
        return underWay.stream().allMatch(CompletableFuture::isDone);
    }

    /** @throws CompletionException if a fault could not be made or ended */
    synchronized void requireWell() {
        underWay.stream().filter(CompletableFuture::isDone).forEach(CompletableFuture::join);
    }

    Counts counts() {
        return new Counts(kills.get(), suspensions.get(), redisRestarts.get(), redisSuspensions.get(), outages.get());
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            // What is being started is known to the fleet then, which ends it.
            boolean unused = executor.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
