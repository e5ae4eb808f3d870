package io.crema.redis.internal.client;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.protocol.CommandType;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The primaries of a cluster, as one of its nodes sees them. A connection of its own asks that node every few seconds, and
 * soon after something did not fit: a redirection, a lost connection. If the node does not answer, another one is asked,
 * the seeds included.
 *
 * <p>What a redirection names counts at once, whatever the node that is asked says; if that is behind, the next redirection
 * says so again.
 */
public final class ClusterTopology implements Topology {

    private static final long PERIOD_MILLIS = 5_000;
    private static final long SOON_MILLIS = 100;
    private static final long ANSWER_MILLIS = 1_000;

    private final List<Node> seeds;
    private final EventExecutor timer;
    private final Keeper<Asking> keeper;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean soon = new AtomicBoolean();
    private final AtomicInteger attempts = new AtomicInteger();

    /** Ends when a node has answered, or each seed was tried: one of them may be down for good. */
    private final CompletableFuture<Void> firstAttempts = new CompletableFuture<>();

    /** Replaced under the lock of this. */
    private volatile ClusterView view = ClusterView.EMPTY;

    private volatile boolean closed;

    /**
     * @param server names the cluster in logs and errors
     * @param seeds some of its nodes; the first one's credentials and TLS are used for all
     * @param timer one thread, on which listeners are called
     * @param connector makes a connection to a node
     */
    public ClusterTopology(
            String server,
            List<RedisURI> seeds,
            EventExecutor timer,
            Function<RedisURI, ? extends CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>>>
                    connector) {
        this.seeds = seeds.stream().map(ClusterTopology::node).toList();
        this.timer = timer;
        this.keeper = new Keeper<>(server, timer, new Owner(connector));
    }

    private static Node node(RedisURI uri) {
        return new Node("Redis Cluster node " + uri.getHost() + ":" + uri.getPort(), uri);
    }

    @Override
    public void start() {
        keeper.start();
        later(PERIOD_MILLIS, this::periodically);
    }

    @Override
    public int slotOf(byte[] key) {
        return SlotHash.getSlot(key);
    }

    @Override
    public @Nullable Node ownerOf(int slot) {
        return view.ownerOf(slot);
    }

    @Override
    public Set<Node> primaries() {
        return view.primaries();
    }

    @Override
    public Set<Node> members() {
        return view.members();
    }

    @Override
    public boolean isCluster() {
        return true;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void moved(int slot, Node owner) {
        synchronized (this) {
            if (!Objects.equals(owner, view.ownerOf(slot))) {
                replace(view.with(slot, owner));
            }
        }
        suspect();
    }

    @Override
    public Node at(String host, int port) {
        RedisURI first = seeds.get(0).uri();
        RedisURI uri = RedisURI.builder(first).withHost(host).withPort(port).build();
        return node(uri);
    }

    @Override
    public void suspect() {
        if (soon.compareAndSet(false, true)) {
            later(SOON_MILLIS, () -> {
                soon.set(false);
                ask();
            });
        }
    }

    @Override
    public void reached(Link link, String runId) {
        // A node is an address: another process there means that the connections to the one before are lost.
    }

    @Override
    public CompletableFuture<Void> firstAttempt() {
        return firstAttempts.copy();
    }

    @Override
    public RedisException unknownOwner() {
        if (closed || keeper.current() == null) {
            return keeper.notConnected();
        }
        return new RedisException("No node of the cluster has the hash slot");
    }

    @Override
    public CompletableFuture<Void> close() {
        closed = true;
        firstAttempts.complete(null);
        return keeper.close();
    }

    private void periodically() {
        ask();
        later(PERIOD_MILLIS, this::periodically);
    }

    private void ask() {
        Asking asking = keeper.current();
        if (asking != null) {
            asking.ask();
        }
    }

    private void found(ClusterView seen) {
        synchronized (this) {
            if (!seen.hasOwnersOf(view)) {
                replace(seen);
            }
        }
    }

    /** Listeners are called without a lock: they close connections, which calls others. */
    private void replace(ClusterView seen) {
        view = seen;
        later(0, () -> listeners.forEach(Runnable::run));
    }

    private void later(long millis, Runnable task) {
        if (closed) {
            return;
        }
        try {
            if (millis == 0) {
                timer.execute(task);
            } else {
                timer.schedule(task, millis, TimeUnit.MILLISECONDS);
            }
        } catch (RejectedExecutionException e) {
            // The client has been shut down: there is nothing more to ask.
            closed = true;
        }
    }

    /** The connection to the node that is asked. */
    private final class Asking {

        private final Link link;
        private final String host;

        Asking(Link link, String host) {
            this.link = link;
            this.host = host;
        }

        /** Ends with true when the answer has been taken over; a node that gives none is not asked again. */
        CompletableFuture<Boolean> ask() {
            Request<List<byte @Nullable []>> nodes =
                    Commands.request(CommandType.CLUSTER, List.of(Commands.ascii("NODES")));
            CompletableFuture<Boolean> answered = nodes.orTimeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                    .thenApply(reply -> {
                        ClusterView seen =
                                ClusterView.parse(Commands.text(reply.get(0)), host, ClusterTopology.this::at);
                        if (seen.primaries().isEmpty()) {
                            throw new IllegalStateException("The node knows of no primary that has hash slots");
                        }
                        found(seen);
                        return true;
                    });
            answered.whenComplete((ok, failure) -> {
                if (failure != null) {
                    link.drop();
                }
            });
            link.send(nodes);
            return answered;
        }
    }

    /** Asks the nodes one after another, those that are known to be there before the seeds. */
    private final class Owner implements Keeper.Owner<Asking> {

        private final Function<RedisURI, ? extends CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>>>
                connector;
        private volatile Node asked = seeds.get(0);

        Owner(
                Function<RedisURI, ? extends CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>>>
                        connector) {
            this.connector = connector;
        }

        @Override
        public CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>> connect() {
            Set<Node> known = new LinkedHashSet<>(view.members());
            known.addAll(seeds);
            List<Node> candidates = new ArrayList<>(known);
            asked = candidates.get(Math.floorMod(attempts.getAndIncrement(), candidates.size()));
            return connector.apply(asked.uri());
        }

        @Override
        public CompletionStage<Asking> prepare(Link link) {
            Node node = asked;
            Asking asking = new Asking(link, node.uri().getHost());
            Request<List<byte @Nullable []>> info = Commands.request(CommandType.INFO, List.of());
            CompletionStage<Asking> checked = info.thenApply(reply -> {
                new ServerInfo(reply.get(0)).requireCluster(node.toString());
                return asking;
            });
            link.send(info);
            // Behind the calls of the listeners, who connect: whoever waits for this finds those connections being
            // made.
            return checked.thenCompose(ok -> asking.ask()).thenApplyAsync(ok -> asking, timer);
        }

        @Override
        public void onReady(Asking session) {
            // What it answered has been taken over.
            firstAttempts.complete(null);
        }

        @Override
        public void onFailed() {
            if (attempts.get() >= seeds.size()) {
                firstAttempts.complete(null);
            }
        }

        @Override
        public void onLost(Asking session) {
            // The next node is asked as soon as it is connected to.
        }
    }
}
