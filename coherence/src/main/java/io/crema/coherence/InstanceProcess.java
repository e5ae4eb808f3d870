package io.crema.coherence;

import io.crema.coherence.Order.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A service instance, seen from outside: a JVM that may die, stop or hang at any time, which no method here waits for
 * longer than it says. Thread-safe.
 */
public final class InstanceProcess implements AutoCloseable {

    private static final int LOG_LINES = 12;
    private static final int SWEEP_SECONDS = 60;
    private static final long ASK_AGAIN_MILLIS = 20;
    private static final int KILL_SECONDS = 10;

    private final Launch launch;
    private final Process process;
    private final PrintStream orders;
    private final Thread atExit;

    /** What the instance says when it is ready; failed when it has ended. */
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    /** Open until the instance has said all that it will ever say. */
    private final CountDownLatch silent = new CountDownLatch(1);

    /** By ticket; guarded by this, like all below. */
    private final Map<Long, CompletableFuture<Long>> awaited = new HashMap<>();

    private long tickets;
    private String progress = "";
    private @Nullable String reason;
    private boolean done;
    private boolean ended;
    private boolean hung;

    /**
     * What is started.
     *
     * @param main has a main method that follows {@link Order}s and gives {@link Report}s
     * @param log the file for everything that the instance prints
     */
    public record Launch(String name, Class<?> main, List<String> arguments, Path log) {

        public Launch {
            arguments = List.copyOf(arguments);
        }
    }

    private InstanceProcess(Launch launch, Process process) {
        this.launch = launch;
        this.process = process;
        orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        // The end of its input ends an instance, but not while it is stopped.
        atExit = new Thread(this::destroy, launch.name() + "-exit");
    }

    /** Starts an instance on the running JVM's Java and class path. It ends with this JVM. */
    public static InstanceProcess start(Launch launch) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                // The second compiler would take half of a machine for the first half a minute, and gain little here.
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                launch.main().getName()));
        command.addAll(launch.arguments());
        Process process =
                new ProcessBuilder(command).redirectError(launch.log().toFile()).start();
        InstanceProcess instance = new InstanceProcess(launch, process);
        Runtime.getRuntime().addShutdownHook(instance.atExit);
        Thread listener = new Thread(instance::listen, launch.name());
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
        } catch (IOException e) {
            fail("could not be heard any more: " + e);
        } finally {
            synchronized (this) {
                ended = true;
                awaited.values().forEach(answer -> answer.completeExceptionally(dead()));
                awaited.clear();
            }
            ready.completeExceptionally(dead());
            silent.countDown();
        }
    }

    private synchronized void hear(String line) {
        try {
            Report report = Report.parse(line);
            switch (report.kind()) {
                case READY -> ready.complete(report.content());
                case PROGRESS -> progress = report.content();
                case ANSWER -> {
                    String[] numbers = report.content().split(" ", 2);
                    CompletableFuture<Long> answer = awaited.remove(Long.valueOf(numbers[0]));
                    if (answer != null) {
                        answer.complete(Long.valueOf(numbers[1]));
                    }
                }
                case DONE -> done = true;
                case FAILED -> fail(report.content());
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // Somebody else writes to its output, or it is another version.
            fail("could not be understood: " + line);
        }
    }

    /** The first reason counts. */
    private synchronized void fail(String why) {
        if (reason == null) {
            reason = why;
        }
    }

    private IllegalStateException dead() {
        return new IllegalStateException(name() + " has ended");
    }

    private synchronized CompletableFuture<Long> order(Kind kind) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        if (ended) {
            answer.completeExceptionally(dead());
            return answer;
        }
        long ticket = tickets++;
        awaited.put(ticket, answer);
        // A few bytes, which the pipe takes even if nobody reads; one that is dead gets none.
        orders.println(new Order(kind, ticket));
        return answer;
    }

    public String name() {
        return launch.name();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Returns what it said of itself.
     *
     * @throws IllegalStateException if the instance ends before it is ready, or is not ready in time; says why
     */
    public String awaitReady(Duration limit) throws InterruptedException {
        try {
            return ready.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            process.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
            throw new IllegalStateException(
                    name() + " ended before it was ready: " + failure().orElse("in order") + "; log:\n" + endOfLog(),
                    e);
        } catch (TimeoutException e) {
            throw new IllegalStateException(name() + " is not ready after " + limit + "; log:\n" + endOfLog(), e);
        }
    }

    /** Tells readers and writer to begin; once, when ready. Does not wait. Nothing happens if the instance is dead. */
    public void beginLoad() {
        order(Kind.LOAD);
    }

    /** Tells the writer to stop after the operation that it is busy with. Does not wait. */
    public void pauseWrites() {
        order(Kind.PAUSE);
    }

    public void resumeWrites() {
        order(Kind.RESUME);
    }

    /**
     * Waits until the cache owes no invalidation, and the writer, if it was paused before, has nothing unacknowledged
     * and is idle.
     *
     * @return whether that is so; false if it is not in time, or if the instance is dead
     */
    public boolean awaitNoPending(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        try {
            while (order(Kind.OWED).get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS) != 0) {
                if (silent.await(ASK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                    return false;
                }
            }
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /**
     * Reads every key once, recorded as other reads are, beside the readers. Returns how many of these reads returned
     * something.
     *
     * @throws IllegalStateException if the instance is dead, or does not get through in a minute
     */
    public long sweep() throws InterruptedException {
        try {
            return order(Kind.SWEEP).get(SWEEP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(name() + " ended before it had read every key", e);
        } catch (TimeoutException e) {
            throw new IllegalStateException(name() + " has not read every key in " + SWEEP_SECONDS + " s", e);
        }
    }

    /** The last report, of 250 ms ago if the instance is well; empty = there was none. */
    public synchronized String progress() {
        return progress;
    }

    /** SIGSTOP; returns when the signal is sent. */
    public void suspend() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process sender = new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (sender.waitFor() != 0) {
            throw new IllegalStateException(name() + " cannot be sent SIG" + name + ": it has ended");
        }
    }

    /** By its handle, since the process itself would throw away what the instance has said last. */
    private void destroy() {
        process.toHandle().destroyForcibly();
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() throws InterruptedException {
        destroy();
        awaitSilence();
    }

    /**
     * Ends the instance in order: the load stops, the history is closed, the process exits. One that does not end in time
     * is killed; {@link #failure} tells.
     */
    public void finish(Duration limit) throws InterruptedException {
        order(Kind.FINISH);
        if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            synchronized (this) {
                hung = true;
            }
            destroy();
        }
        awaitSilence();
    }

    private void awaitSilence() throws InterruptedException {
        if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS) || !silent.await(KILL_SECONDS, TimeUnit.SECONDS)) {
            fail("does not end, although it was killed");
        }
    }

    /** Why the instance did not do all that it had to; empty if it did, and as long as it runs without trouble. */
    public synchronized Optional<String> failure() {
        String why = why();
        return why == null ? Optional.empty() : Optional.of(name() + " " + why + "; log: " + launch.log());
    }

    private @Nullable String why() {
        if (reason != null) {
            return reason;
        } else if (hung) {
            return done ? "was done, but its process did not end" : "did not end in time";
        } else if (process.isAlive()) {
            return null;
        }
        int exit = process.exitValue();
        if (exit != 0) {
            return exit > 128 ? "was killed by signal " + (exit - 128) : "ended with exit code " + exit;
        }
        return done ? null : "ended early";
    }

    private String endOfLog() {
        try {
            List<String> lines = Files.readAllLines(launch.log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Kills the process if it is there. */
    @Override
    public void close() {
        destroy();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook runs.
        }
    }
}
