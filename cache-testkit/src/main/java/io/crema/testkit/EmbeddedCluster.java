package io.crema.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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

    /** Redis gives an ordered failover up after 5 s. */
    private static final long ORDER_LIMIT_MILLIS = 5500;

    private final ReplicationSettings settings;
    private final List<EmbeddedRedis> nodes = new CopyOnWriteArrayList<>();

    private EmbeddedCluster(ReplicationSettings settings) {
        this.settings = settings;
    }

    /**
     * Starts nodes without a password and waits until all take part and the replicas are in step.
     *
     * @param settings more arguments for each node, as {@code "--maxmemory", "10mb"}
     */
    public static EmbeddedCluster start(String... settings) {
        return start(new EmbeddedCluster(new ReplicationSettings(null, List.of(settings))));
    }

    /**
     * As {@link #start}, with nodes that ask for a password.
     *
     * @param password of ASCII letters and digits
     */
    public static EmbeddedCluster startWithPassword(String password, String... settings) {
        return start(new EmbeddedCluster(new ReplicationSettings(password, List.of(settings))));
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
            nodes.add(EmbeddedRedis.start(settings.password(), this::arguments));
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
        all.addAll(settings.arguments());
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
                        && view.members().stream().noneMatch(ClusterView.Member::isDoubtful);
            });
        }
    }

    /** The addresses of all nodes as one URI, {@code redis://[:password@]127.0.0.1:a,127.0.0.1:b,...}. */
    public String uri() {
        return nodes.stream()
                .map(node -> "127.0.0.1:" + node.port())
                .collect(Collectors.joining(",", "redis://" + EmbeddedRedis.userInfo(settings.password()), ""));
    }

    /** The address of each node, in the order of {@link #nodes()}. */
    public List<String> uris() {
        return nodes.stream().map(EmbeddedRedis::uri).toList();
    }

    /** All nodes: at first the three primaries, then their replicas in the same order. */
    public List<EmbeddedRedis> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /** The primaries in the order of their first slots; one that is down counts until it is replaced. */
    public List<EmbeddedRedis> primaries() {
        return view().members().stream()
                .filter(member -> !member.slots().isEmpty())
                .sorted(Comparator.comparingInt(member -> member.slots().nextSetBit(0)))
                .map(this::nodeAt)
                .toList();
    }

    /**
     * The node that owns a slot, also if it is down and no other has taken the slot over yet.
     *
     * @param slot 0 to {@value #SLOTS} - 1
     */
    public EmbeddedRedis primaryOf(int slot) {
        return view().ownerOf(slot)
                .map(this::nodeAt)
                .orElseThrow(() -> new IllegalStateException("No node owns slot " + slot));
    }

    /** The nodes that copy a primary, the ones that are down included. */
    public List<EmbeddedRedis> replicasOf(EmbeddedRedis primary) {
        ClusterView view = view();
        return view.members().stream()
                .filter(member -> !member.primary().equals("-"))
                .filter(member -> nodeAt(view.member(member.primary())) == primary)
                .map(this::nodeAt)
                .toList();
    }

    /** The slot of a key, that of its hash tag if it has one. */
    public static int slotOf(String key) {
        return HashSlot.of(key);
    }

    /** A short word of ASCII letters and digits in that slot: all keys that contain <code>{word}</code> first are in it. */
    public static String tagOf(int slot) {
        return HashSlot.tagOf(slot);
    }

    /**
     * Kills the owner of a slot and waits for the cluster to elect its replica.
     *
     * @return the new owner; the killed one stays down until it is restarted
     */
    public EmbeddedRedis failover(int slot) {
        EmbeddedRedis old = primaryOf(slot);
        old.kill();
        return awaitSuccessorOf(old, slot);
    }

    /**
     * Has the owner of a slot and its replica change parts in an orderly way, by which no write is lost.
     *
     * @return the new owner
     */
    public EmbeddedRedis switchover(int slot) {
        EmbeddedRedis old = primaryOf(slot);
        EmbeddedRedis replica = standInOf(old);
        String absent = absentKeyIn(slot);
        Polling.until(replica + " takes over from " + old, () -> {
            // The replica gives an order up in silence if it does not get the votes in time.
            if (!Replication.of(replica).isPrimary()) {
                replica.call("CLUSTER", "FAILOVER");
            }
            return Polling.within(ORDER_LIMIT_MILLIS, "votes", () -> hasSuccessor(old, slot, absent));
        });
        return primaryOf(slot);
    }

    private EmbeddedRedis standInOf(EmbeddedRedis primary) {
        return replicasOf(primary).stream()
                .filter(EmbeddedRedis::isResponsive)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No replica of " + primary + " runs"));
    }

    /**
     * A failover by which acknowledged writes are lost, on purpose and for certain: waits until the replica has all that
     * was written before, closes its link to the primary in a way that it cannot link again, runs {@code writes}, kills the
     * primary and waits for the cluster to elect the replica. What the primary has accepted in between is nowhere any more.
     * The replica answers and serves reads all the while.
     *
     * @param slot one of the slots whose primary is to be replaced
     * @param writes writes to that primary, over any client. What it throws is passed on, and nothing is lost then
     * @return the new owner; the killed one stays down until it is restarted
     */
    public EmbeddedRedis failoverLosingWrites(int slot, Runnable writes) {
        EmbeddedRedis old = primaryOf(slot);
        ReplicationCut cut = ReplicationCut.between(old, List.of(standInOf(old)), settings.primaryPassword());
        try {
            writes.run();
            old.kill();
        } finally {
            cut.close();
        }
        return awaitSuccessorOf(old, slot);
    }

    /**
     * Waits until all nodes that answer see another owner of a slot and that one accepts writes.
     *
     * @param old an owner that was killed or paused
     * @return the new owner
     */
    public EmbeddedRedis awaitSuccessorOf(EmbeddedRedis old, int slot) {
        String absent = absentKeyIn(slot);
        Polling.until("the cluster has replaced " + old, () -> hasSuccessor(old, slot, absent));
        return primaryOf(slot);
    }

    private static String absentKeyIn(int slot) {
        return "{" + tagOf(slot) + "}crema:none";
    }

    private boolean hasSuccessor(EmbeddedRedis old, int slot, String absent) throws IOException {
        EmbeddedRedis owner = primaryOf(slot);
        // A write that leaves no trace.
        return owner != old
                && isAgreed(slot, owner)
                && owner.call("DEL", absent).contains("0");
    }

    private boolean isAgreed(int slot, EmbeddedRedis owner) throws IOException {
        for (EmbeddedRedis node : nodes) {
            if (node.isResponsive()
                    && ClusterView.of(node).ownerOf(slot).map(this::nodeAt).orElse(null) != owner) {
                return false;
            }
        }
        return true;
    }

    /**
     * Makes another primary the owner of a slot, its keys included, while clients go on. Returns when all nodes that answer
     * know the new owner.
     */
    public void moveSlot(int slot, EmbeddedRedis target) {
        beginMove(slot, target).finish();
    }

    /** Begins what {@link #moveSlot} does and leaves it half done, with no key moved yet. */
    public SlotMove beginMove(int slot, EmbeddedRedis target) {
        return SlotMove.begin(this, slot, primaryOf(slot), target);
    }

    /** Waits until all nodes that answer see that owner of the slot. */
    void awaitOwner(int slot, EmbeddedRedis owner) {
        Polling.until("slot " + slot + " is at " + owner, () -> isAgreed(slot, owner));
    }

    /**
     * Resumes what is paused and restarts what is down, and waits until all nodes see a whole cluster and the replicas are
     * in step. Parts that were exchanged stay exchanged.
     */
    public void heal() {
        nodes.forEach(EmbeddedRedis::revive);
        awaitWhole();
    }

    /** Of the nodes that answer, what the one sees that knows of the latest change. */
    private ClusterView view() {
        ClusterView latest = null;
        for (EmbeddedRedis node : nodes) {
            ClusterView view = node.isResponsive() ? viewOf(node) : null;
            if (view != null && (latest == null || view.epoch() > latest.epoch())) {
                latest = view;
            }
        }
        if (latest == null) {
            throw new IllegalStateException("No node answers");
        }
        return latest;
    }

    private static @Nullable ClusterView viewOf(EmbeddedRedis node) {
        try {
            return ClusterView.of(node);
        } catch (IOException e) {
            return null;
        }
    }

    private EmbeddedRedis nodeAt(ClusterView.Member member) {
        return nodes.stream()
                .filter(node -> node.port() == member.port())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No node of this cluster has port " + member.port()));
    }

    private void awaitWhole() {
        Polling.until(this + " is whole", () -> {
            for (EmbeddedRedis node : nodes) {
                if (!isWholeFor(node)) {
                    return false;
                }
            }
            return true;
        });
    }

    private boolean isWholeFor(EmbeddedRedis node) throws IOException {
        ClusterView view = ClusterView.of(node);
        return view.slotsServed() == SLOTS
                && view.members().stream().filter(member -> member.is("slave")).count() == nodes.size() - PRIMARIES
                && view.members().stream().noneMatch(ClusterView.Member::isDoubtful)
                && node.call("CLUSTER", "INFO").get(0).contains("cluster_state:ok")
                && (view.self().is("master")
                        || Replication.hasCaughtUp(
                                node, nodeAt(view.member(view.self().primary()))));
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
