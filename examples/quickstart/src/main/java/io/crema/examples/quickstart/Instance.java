package io.crema.examples.quickstart;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.crema.testkit.HistoryWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The main class of a service instance: a process of its own that reads and updates cities through its own cache. It is
 * led by {@link Lines} on its standard input, reports on its standard output, and ends when its input does.
 */
final class Instance {

    private static final int READERS = 3;
    private static final int CONNECTIONS = READERS + 1;
    private static final int REPORT_MILLIS = 250;
    private static final int FAILED = 3;

    private final PrintStream out;
    private final HistoryWriter history;
    private final Meter meter;
    private final UpdateLoad updates;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean running = new AtomicBoolean(true);

    /** Null until the load begins. Guarded by this. */
    private @Nullable Phase phase;

    private Instance(
            Assignment assignment,
            PrintStream out,
            CityCache cities,
            CityTable table,
            Meter meter,
            HistoryWriter history) {
        this.out = out;
        this.history = history;
        this.meter = meter;
        Popularity popularity = new Popularity(assignment.rows());
        Complaints complaints = new Complaints();
        for (int i = 0; i < READERS; i++) {
            long seed = 1_000L * assignment.number() + i;
            ReadLoad reader = new ReadLoad(
                    cities,
                    popularity,
                    seed,
                    assignment.readsPerSecond() / READERS,
                    meter,
                    history,
                    complaints,
                    running);
            threads.add(new Thread(reader, "reader-" + i));
        }
        updates = new UpdateLoad(
                cities,
                table,
                popularity,
                assignment.number(),
                assignment.updatesPerSecond(),
                meter,
                history,
                complaints,
                running);
        threads.add(new Thread(updates::update, "updater"));
        threads.add(new Thread(updates::repay, "repayer"));
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        PrintStream lines = System.out;
        // What else is printed must not come between the lines.
        System.setOut(System.err);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            failure.printStackTrace();
            // An instance that lost a thread would go on with less load than it says.
            Runtime.getRuntime().halt(FAILED);
        });
        Assignment assignment = Assignment.parse(List.of(arguments));
        Meter meter = new Meter();
        try (HikariDataSource database = connect(assignment);
                HistoryWriter history = HistoryWriter.create(assignment.history(), "instance-" + assignment.number());
                CityCache cities = new CityCache(assignment, new CityTable(database), meter)) {
            Instance instance = new Instance(assignment, lines, cities, new CityTable(database), meter, history);
            instance.follow(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        }
        lines.println(Lines.DONE);
    }

    private static HikariDataSource connect(Assignment assignment) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(assignment.jdbcUrl());
        config.setMaximumPoolSize(CONNECTIONS);
        config.setPoolName("cities");
        return new HikariDataSource(config);
    }

    private void follow(BufferedReader orders) throws IOException, InterruptedException {
        ScheduledExecutorService reports = Executors.newSingleThreadScheduledExecutor();
        reports.scheduleAtFixedRate(this::tick, REPORT_MILLIS, REPORT_MILLIS, TimeUnit.MILLISECONDS);
        print(Lines.READY);
        for (String order = orders.readLine(); !Lines.FINISH.equals(order); order = orders.readLine()) {
            if (order == null) {
                // Whoever led this instance is gone; nobody waits for an orderly end.
                Runtime.getRuntime().halt(FAILED);
            } else if (order.startsWith(Lines.PHASE + " ")) {
                begin(Phase.labelled(order.substring(Lines.PHASE.length() + 1)));
            } else {
                throw new IOException("Unknown order: " + order);
            }
        }
        running.set(false);
        for (Thread thread : threads) {
            thread.join();
        }
        reports.shutdown();
        if (!reports.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IOException("The last report hangs");
        }
        tick();
        if (updates.owed() > 0) {
            throw new IOException(updates.owed() + " invalidations could not be executed until the end");
        }
    }

    private synchronized void begin(Phase next) {
        if (phase == null) {
            threads.forEach(Thread::start);
        } else {
            tick();
        }
        phase = next;
    }

    private synchronized void tick() {
        if (phase != null) {
            print(Lines.TICK + " " + phase.label() + " " + updates.owed() + " "
                    + meter.take().encode());
            history.flush();
        }
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }
}
