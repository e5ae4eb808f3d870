package io.crema.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Redis Cluster of three primaries with a third of the slots and one replica each. All are real processes on free
 * loopback ports, without persistence, ended with {@link #close()}, at the latest with the JVM.
 *
 * <p>Each node is an {@link EmbeddedRedis}, to be killed, paused, resumed and restarted by itself. A node that is
 * restarted comes back empty, but with its memory of the cluster: as a primary if no other has taken its slots over, else
 * as a replica of the one that has. The others take a node for down after {@value #NODE_TIMEOUT_MILLIS} ms without an
 * answer; slots without a primary do not keep the others from answering.
 *
 * <p>Thread-safe, but one change of the topology at a time. Each method returns when what it says has happened, after at
 * most 40 seconds; if it has not by then, that is an {@link IllegalStateException}.
 */
public final class EmbeddedCluster implements AutoCloseable {

    /** The number of hash slots of every cluster. */
    public static final int SLOTS = 16_384;

    private static final int NODE_TIMEOUT_MILLIS = 2000;
    private static final int PRIMARIES = 3;

    private final @Nullable String password;
    private final List<String> settings;
    private final List<EmbeddedRedis> nodes = new CopyOnWriteArrayList<>();

    private EmbeddedCluster(@Nullable String password, List<String> settings) {
        this.password = password;
        this.settings = settings;
    }

    /**
     * Starts nodes without a password and waits until all take part and the replicas are in step.
     *
     * @param settings more arguments for each node, as {@code "--maxmemory", "10mb"}
     */
    public static EmbeddedCluster start(String... settings) {
        return start(new EmbeddedCluster(null, List.of(settings)));
    }

    /**
     * As {@link #start}, with nodes that ask for a password.
     *
     * @param password of ASCII letters and digits
     */
    public static EmbeddedCluster startWithPassword(String password, String... settings) {
        return start(new EmbeddedCluster(Passwords.checked(password), List.of(settings)));
    }

    private static EmbeddedCluster start(EmbeddedCluster cluster) {
        try {
            cluster.startAll();
            return cluster;
        } catch (IOException e) {
            cluster.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void startAll() throws IOException {
        for (int i = 0; i < 2 * PRIMARIES; i++) {
            nodes.add(EmbeddedRedis.start(password, this::arguments));
        }
        for (int i = 0; i < PRIMARIES; i++) {
            EmbeddedRedis primary = nodes.get(i);
            Stream<String> slots = IntStream.range(i * SLOTS / PRIMARIES, (i + 1) * SLOTS / PRIMARIES)
                    .mapToObj(String::valueOf);
            primary.call(Stream.concat(Stream.of("CLUSTER", "ADDSLOTS"), slots).toArray(String[]::new));
            primary.call("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
        }
        introduceAll();
        for (int i = 0; i < PRIMARIES; i++) {
            String primary = nodes.get(i).call("CLUSTER", "MYID").get(0);
            nodes.get(PRIMARIES + i).call("CLUSTER", "REPLICATE", primary);
        }
        awaitWhole();
    }

    private List<String> arguments(int port, Path directory) {
        List<String> all = new ArrayList<>(List.of("--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"));
        all.addAll(List.of("--cluster-node-timeout", String.valueOf(NODE_TIMEOUT_MILLIS)));
        all.addAll(List.of("--cluster-require-full-coverage", "no", "--cluster-allow-replica-migration", "no"));
        // A replica may stand for election however long its link was down.
        all.addAll(List.of("--cluster-replica-validity-factor", "0"));
        all.addAll(List.of("--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"));
        all.addAll(Passwords.settings(password));
        all.addAll(settings);
        return EmbeddedRedis.withDefaults(port, directory, all);
    }

    /** Each meets each, which is sooner done than waiting for the gossip. */
    private void introduceAll() throws IOException {
        for (int i = 0; i < nodes.size(); i++) {
            for (EmbeddedRedis other : nodes.subList(i + 1, nodes.size())) {
                nodes.get(i).call("CLUSTER", "MEET", "127.0.0.1", String.valueOf(other.port()));
            }
        }
        for (EmbeddedRedis node : nodes) {
            Polling.until(node + " knows all others", () -> {
                ClusterView view = ClusterView.of(node);
                return view.members().size() == nodes.size()
                        && view.members().stream().noneMatch(member -> member.is("handshake"));
            });
        }
    }

    /** The addresses of all nodes as one URI, {@code redis://[:password@]127.0.0.1:a,127.0.0.1:b,...}. */
    public String uri() {
        return nodes.stream()
                .map(node -> "127.0.0.1:" + node.port())
                .collect(Collectors.joining(",", "redis://" + EmbeddedRedis.userInfo(password), ""));
    }

    /** The address of each node, in the order of {@link #nodes()}. */
    public List<String> uris() {
        return nodes.stream().map(EmbeddedRedis::uri).toList();
    }

    /** All nodes: at first the three primaries, then their replicas in the same order. */
    public List<EmbeddedRedis> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    private EmbeddedRedis nodeAt(ClusterView.Member member) {
        return nodes.stream()
                .filter(node -> node.port() == member.port())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No node of this cluster has port " + member.port()));
    }

    private void awaitWhole() {
        for (EmbeddedRedis node : nodes) {
            Polling.until(node + " sees the cluster whole", () -> isWholeFor(node));
        }
        for (EmbeddedRedis node : nodes) {
            Polling.until(node + " has replicated", () -> {
                ClusterView view = ClusterView.of(node);
                ClusterView.Member self = view.self();
                return self.is("master") || Replication.of(node).hasCaughtUpWith(nodeAt(view.member(self.primary())));
            });
        }
    }

    private boolean isWholeFor(EmbeddedRedis node) throws IOException {
        ClusterView view = ClusterView.of(node);
        return node.call("CLUSTER", "INFO").get(0).contains("cluster_state:ok")
                && view.slotsServed() == SLOTS
                && view.members().stream().filter(member -> member.is("slave")).count() == nodes.size() - PRIMARIES
                && view.members().stream()
                        .noneMatch(member -> member.is("fail") || member.is("fail?") || member.is("handshake"));
    }

    /** Ends all processes and removes their files. Idempotent. */
    @Override
    public void close() {
        nodes.forEach(EmbeddedRedis::close);
    }

    @Override
    public String toString() {
        return "EmbeddedCluster[" + uri() + "]";
    }
}
