package io.crema.benchmarks;

import io.crema.testkit.EmbeddedRedis;
import io.lettuce.core.RedisURI;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs the suites and writes a report. Competitors take turns: in every round each runs once, in a JVM of its own, and
 * the next round goes the other way round, so that whatever slows the machine for a while slows all of them.
 */
public final class Benchmarks {

    private static final int ATTEMPTS = 3;

    private final Settings settings;
    private final Servers servers;
    private final PrintStream out;
    private final long began = System.nanoTime();
    private int forksDone;
    private @Nullable RunnerException failure;

    private Benchmarks(Settings settings, Servers servers, PrintStream out) {
        this.settings = settings;
        this.servers = servers;
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException, RunnerException {
        Settings settings = Settings.of(System.getProperties());
        String given = System.getenv("CREMA_REDIS_URL");
        if (given != null && !given.isBlank()) {
            requireLoopback(given);
            withDatabase(settings, given);
        } else {
            try (EmbeddedRedis redis = EmbeddedRedis.start()) {
                withDatabase(settings, redis.uri());
            }
        }
    }

    private static void withDatabase(Settings settings, String redisUri) throws IOException, RunnerException {
        if (settings.suites().stream().noneMatch(Suite::needsDatabase)) {
            run(settings, new Servers(redisUri, null));
            return;
        }
        try (EmbeddedPostgres postgres = Database.start()) {
            run(settings, new Servers(redisUri, Database.url(postgres)));
        }
    }

    private static void requireLoopback(String uri) throws IOException {
        if (!InetAddress.getByName(RedisURI.create(uri).getHost()).isLoopbackAddress()) {
            throw new IllegalArgumentException("CREMA_REDIS_URL must name a server on this machine: what is measured is"
                    + " not the network, and the server is put under load");
        }
    }

    private static void run(Settings settings, Servers servers) throws IOException, RunnerException {
        Environment environment = Environment.here(Environment.redisVersion(servers.redisUri()), "1g", Fork.JVM_FLAGS);
        String commit = Environment.commit();
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Benchmarks benchmarks = new Benchmarks(settings, servers, System.out);
        List<Measured> measured = benchmarks.measure();
        Report report = Report.of(settings.profile(), date, commit, environment, measured);
        Path directory = settings.report().toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.writeString(settings.report(), report.json());
        System.out.println(report.table());
        System.out.println("Written: " + settings.report().toAbsolutePath());
        RunnerException failure = benchmarks.failure;
        if (failure != null) {
            throw failure;
        }
    }

    /** What a suite had measured before a fork failed for good is kept, and so is what the others measure. */
    private List<Measured> measure() {
        List<Measured> measured = new ArrayList<>();
        for (Suite suite : settings.suites()) {
            for (int threads : suite.threadCounts()) {
                measured.addAll(measure(suite, threads));
            }
        }
        return measured;
    }

    private List<Measured> measure(Suite suite, int threads) {
        List<Competitor> turns = new ArrayList<>(suite.competitors);
        turns.removeIf(competitor -> !competitor.threads().contains(threads));
        Map<String, List<Fork>> forks = new LinkedHashMap<>();
        turns.forEach(competitor -> forks.put(competitor.name(), new ArrayList<>()));
        try {
            for (int round = 0; round < settings.profile().rounds(suite); round++) {
                for (Competitor competitor : turns) {
                    Fork fork = fork(competitor, threads);
                    Objects.requireNonNull(forks.get(competitor.name())).add(fork);
                    progress(suite, competitor, threads, fork);
                }
                Collections.reverse(turns);
            }
        } catch (RunnerException e) {
            out.println(suite.label() + " is given up: " + reason(e));
            failure = e;
        }
        List<Measured> measured = new ArrayList<>();
        forks.forEach((competitor, done) -> {
            if (!done.isEmpty()) {
                measured.add(new Measured(suite, competitor, threads, done));
            }
        });
        return measured;
    }

    /** A fork that a busy machine made fail, as when it kept heartbeats from being answered, is repeated. */
    private Fork fork(Competitor competitor, int threads) throws RunnerException {
        for (int attempt = 1; ; attempt++) {
            try {
                return Fork.run(competitor, threads, settings.profile(), servers);
            } catch (RunnerException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                out.println("A fork of " + competitor.name() + " failed and is repeated: " + reason(e));
            }
        }
    }

    private static String reason(Throwable failure) {
        Throwable reason = failure;
        while (reason.getCause() != null || reason.getSuppressed().length > 0) {
            reason = reason.getCause() != null ? reason.getCause() : reason.getSuppressed()[0];
        }
        return reason.toString();
    }

    private int forksInAll() {
        return settings.suites().stream()
                .mapToInt(suite -> settings.profile().rounds(suite)
                        * suite.competitors.stream()
                                .mapToInt(competitor -> competitor.threads().size())
                                .sum())
                .sum();
    }

    private void progress(Suite suite, Competitor competitor, int threads, Fork fork) {
        forksDone++;
        out.printf(
                Locale.ROOT,
                "%4d s  fork %d of %d  %-12s %-26s %2d threads%s%n",
                Duration.ofNanos(System.nanoTime() - began).toSeconds(),
                forksDone,
                forksInAll(),
                suite.label(),
                competitor.name(),
                threads,
                fork.text());
    }
}
