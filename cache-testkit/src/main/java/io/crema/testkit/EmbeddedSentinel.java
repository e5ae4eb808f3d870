package io.crema.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A primary with two replicas under the watch of three sentinels: real failovers on one machine.
 * All are real processes on free loopback ports, without persistence, ended with {@link #close()}, at the latest with the
 * JVM.
 *
 * <p>Each process is an {@link EmbeddedRedis}, to be killed, paused, resumed and restarted by itself. A server that is
 * restarted comes back empty, and in the part that the sentinels see it in then: as the primary if they have not noticed
 * that it was away, else as a replica of the new one. The sentinels take a server for down after
 * {@value #DOWN_AFTER_MILLIS} ms without an answer.
 *
 * <p>Thread-safe, but one change of the topology at a time. Each method returns when what it says has happened, after at
 * most 40 seconds; if it has not by then, that is an {@link IllegalStateException}.
 */
public final class EmbeddedSentinel implements AutoCloseable {

    /** The name under which the sentinels know the primary. */
    public static final String PRIMARY_NAME = "mymaster";

    private static final int DOWN_AFTER_MILLIS = 1500;
    private static final int FAILOVER_LIMIT_MILLIS = 4000;
    private static final int REPLICAS = 2;
    private static final int SENTINELS = 3;

    private final @Nullable String password;
    private final List<String> settings;
    private final List<EmbeddedRedis> servers = new CopyOnWriteArrayList<>();
    private final List<EmbeddedRedis> sentinels = new CopyOnWriteArrayList<>();

    private EmbeddedSentinel(@Nullable String password, List<String> settings) {
        this.password = password;
        this.settings = settings;
    }

    /**
     * Starts servers without a password and waits until each sentinel knows all others.
     *
     * @param settings more arguments for the servers, not the sentinels, as {@code "--maxmemory", "10mb"}
     */
    public static EmbeddedSentinel start(String... settings) {
        return start(new EmbeddedSentinel(null, List.of(settings)));
    }

    /**
     * As {@link #start}, with servers that ask for a password; the sentinels ask for none.
     *
     * @param password of ASCII letters and digits
     */
    public static EmbeddedSentinel startWithPassword(String password, String... settings) {
        return start(new EmbeddedSentinel(Passwords.checked(password), List.of(settings)));
    }

    private static EmbeddedSentinel start(EmbeddedSentinel topology) {
        try {
            topology.startAll();
            return topology;
        } catch (RuntimeException e) {
            topology.close();
            throw e;
        }
    }

    private void startAll() {
        for (int i = 0; i <= REPLICAS; i++) {
            servers.add(EmbeddedRedis.start(password, this::serverArguments));
        }
        EmbeddedRedis primary = servers.get(0);
        awaitReplicasOf(primary);
        for (int i = 0; i < SENTINELS; i++) {
            EmbeddedRedis sentinel =
                    EmbeddedRedis.start(null, (port, directory) -> sentinelArguments(port, directory, primary));
            sentinels.add(sentinel);
            quicken(sentinel);
        }
        awaitWatched(primary);
    }

    private List<String> serverArguments(int port, Path directory) {
        List<String> all = new ArrayList<>(List.of("--replica-announce-ip", "127.0.0.1"));
        all.addAll(List.of("--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"));
        all.addAll(Passwords.settings(password));
        all.addAll(settings);
        if (!servers.isEmpty()) {
            int primary = sentinels.isEmpty() ? servers.get(0).port() : primaryPort();
            if (port != primary) {
                all.addAll(List.of("--replicaof", "127.0.0.1 " + primary));
            }
        }
        return EmbeddedRedis.withDefaults(port, directory, all);
    }

    /** The file is the sentinel's memory, which it rewrites: it is written only for the first start. */
    private List<String> sentinelArguments(int port, Path directory, EmbeddedRedis primary) throws IOException {
        Path file = directory.resolve("sentinel.conf");
        if (!Files.exists(file)) {
            List<String> lines = new ArrayList<>(List.of(
                    "sentinel announce-ip 127.0.0.1",
                    "sentinel monitor " + PRIMARY_NAME + " 127.0.0.1 " + primary.port() + " 2",
                    "sentinel down-after-milliseconds " + PRIMARY_NAME + " " + DOWN_AFTER_MILLIS,
                    "sentinel failover-timeout " + PRIMARY_NAME + " " + FAILOVER_LIMIT_MILLIS,
                    "sentinel parallel-syncs " + PRIMARY_NAME + " " + REPLICAS));
            if (password != null) {
                lines.add("sentinel auth-pass " + PRIMARY_NAME + " " + password);
            }
            Files.write(file, lines);
        }
        return List.of(
                file.toString(),
                "--sentinel",
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toString());
    }

    /** Shortens the periods at which a sentinel asks and tells, where the server (7.0) allows it. */
    private static void quicken(EmbeddedRedis sentinel) {
        try {
            sentinel.call("SENTINEL", "DEBUG", "info-period", "1000", "publish-period", "500", "tilt-period", "2000");
        } catch (RespClient.Refusal e) {
            // An older server works with its fixed periods: the same, but slower.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of the sentinels, as {@code redis-sentinel://[:password@]127.0.0.1:a,127.0.0.1:b,127.0.0.1:c#mymaster}. */
    public String uri() {
        return sentinels.stream()
                .map(sentinel -> "127.0.0.1:" + sentinel.port())
                .collect(Collectors.joining(
                        ",", "redis-sentinel://" + EmbeddedRedis.userInfo(password), "#" + PRIMARY_NAME));
    }

    /** The server that the sentinels name as the primary, also if it is down and they have not noticed yet. */
    public EmbeddedRedis primary() {
        return server(primaryPort());
    }

    /** The servers that are not {@link #primary()}, the ones that are down included. */
    public List<EmbeddedRedis> replicas() {
        EmbeddedRedis primary = primary();
        return servers.stream().filter(server -> server != primary).toList();
    }

    /** The three sentinels. */
    public List<EmbeddedRedis> sentinels() {
        return Collections.unmodifiableList(sentinels);
    }

    private EmbeddedRedis server(int port) {
        return servers.stream()
                .filter(server -> server.port() == port)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No server of this topology has port " + port));
    }

    private int primaryPort() {
        for (EmbeddedRedis sentinel : sentinels) {
            if (sentinel.isResponsive()) {
                try {
                    return primaryPortOf(sentinel);
                } catch (IOException e) {
                    continue;
                }
            }
        }
        throw new IllegalStateException("No sentinel answers");
    }

    private static int primaryPortOf(EmbeddedRedis sentinel) throws IOException {
        return Integer.parseInt(sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", PRIMARY_NAME)
                .get(1));
    }

    private void awaitReplicasOf(EmbeddedRedis primary) {
        for (EmbeddedRedis server : servers) {
            if (server != primary) {
                Polling.until(
                        server + " copies " + primary,
                        () -> Replication.of(server).hasCaughtUpWith(primary));
            }
        }
    }

    private void awaitWatched(EmbeddedRedis primary) {
        for (EmbeddedRedis sentinel : sentinels) {
            Polling.until(sentinel + " watches " + primary, () -> {
                List<String> state = sentinel.call("SENTINEL", "MASTER", PRIMARY_NAME);
                String replicas = String.join(" ", sentinel.call("SENTINEL", "REPLICAS", PRIMARY_NAME));
                return primaryPortOf(sentinel) == primary.port()
                        && value(state, "flags").equals("master")
                        && value(state, "num-slaves").equals(String.valueOf(REPLICAS))
                        && value(state, "num-other-sentinels").equals(String.valueOf(SENTINELS - 1))
                        && replicas.split("flags slave ", -1).length == REPLICAS + 1
                        && replicas.split("master-link-status ok", -1).length == REPLICAS + 1;
            });
        }
    }

    private static String value(List<String> namesAndValues, String name) {
        return namesAndValues.get(namesAndValues.indexOf(name) + 1);
    }

    /** Ends all processes and removes their files. Idempotent. */
    @Override
    public void close() {
        Stream.concat(sentinels.stream(), servers.stream()).forEach(EmbeddedRedis::close);
    }

    @Override
    public String toString() {
        return "EmbeddedSentinel[" + uri() + "]";
    }
}
