package io.crema.redis.internal.bus;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.client.Keeper;
import io.crema.redis.internal.client.Link;
import io.crema.redis.internal.client.Node;
import io.crema.redis.internal.client.Redirect;
import io.crema.redis.internal.client.Request;
import io.crema.redis.internal.client.ServerInfo;
import io.lettuce.core.RedisURI;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connections to one primary. One is ready when it is known to speak RESP3, with which process, that it is a
 * primary, and what that remembers of this instance's heartbeats.
 */
final class NodeConnector implements Keeper.Owner<NodeConnection> {

    private static final Logger LOG = System.getLogger(RedisBus.class.getName());

    private final RedisBus bus;
    private final Node node;
    private final Function<RedisURI, ? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>>
            connector;
    private volatile boolean warned;

    NodeConnector(
            RedisBus bus,
            Node node,
            Function<RedisURI, ? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> connector) {
        this.bus = bus;
        this.node = node;
        this.connector = connector;
    }

    @Override
    public CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connect() {
        return connector.apply(node.uri()).thenApply(connection -> {
            connection.addListener(new Receiver());
            return connection;
        });
    }

    @Override
    public CompletionStage<NodeConnection> prepare(Link link) {
        Request<List<byte @Nullable []>> hello = Commands.request(CommandType.HELLO, List.of());
        Request<List<byte @Nullable []>> info = Commands.request(CommandType.INFO, List.of());
        CompletionStage<Long> lost = lostMillis(link);
        CompletionStage<NodeConnection> ready = hello.handle((answer, failure) -> {
                    requireResp3(answer, link);
                    return true;
                })
                .thenCombine(info, (ok, answer) -> {
                    ServerInfo server = new ServerInfo(answer.get(0));
                    if (!bus.topology.isCluster()) {
                        server.requireNoCluster(node.toString());
                    }
                    server.requirePrimary(node.toString());
                    return server;
                })
                .thenCombine(lost, (server, millis) -> new NodeConnection(bus, node, link, server, millis));
        link.send(hello);
        link.send(info);
        return ready;
    }

    /**
     * Before the first heartbeat of the connection, which overwrites what is remembered. All keys are asked for, not only
     * those that are known to lie here: of a primary that has just been put in another's place, the first redirection
     * makes known one slot only.
     */
    private CompletionStage<Long> lostMillis(Link link) {
        CompletionStage<Long> most = CompletableFuture.completedFuture(Heartbeats.NOTHING_KNOWN);
        for (byte[] key : bus.heartbeats.acknowledged()) {
            Request<List<byte @Nullable []>> get = Commands.request(CommandType.GET, List.of(key));
            most = most.thenCombine(
                    get.handle((@Nullable List<byte @Nullable []> reply, @Nullable Throwable failure) ->
                            lostMillis(key, reply, failure)),
                    (before, here) -> Math.max(before, here));
            link.send(get);
        }
        return most.thenApply(found -> found == Heartbeats.NOTHING_KNOWN ? Long.MAX_VALUE : found);
    }

    /** A key whose slot is elsewhere says nothing of this primary. */
    private long lostMillis(byte[] key, @Nullable List<byte @Nullable []> reply, @Nullable Throwable failure) {
        if (reply != null) {
            return bus.heartbeats.lostMillis(key, Commands.number(reply.get(0)));
        }
        if (Redirect.of(failure) != null) {
            return Heartbeats.NOTHING_KNOWN;
        }
        throw new CompletionException(failure);
    }

    private void requireResp3(@Nullable List<byte @Nullable []> answer, Link link) {
        if (Commands.isResp3(answer) || link.isLost()) {
            return;
        }
        String message = "The connection for invalidations to " + node + " does not speak RESP3, which Crema needs"
                + " there: use Redis 6.2 or newer, and do not set an older protocol version on the client."
                + " Until then this instance learns of no invalidation";
        if (!warned) {
            warned = true;
            LOG.log(Level.WARNING, message);
        }
        throw new IllegalStateException(message);
    }

    @Override
    public void onReady(NodeConnection session) {
        session.reached();
        session.tell(to -> to.onConnected(session));
    }

    @Override
    public void onLost(NodeConnection session) {
        bus.topology.suspect();
        session.tell(to -> to.onDisconnected(session));
    }

    /** After a loss too. */
    @Override
    public void onFailed() {
        bus.topology.suspect();
        bus.onFailed(node);
    }

    /** Called on the event loop of the connection. */
    private final class Receiver extends RedisPubSubAdapter<byte[], byte[]> {

        @Override
        public void message(byte[] channel, byte[] body) {
            NodeConnection current = bus.current(node);
            if (current != null) {
                current.onMessage(channel, body);
            }
        }

        @Override
        public void smessage(byte[] channel, byte[] body) {
            message(channel, body);
        }

        @Override
        public void sunsubscribed(byte[] channel, long count) {
            NodeConnection current = bus.current(node);
            if (current != null) {
                current.onSubscriptionEnded(channel);
            }
        }
    }
}
