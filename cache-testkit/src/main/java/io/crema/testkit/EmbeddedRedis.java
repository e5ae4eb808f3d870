package io.crema.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real redis-server process on a free loopback port, without persistence. It ends with {@link #close()}, at the latest
 * with the JVM.
 *
 * <p>The program is {@code redis-server} from the PATH if that is 6.2 or newer, else the one that the artifact
 * {@code org.signal:embedded-redis} carries. Thread-safe; each method returns when what it says has happened. A server
 * that does not start, or a signal that cannot be sent, is an {@link IllegalStateException} that quotes the server's output.
 */
public final class EmbeddedRedis implements AutoCloseable {

    private static final long START_LIMIT_MILLIS = 15_000;
    private static final int PORT_ATTEMPTS = 5;
    private static final int LOWEST_PORT = 10_000;
    private static final int HIGHEST_PORT = 22_768;
    private static final int BUS_OFFSET = 10_000;
    private static final int ANSWER_LIMIT_MILLIS = 1000;

    private final Path directory;
    private final Arguments arguments;
    private final @Nullable String password;
    private final Thread atExit = new Thread(this::close, "crema-embedded-redis-exit");
    private int port;
    private @Nullable Process process;
    private boolean paused;
    private boolean closed;

    private EmbeddedRedis(Path directory, @Nullable String password, Arguments arguments) {
        this.directory = directory;
        this.password = password;
        this.arguments = arguments;
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param settings more arguments for redis-server, as {@code "--maxmemory", "10mb"}
     */
    public static EmbeddedRedis start(String... settings) {
        List<String> more = List.of(settings);
        return start(null, (port, directory) -> withDefaults(port, directory, more));
    }

    /**
     * Starts one server of a topology.
     *
     * @param password what the server asks for, null for nothing
     * @param arguments asked at each launch, also that of {@link #restart()}
     */
    static EmbeddedRedis start(@Nullable String password, Arguments arguments) {
        try {
            EmbeddedRedis redis = new EmbeddedRedis(Files.createTempDirectory("crema-redis-"), password, arguments);
            Runtime.getRuntime().addShutdownHook(redis.atExit);
            try {
                redis.startOnFreePort();
                return redis;
            } catch (IOException | RuntimeException e) {
                redis.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The arguments for a server without persistence; of a setting named twice the last counts. */
    static List<String> withDefaults(int port, Path directory, List<String> settings) {
        List<String> all = new ArrayList<>(List.of("--port", String.valueOf(port), "--bind", "127.0.0.1"));
        all.addAll(List.of("--dir", directory.toString(), "--save", "", "--appendonly", "no"));
        all.addAll(settings);
        return all;
    }

    /** The port, which stays the same over {@link #restart()}. */
    public synchronized int port() {
        return port;
    }

    /**
     * The address as {@code redis://127.0.0.1:port}, or {@code redis://:password@127.0.0.1:port} where the password was
     * given as such and not as a setting.
     */
    public String uri() {
        return "redis://" + userInfo(password) + "127.0.0.1:" + port();
    }

    static String userInfo(@Nullable String password) {
        return password == null ? "" : ":" + password + "@";
    }

    /** Whether the process runs; a paused one does. */
    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Whether the process runs and can answer. */
    synchronized boolean isResponsive() {
        return isRunning() && !paused;
    }

    /** The words that MIGRATE names the password with. */
    List<String> authentication() {
        return password == null ? List.of() : List.of("AUTH", password);
    }

    /** The process id, of the last process if none runs. */
    synchronized long pid() {
        return Objects.requireNonNull(process, "Not started").pid();
    }

    /** Sends one command over a connection of its own; see {@link RespClient#call}. */
    List<String> call(String... words) throws IOException {
        try (RespClient client = connect()) {
            return client.call(words);
        }
    }

    RespClient connect() throws IOException {
        return RespClient.connect(port(), password, ANSWER_LIMIT_MILLIS);
    }

    /** Ends the server in an orderly way; the port is kept for {@link #restart()}. */
    public synchronized void stop() {
        Process running = process;
        if (running != null) {
            // A paused process would not see the request to end.
            if (running.isAlive()) {
                signal("CONT");
            }
            running.destroy();
            await(running);
        }
    }

    /** Ends the server at once with SIGKILL; the port is kept for {@link #restart()}. */
    public synchronized void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            await(running);
        }
    }

    /** Stops the process with SIGSTOP: connections stay open, nothing answers. */
    public synchronized void pause() {
        requireRunning();
        signal("STOP");
        paused = true;
    }

    /** Lets a paused process go on. */
    public synchronized void resume() {
        requireRunning();
        signal("CONT");
        paused = false;
    }

    /** Ends the server if it runs, and starts it again on the same port, empty. */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException("This server has been closed");
        }
        kill();
        try {
            String failure = launch();
            if (failure != null) {
                throw new IllegalStateException("redis-server did not start again on port " + port + ": " + failure);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the server answer again, whatever keeps it from that. */
    synchronized void revive() {
        if (!isRunning()) {
            restart();
        } else if (paused) {
            resume();
        }
    }

    /** Ends the server and removes its files. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        kill();
        deleteFiles();
        if (Thread.currentThread() != atExit) {
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException e) {
                // The JVM is shutting down: the hook runs and finds nothing left to do.
                return;
            }
        }
    }

    @Override
    public String toString() {
        return "EmbeddedRedis[" + uri() + "]";
    }

    private synchronized void startOnFreePort() throws IOException {
        String failure = null;
        for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
            port = freePort();
            failure = launch();
            if (failure == null) {
                return;
            }
            if (!failure.contains("Address already in use")) {
                break;
            }
        }
        throw new IllegalStateException("redis-server did not start on port " + port + ": " + failure);
    }

    /**
     * A port from below the range of outgoing connections, so that none of them takes it while the server is down. The one
     * {@value #BUS_OFFSET} above, which a cluster node takes for its bus, is free as well.
     */
    static int freePort() {
        while (true) {
            int candidate = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            if (isFree(candidate) && isFree(candidate + BUS_OFFSET)) {
                return candidate;
            }
        }
    }

    private static boolean isFree(int candidate) {
        try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns null when the server answers, else its output. */
    private @Nullable String launch() throws IOException {
        Path log = directory.resolve("server.log");
        List<String> command = new ArrayList<>(List.of(RedisBinary.path()));
        command.addAll(arguments.of(port, directory));
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process = started;
        paused = false;
        long limit = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_LIMIT_MILLIS);
        while (System.nanoTime() - limit < 0) {
            if (isExited(started)) {
                return "it ended with code " + started.exitValue() + ":\n" + Files.readString(log);
            }
            if (answers(started)) {
                return null;
            }
        }
        kill();
        return "no answer within " + START_LIMIT_MILLIS + " ms:\n" + Files.readString(log);
    }

    /** Also the pause between two attempts to connect. */
    private static boolean isExited(Process started) {
        try {
            return started.waitFor(10, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while redis-server started", e);
        }
    }

    /** Whether this very process answers, not another one that has taken the port; one with a password as a setting does not tell. */
    private boolean answers(Process started) {
        try {
            return call("INFO", "server").get(0).contains("process_id:" + started.pid() + "\r\n");
        } catch (RespClient.Refusal e) {
            return String.valueOf(e.getMessage()).startsWith("NOAUTH");
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized void requireRunning() {
        if (!isRunning()) {
            throw new IllegalStateException("The server on port " + port + " does not run");
        }
    }

    private synchronized void signal(String name) {
        Process running = process;
        if (running == null) {
            return;
        }
        try {
            Process sender = new ProcessBuilder("kill", "-" + name, String.valueOf(running.pid()))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(sender.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            await(sender);
            if (sender.exitValue() != 0 && running.isAlive()) {
                throw new IllegalStateException("SIG" + name + " could not be sent to redis-server: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(Process ending) {
        boolean interrupted = false;
        while (true) {
            try {
                ending.waitFor();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void deleteFiles() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.getLogger(EmbeddedRedis.class.getName())
                    .log(System.Logger.Level.WARNING, "Files of redis-server are left in " + directory, e);
        }
    }

    /** What redis-server is started with. */
    @FunctionalInterface
    interface Arguments {

        List<String> of(int port, Path directory) throws IOException;
    }
}
