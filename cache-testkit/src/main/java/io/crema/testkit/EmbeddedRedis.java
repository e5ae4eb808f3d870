package io.crema.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

    private final Path directory;
    private final List<String> settings;
    private final Thread atExit = new Thread(this::close, "crema-embedded-redis-exit");
    private int port;
    private @Nullable Process process;
    private boolean closed;

    private EmbeddedRedis(Path directory, List<String> settings) {
        this.directory = directory;
        this.settings = settings;
    }

    /**
     * Starts a server and waits until it answers.
     *
     * @param settings more arguments for redis-server, as {@code "--maxmemory", "10mb"}
     */
    public static EmbeddedRedis start(String... settings) {
        try {
            EmbeddedRedis redis =
                    new EmbeddedRedis(Files.createTempDirectory("crema-redis-"), List.copyOf(Arrays.asList(settings)));
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

    /** The port, which stays the same over {@link #restart()}. */
    public synchronized int port() {
        return port;
    }

    /** The address as {@code redis://127.0.0.1:port}. */
    public String uri() {
        return "redis://127.0.0.1:" + port();
    }

    /** Whether the process runs; a paused one does. */
    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
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
    public void pause() {
        requireRunning();
        signal("STOP");
    }

    /** Lets a paused process go on. */
    public void resume() {
        requireRunning();
        signal("CONT");
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

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Returns null when the server answers, else its output. */
    private @Nullable String launch() throws IOException {
        Path log = directory.resolve("server.log");
        List<String> command = new ArrayList<>(List.of(RedisBinary.path()));
        command.addAll(List.of("--port", String.valueOf(port), "--bind", "127.0.0.1"));
        command.addAll(List.of("--dir", directory.toString(), "--save", "", "--appendonly", "no"));
        command.addAll(settings);
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process = started;
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

    /** Whether this very process answers, not another one that has taken the port; one with a password does not tell. */
    private boolean answers(Process started) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("INFO server\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String reply = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return reply.contains("process_id:" + started.pid() + "\r\n") || reply.startsWith("-NOAUTH");
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
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            System.getLogger(EmbeddedRedis.class.getName())
                    .log(System.Logger.Level.WARNING, "Files of redis-server are left in " + directory, e);
        }
    }
}
