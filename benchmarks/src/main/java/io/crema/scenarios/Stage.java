package io.crema.scenarios;

import io.crema.testkit.EmbeddedRedis;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What a scenario is played on: a Redis server and an origin of its own. Used by one thread. */
final class Stage implements AutoCloseable {

    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_MILLIS = 50;

    final Settings settings;
    final EmbeddedRedis redis;
    final Origin origin;
    private final Scenario scenario;
    private final PrintStream out;
    private final Path directory;
    private final long began = System.nanoTime();
    private int fleets;

    private Stage(Settings settings, Scenario scenario, PrintStream out) throws IOException {
        this.settings = settings;
        this.scenario = scenario;
        this.out = out;
        directory = Files.createDirectories(settings.directory().resolve(scenario.label()));
        redis = EmbeddedRedis.start();
        origin = Origin.start();
    }

    static Stage of(Settings settings, Scenario scenario, PrintStream out) {
        try {
            return new Stage(settings, scenario, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the instances, and returns when they are ready. */
    Fleet fleet(String redisUri, OriginClient.Kind client, Policies policies) throws InterruptedException {
        InstanceSpec spec = new InstanceSpec("", redisUri, origin.port(), client, settings.policies(policies));
        int fleet = ++fleets;
        say("starting " + settings.instances() + " instances");
        return Fleet.start(
                settings.instances(), spec, name -> directory.resolve("fleet-" + fleet + "-" + name + ".log"));
    }

    Fleet fleet(Policies policies) throws InterruptedException {
        return fleet(redis.uri(), OriginClient.Kind.INTERRUPTIBLE, policies);
    }

    /** A line of progress. */
    void say(String what) {
        out.printf(
                Locale.ROOT,
                "%4d s  %-12s %s%n",
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
                scenario.label(),
                what);
        out.flush();
    }

    /** Waits, tells how the fleet is doing, and fails if one of its instances ends. */
    void watch(String what, Fleet fleet, Duration time) throws InterruptedException {
        watchUntil(what, fleet, System.nanoTime() + time.toNanos());
    }

    /** As {@link #watch}, until a moment of {@link System#nanoTime()}. */
    void watchUntil(String what, Fleet fleet, long end) throws InterruptedException {
        long told = System.nanoTime();
        say(what);
        while (end - System.nanoTime() > 0) {
            TimeUnit.MILLISECONDS.sleep(
                    Math.max(1, Math.min(LOOK_MILLIS, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()))));
            if (System.nanoTime() - told >= TELL_NANOS) {
                told = System.nanoTime();
                fleet.requireAlive();
                Answer.Status status = fleet.status();
                say(String.format(
                        Locale.ROOT,
                        "%s, %d s left: %,d reads, %,d failed, %,d origin calls",
                        what,
                        TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime()),
                        status.reads(),
                        status.failures(),
                        origin.count()));
            }
        }
    }

    @Override
    public void close() {
        try (redis;
                origin) {
            origin.set(Origin.Mode.FAIL, Duration.ZERO);
        }
    }
}
