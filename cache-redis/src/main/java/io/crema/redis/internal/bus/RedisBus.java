package io.crema.redis.internal.bus;

import io.crema.redis.internal.client.Keeper;
import io.crema.redis.internal.client.Keepers;
import io.crema.redis.internal.client.Node;
import io.crema.redis.internal.client.Topology;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.redis.internal.wire.ServerClock;
import io.crema.spi.BusListener;
import io.crema.spi.InvalidationBus;
import io.lettuce.core.RedisURI;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Invalidations over one RESP3 pub/sub connection to each primary, on which requests travel too: the server answers them
 * in order with what it publishes.
 *
 * <p>In a cluster a connection subscribes to the shard channels of the partitions whose slots lie at its primary, so each
 * message comes over one connection. When a slot goes elsewhere the server ends the subscription; before version 7, which
 * has no shard channels, plain ones are used, whose messages the nodes relay to each other.
 */
public final class RedisBus implements InvalidationBus {

    final ServerClock clock;
    final Topology topology;
    final EventExecutor executor;
    final Heartbeats heartbeats;
    final Function<String, KeyLayout> layouts;
    private final Consumer<Node> onFailed;
    private final Keepers<NodeConnection> keepers;
    private volatile @Nullable BusListener listener;

    /**
     * @param instance names this instance in its heartbeats, as no other
     * @param executor reports failures of requests and runs the timers
     * @param onFailed told of a primary to which there is no connection any more, or not yet
     * @param layouts of the caches that were opened, by name
     * @param connector makes a connection for pub/sub
     */
    public RedisBus(
            String namespace,
            String instance,
            ServerClock clock,
            Topology topology,
            EventExecutor executor,
            Consumer<Node> onFailed,
            Function<String, KeyLayout> layouts,
            Function<RedisURI, ? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> connector) {
        this.clock = clock;
        this.topology = topology;
        this.executor = executor;
        this.heartbeats = new Heartbeats(namespace, instance, topology);
        this.onFailed = onFailed;
        this.layouts = layouts;
        this.keepers = new Keepers<>(
                topology, executor, Topology::primaries, node -> new NodeConnector(this, node, connector));
    }

    @Override
    public void start(BusListener busListener) {
        if (listener != null) {
            throw new IllegalStateException(
                    "This remote tier is in use by a Crema, or was; give each Crema one of its own");
        }
        listener = busListener;
        topology.onChange(this::reassign);
        keepers.start();
    }

    /** The future ends when the connections are closed. */
    public CompletableFuture<Void> close() {
        return keepers.close();
    }

    @Nullable
    BusListener listener() {
        return listener;
    }

    /** The connection to a node that is ready, as {@link Keeper#current()}. */
    @Nullable
    NodeConnection current(Node node) {
        return keepers.current(node);
    }

    void onFailed(Node node) {
        onFailed.accept(node);
    }

    private void reassign() {
        keepers.current().forEach(NodeConnection::reassign);
    }
}
