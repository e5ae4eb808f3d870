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

    private final ReplicationSettings settings;
    private final List<EmbeddedRedis> servers = new CopyOnWriteArrayList<>();
    private final List<EmbeddedRedis> sentinels = new CopyOnWriteArrayList<>();

    private EmbeddedSentinel(ReplicationSettings settings) {
        this.settings = settings;
    }

    /**
     * Starts servers without a password and waits until each sentinel knows all others.
     *
     * @param settings more arguments for the servers, not the sentinels, as {@code "--maxmemory", "10mb"}
     */
    public static EmbeddedSentinel start(String... settings) {
        return start(new EmbeddedSentinel(new ReplicationSettings(null, List.of(settings))));
    }

    /**
     * As {@link #start}, with servers that ask for a password; the sentinels ask for none.
     *
     * @param password of ASCII letters and digits
     */
    public static EmbeddedSentinel startWithPassword(String password, String... settings) {
        return start(new EmbeddedSentinel(new ReplicationSettings(password, List.of(settings))));
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
            servers.add(EmbeddedRedis.start(settings.password(), this::serverArguments));
        }
        EmbeddedRedis primary = servers.get(0);
        Polling.until("replicas copy " + primary, () -> isCopied(primary));
        for (int i = 0; i < SENTINELS; i++) {
            EmbeddedRedis sentinel =
                    EmbeddedRedis.start(null, (port, directory) -> sentinelArguments(port, directory, primary));
            sentinels.add(sentinel);
            quicken(sentinel);
        }
        awaitWhole();
    }

    private List<String> serverArguments(int port, Path directory) {
        List<String> all = new ArrayList<>(List.of("--replica-announce-ip", "127.0.0.1"));
        all.addAll(settings.arguments());
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
            if (settings.password() != null) {
                lines.add("sentinel auth-pass " + PRIMARY_NAME + " " + settings.password());
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
                        ",", "redis-sentinel://" + EmbeddedRedis.userInfo(settings.password()), "#" + PRIMARY_NAME));
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
        IOException last = null;
        for (EmbeddedRedis sentinel : responsiveSentinels()) {
            try {
                return primaryPortOf(sentinel);
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IllegalStateException("No sentinel answers", last);
    }

    private List<EmbeddedRedis> responsiveSentinels() {
        return sentinels.stream().filter(EmbeddedRedis::isResponsive).toList();
    }

    private static int primaryPortOf(EmbeddedRedis sentinel) throws IOException {
        return Integer.parseInt(sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", PRIMARY_NAME)
                .get(1));
    }

    private void awaitWhole() {
        Polling.until(this + " is whole", () -> {
            EmbeddedRedis primary = primary();
            for (EmbeddedRedis sentinel : sentinels) {
                if (!watches(sentinel, primary)) {
                    return false;
                }
            }
            return isCopied(primary);
        });
    }

    private boolean isCopied(EmbeddedRedis primary) throws IOException {
        for (EmbeddedRedis server : servers) {
            if (server != primary && !Replication.hasCaughtUp(server, primary)) {
                return false;
            }
        }
        return true;
    }

    private static boolean watches(EmbeddedRedis sentinel, EmbeddedRedis primary) throws IOException {
        List<String> state = sentinel.call("SENTINEL", "MASTER", PRIMARY_NAME);
        String replicas = String.join(" ", sentinel.call("SENTINEL", "REPLICAS", PRIMARY_NAME));
        return primaryPortOf(sentinel) == primary.port()
                && value(state, "flags").equals("master")
                && value(state, "num-slaves").equals(String.valueOf(REPLICAS))
                && value(state, "num-other-sentinels").equals(String.valueOf(SENTINELS - 1))
                && replicas.split("flags slave ", -1).length == REPLICAS + 1
                && replicas.split("master-link-status ok", -1).length == REPLICAS + 1;
    }

    private static String value(List<String> namesAndValues, String name) {
        return namesAndValues.get(namesAndValues.indexOf(name) + 1);
    }

    /**
     * Kills the primary and waits for the sentinels to put a replica in its place.
     *
     * @return the new primary; the killed one stays down until it is restarted
     */
    public EmbeddedRedis failover() {
        EmbeddedRedis old = primary();
        old.kill();
        return awaitSuccessorOf(old);
    }

    /**
     * Has the sentinels put a replica in the place of the primary, which goes on as a replica. What the old primary
     * accepts until it learns of this is lost.
     *
     * @return the new primary
     */
    public EmbeddedRedis switchover() {
        EmbeddedRedis old = primary();
        Polling.until("the sentinels replace " + old, () -> {
            // Refused while they still tidy up after the change before, and given up in silence where it takes too
            // long.
            responsiveSentinels().get(0).call("SENTINEL", "FAILOVER", PRIMARY_NAME);
            return Polling.within(FAILOVER_LIMIT_MILLIS, "promotion", () -> hasSuccessor(old));
        });
        return primary();
    }

    /**
     * A failover by which acknowledged writes are lost, on purpose and for certain: waits until the replicas have all that
     * was written before, closes their links to the primary in a way that they cannot link again, runs {@code writes},
     * kills the primary and waits for the sentinels to put a replica in its place. What the primary has accepted in
     * between is nowhere any more. Replicas answer and serve reads all the while.
     *
     * @param writes writes to the primary, over any client; takes no longer than 10 seconds, since sentinels do not promote
     *     a replica that was without its primary for longer. What it throws is passed on, and nothing is lost then
     * @return the new primary; the killed one stays down until it is restarted
     */
    public EmbeddedRedis failoverLosingWrites(Runnable writes) {
        EmbeddedRedis old = primary();
        List<EmbeddedRedis> others = servers.stream()
                .filter(server -> server != old && server.isResponsive())
                .toList();
        ReplicationCut cut = ReplicationCut.between(old, others, settings.primaryPassword());
        try {
            writes.run();
            old.kill();
        } finally {
            cut.close();
        }
        return awaitSuccessorOf(old);
    }

    /**
     * Waits until all sentinels that answer name another primary and that one accepts writes.
     *
     * @param old a primary that was killed or paused
     * @return the new primary
     */
    public EmbeddedRedis awaitSuccessorOf(EmbeddedRedis old) {
        Polling.until("the sentinels have replaced " + old, () -> hasSuccessor(old));
        return primary();
    }

    private boolean hasSuccessor(EmbeddedRedis old) throws IOException {
        EmbeddedRedis successor = primary();
        for (EmbeddedRedis sentinel : responsiveSentinels()) {
            if (primaryPortOf(sentinel) != successor.port()) {
                return false;
            }
        }
        // A write that leaves no trace.
        return successor != old && successor.call("DEL", "crema:none").contains("0");
    }

    /**
     * Resumes what is paused and restarts what is down, and waits until the topology is as after the start: all replicas in
     * step with {@link #primary()}, and each sentinel sees that.
     */
    public void heal() {
        for (EmbeddedRedis sentinel : sentinels) {
            sentinel.revive();
            quicken(sentinel);
        }
        servers.forEach(EmbeddedRedis::revive);
        awaitWhole();
    }

    /** Ends all processes and removes their files. Idempotent. */
    @Override
    public void close() {
        sentinels.forEach(EmbeddedRedis::close);
        servers.forEach(EmbeddedRedis::close);
    }

    @Override
    public String toString() {
        return "EmbeddedSentinel[" + uri() + "]";
    }
}
