package io.crema.scenarios;

import com.google.gson.JsonParseException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A service instance, seen from outside. Thread-safe. */
final class InstanceProcess implements AutoCloseable {

    static final String HEAP = "1g";

    /** Most of the heap: a collection of garbage every few seconds would be most of what readers wait for. */
    private static final String YOUNG = "768m";

    static final List<String> JVM_FLAGS = List.of("-Xms" + HEAP, "-Xmx" + HEAP, "-Xmn" + YOUNG, "-XX:+UseSerialGC");

    private static final int LOG_LINES = 12;

    private final String name;
    private final Path log;
    private final Process process;
    private final PrintStream orders;
    private final Thread atExit;
    private final CompletableFuture<Long> ready = new CompletableFuture<>();

    /** By ticket; guarded by this, like all below. */
    private final Map<Long, CompletableFuture<String>> awaited = new HashMap<>();

    private long tickets;
    private Answer.Status status = Answer.Status.NONE;
    private @Nullable IllegalStateException ended;

    private InstanceProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        atExit = new Thread(process::destroyForcibly, name + "-exit");
    }

    /** Starts an instance on the running JVM's Java and class path. It ends with this JVM. */
    static InstanceProcess start(InstanceSpec spec, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_FLAGS);
        command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(InstanceMain.class.getName(), Wire.LINES.toJson(spec)));
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(log.toFile()).start();
            InstanceProcess instance = new InstanceProcess(spec.name(), log, process);
            Runtime.getRuntime().addShutdownHook(instance.atExit);
            Thread listener = new Thread(instance::listen, spec.name());
            listener.setDaemon(true);
            listener.start();
            return instance;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen() {
        String why = "has ended";
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(Wire.LINES.fromJson(line, Answer.class));
            }
        } catch (IOException | JsonParseException e) {
            why = "could not be understood: " + e;
        }
        List<CompletableFuture<String>> left;
        IllegalStateException dead = new IllegalStateException(name + " " + why + "; log:\n" + endOfLog());
        synchronized (this) {
            ended = dead;
            left = List.copyOf(awaited.values());
            awaited.clear();
        }
        ready.completeExceptionally(dead);
        left.forEach(answer -> answer.completeExceptionally(dead));
    }

    private void hear(Answer answer) {
        String content = answer.content() == null ? "" : answer.content();
        if (answer.ticket() == Answer.READY) {
            ready.complete(Long.valueOf(content));
            return;
        }
        CompletableFuture<String> waiting;
        synchronized (this) {
            if (answer.ticket() == Answer.STATUS) {
                status = Wire.LINES.fromJson(content, Answer.Status.class);
                return;
            }
            waiting = awaited.remove(answer.ticket());
        }
        if (waiting == null) {
            return;
        } else if (answer.failure() == null) {
            waiting.complete(content);
        } else {
            waiting.completeExceptionally(new IllegalStateException(name + ": " + answer.failure()));
        }
    }

    /** Done when the instance takes orders, with its {@link System#nanoTime()} of a moment before. */
    CompletableFuture<Long> ready() {
        return ready;
    }

    /** Gives an order. The future fails if the instance cannot obey, or ends. */
    <T> CompletableFuture<T> order(Order.Kind kind, Object content, Type answer) {
        CompletableFuture<String> text = new CompletableFuture<>();
        synchronized (this) {
            if (ended != null) {
                return CompletableFuture.failedFuture(ended);
            }
            long ticket = tickets++;
            awaited.put(ticket, text);
            orders.println(Wire.LINES.toJson(new Order(ticket, kind, Wire.LINES.toJson(content))));
        }
        return text.thenApply(json -> Wire.LINES.fromJson(json, answer));
    }

    /** Of half a second ago. */
    synchronized Answer.Status status() {
        return status;
    }

    /** @throws IllegalStateException if the process has ended */
    synchronized void requireAlive() {
        if (ended != null) {
            throw ended;
        }
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
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook runs.
            return;
        }
    }
}
