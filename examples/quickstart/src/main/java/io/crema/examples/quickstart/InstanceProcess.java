package io.crema.examples.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A service instance, seen from outside: a JVM that may die at any time. Thread-safe. */
final class InstanceProcess implements AutoCloseable {

    private static final int LOG_LINES = 12;

    private final int number;
    private final Path log;
    private final Process process;
    private final PrintStream orders;
    private final Map<Phase, Figures> figures = new EnumMap<>(Phase.class);

    /** Open until the instance is ready or has ended. */
    private final CountDownLatch ready = new CountDownLatch(1);

    /** Open until the instance has said all that it will ever say. */
    private final CountDownLatch silent = new CountDownLatch(1);

    private @Nullable Phase lastPhase;
    private @Nullable String garbage;
    private int owed;
    private boolean isReady;
    private boolean done;
    private boolean hung;

    private InstanceProcess(int number, Path log, Process process) {
        this.number = number;
        this.log = log;
        this.process = process;
        orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /** Starts an instance on the running JVM's Java and class path. */
    static InstanceProcess start(Assignment assignment, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Instance.class.getName()));
        command.addAll(assignment.toArguments());
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        InstanceProcess instance = new InstanceProcess(assignment.number(), log, process);
        Thread listener = new Thread(instance::listen, "instance-" + assignment.number());
        listener.setDaemon(true);
        listener.start();
        return instance;
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(line);
            }
        } catch (IOException | IllegalArgumentException e) {
            // The pipe broke in the middle of a line, with the process; or somebody else writes to it.
            synchronized (this) {
                garbage = e.toString();
            }
        } finally {
            ready.countDown();
            silent.countDown();
        }
    }

    private synchronized void hear(String line) {
        String[] fields = line.split(" ", 4);
        switch (fields[0]) {
            case Lines.READY -> {
                isReady = true;
                ready.countDown();
            }
            case Lines.TICK -> {
                Phase phase = Phase.labelled(fields[1]);
                lastPhase = phase;
                owed = Integer.parseInt(fields[2]);
                figures.computeIfAbsent(phase, any -> new Figures()).add(Figures.decode(fields[3]));
            }
            case Lines.DONE -> done = true;
            default -> throw new IllegalArgumentException("Unknown line: " + line);
        }
    }

    int number() {
        return number;
    }

    /** @throws QuickstartException if the instance ended before it was ready, or is not ready in time */
    void awaitReady(long seconds) throws InterruptedException {
        boolean inTime = ready.await(seconds, TimeUnit.SECONDS);
        synchronized (this) {
            if (!isReady) {
                throw new QuickstartException("Instance " + number
                        + (inTime ? " ended before it was ready" : " was not ready in " + seconds + " s") + "; " + log
                        + " ends with:\n" + endOfLog());
            }
        }
    }

    /** Sends an order; one that is dead gets none. */
    void order(String line) {
        orders.println(line);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Adds what the instance has reported of a phase so far. */
    synchronized void addTo(Figures sum, Phase phase) {
        Figures own = figures.get(phase);
        if (own != null) {
            sum.add(own);
        }
    }

    /** How many of its invalidations were waiting for Redis when it last reported; a dead one waits for nothing. */
    synchronized int owed() {
        return process.isAlive() ? owed : 0;
    }

    /** Waits until the process has ended and all its lines were read; one that does not end is killed. */
    void awaitEnd(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            synchronized (this) {
                hung = true;
            }
            process.destroyForcibly().waitFor();
        }
        silent.await();
    }

    /** Why this instance failed; null if it did all that it had to. For one that has ended. */
    synchronized @Nullable String failure() {
        Phase phase = lastPhase;
        String when = phase == null ? "before its first report" : "in phase " + phase.label();
        if (hung) {
            return done ? "was done, but its process did not end" : "did not answer any more " + when;
        }
        int exit = process.exitValue();
        if (exit != 0) {
            String how = exit > 128 ? "was killed by signal " + (exit - 128) : "ended with exit code " + exit;
            return how + " " + when + ", its figures count up to its last report; log: " + log;
        }
        if (garbage != null) {
            return "could not be understood: " + garbage;
        }
        return done ? null : "ended early " + when;
    }

    private String endOfLog() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Kills the process if it is there. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
