package io.crema.redis.internal.client;

import io.netty.util.concurrent.EventExecutorGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection to each primary: those that get slots are connected to, those that have left are closed. In a
 * cluster each attempt to connect asks for the topology too, since a node that cannot be reached may have been replaced.
 *
 * <p>Thread-safe, never blocks.
 *
 * @param <S> what is kept for each connection that is ready
 */
public final class Keepers<S> {

    private final Topology topology;
    private final EventExecutorGroup timer;
    private final Function<Topology, Set<Node>> retained;
    private final Function<Node, Keeper.Owner<S>> owners;

    /** Replaced, never changed; written under the lock of this. */
    private volatile Map<Node, Keeper<S>> keepers = Map.of();

    private boolean started;
    private boolean closed;
    private final List<CompletableFuture<Void>> closing = new ArrayList<>();

    /**
     * @param retained the nodes whose connections are kept, at least those that have slots
     * @param owners makes what is told of the connections to a node
     */
    public Keepers(
            Topology topology,
            EventExecutorGroup timer,
            Function<Topology, Set<Node>> retained,
            Function<Node, Keeper.Owner<S>> owners) {
        this.topology = topology;
        this.timer = timer;
        this.retained = retained;
        this.owners = owners;
    }

    /** Connects to the primaries that are known, and to those that will be. Called once. */
    public void start() {
        synchronized (this) {
            started = true;
        }
        topology.onChange(this::adjust);
        adjust();
    }

    /** What belongs to the connection to a node, null if none is ready. */
    public @Nullable S current(Node node) {
        Keeper<S> keeper = keepers.get(node);
        return keeper == null ? null : keeper.current();
    }

    /** What belongs to the connections that are ready. */
    public List<S> current() {
        List<S> ready = new ArrayList<>();
        for (Keeper<S> keeper : keepers.values()) {
            S session = keeper.current();
            if (session != null) {
                ready.add(session);
            }
        }
        return ready;
    }

    /** Keeps a connection to a node from now on; null after the closing of all. */
    public @Nullable Keeper<S> keeper(Node node) {
        Keeper<S> known = keepers.get(node);
        return known == null ? add(node) : known;
    }

    private @Nullable Keeper<S> add(Node node) {
        Keeper<S> made;
        synchronized (this) {
            Keeper<S> known = keepers.get(node);
            if (known != null || closed || !started) {
                return known;
            }
            made = new Keeper<>(node.toString(), timer, owners.apply(node));
            Map<Node, Keeper<S>> more = new HashMap<>(keepers);
            more.put(node, made);
            keepers = more;
        }
        made.start();
        return made;
    }

    /** Ends when each primary that is known now is connected to, or could not be. */
    public CompletableFuture<Void> firstAttempts() {
        return CompletableFuture.allOf(
                keepers.values().stream().map(Keeper::firstAttempt).toArray(CompletableFuture<?>[]::new));
    }

    private void adjust() {
        List<Keeper<S>> gone = new ArrayList<>();
        synchronized (this) {
            Set<Node> stay = retained.apply(topology);
            Map<Node, Keeper<S>> fewer = new HashMap<>(keepers);
            for (Node node : new HashSet<>(fewer.keySet())) {
                if (!stay.contains(node)) {
                    gone.add(fewer.remove(node));
                }
            }
            keepers = fewer;
            gone.forEach(keeper -> closing.add(keeper.close()));
            closing.removeIf(CompletableFuture::isDone);
        }
        topology.primaries().forEach(this::add);
    }

    /** Closes all connections and makes no more. Idempotent. The future ends when they are closed. */
    public CompletableFuture<Void> close() {
        List<CompletableFuture<Void>> all;
        synchronized (this) {
            closed = true;
            keepers.values().forEach(keeper -> closing.add(keeper.close()));
            all = List.copyOf(closing);
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }
}
