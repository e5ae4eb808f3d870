package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.client.Keeper;
import io.crema.redis.internal.client.Keepers;
import io.crema.redis.internal.client.Link;
import io.crema.redis.internal.client.Node;
import io.crema.redis.internal.client.Refusal;
import io.crema.redis.internal.client.Request;
import io.crema.redis.internal.client.ServerInfo;
import io.crema.redis.internal.client.Topology;
import io.crema.redis.internal.wire.CacheMeta;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.redis.internal.wire.ServerClock;
import io.crema.spi.CacheTerms;
import io.crema.spi.Durability;
import io.crema.spi.Guarantee;
import io.crema.spi.Opening;
import io.crema.spi.RemoteRecord;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The connections for commands, one to each primary, and the caches that are opened over them. Thread-safe, never blocks. */
public final class RedisStore {

    private static final long PROBE_MILLIS = 1_000;
    private static final byte[] PUBLISH = Commands.ascii("PUBLISH");

    /** For subscribers at the same primary only; a server that does not know it publishes to all. */
    private static final byte[] PUBLISH_IN_SHARD = Commands.ascii("SPUBLISH");

    private final String namespace;
    private final int partitions;
    private final int database;
    private final ServerClock clock;
    private final String server;
    private final Topology topology;
    private final Keepers<Session> keepers;
    private final Router router;
    private final Map<String, KeyLayout> layouts = new ConcurrentHashMap<>();

    /**
     * @param partitions the number for caches that nobody has opened yet
     * @param database the database that the connections select
     * @param server names all of it in logs and errors
     * @param connector makes a connection for commands
     */
    public RedisStore(
            String namespace,
            int partitions,
            int database,
            ServerClock clock,
            String server,
            Topology topology,
            EventExecutorGroup timer,
            Function<RedisURI, ? extends CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>>>
                    connector) {
        this.namespace = namespace;
        this.partitions = partitions;
        this.database = database;
        this.clock = clock;
        this.server = server;
        this.topology = topology;
        this.keepers = new Keepers<>(topology, timer, Topology::members, node -> new Owner(node, connector));
        this.router = new Router(topology, keepers, timer);
    }

    public void start() {
        keepers.start();
    }

    /** The future ends when the connections are closed. */
    public CompletableFuture<Void> close() {
        return keepers.close();
    }

    /**
     * Called when the connection for invalidations to a server is lost: drops this one too, unless the server says within a
     * second that it is a primary. The system would take minutes to report a peer that has vanished; and a server that is
     * made a replica may keep its clients and answer their reads.
     */
    public void probe(Node node) {
        Session session = keepers.current(node);
        if (session == null) {
            return;
        }
        Request<List<byte @Nullable []>> info = Commands.request(CommandType.INFO, List.of());
        info.orTimeout(PROBE_MILLIS, TimeUnit.MILLISECONDS).whenComplete((answer, failure) -> {
            boolean replica = answer != null && !new ServerInfo(answer.get(0)).isPrimary();
            if (replica || failure instanceof TimeoutException) {
                session.link.drop();
            }
        });
        session.link.send(info);
    }

    /** Agrees on the terms of a cache; see {@link io.crema.spi.RemoteTier#open}. */
    public CompletableFuture<Opening> open(CacheTerms terms) {
        KeyLayout.requireName("cache name", terms.cache());
        CacheMeta offer = new CacheMeta(namespace, terms.cache(), partitions, terms.keyFormat());
        return granted(firstAttempts().thenCompose(ended -> agree(offer)).thenCompose(found -> {
            String refusal = offer.refusal(found);
            if (refusal != null) {
                return CompletableFuture.completedFuture(new Opening.Refused(refusal));
            }
            int agreed = CacheMeta.partitionsIn(found);
            CacheMeta meta = new CacheMeta(namespace, terms.cache(), agreed, terms.keyFormat());
            RedisCache cache = new RedisCache(this, meta);
            layouts.put(cache.name(), cache.layout());
            return cache.startClocks().thenApply(started -> new Opening.Agreed(cache));
        }));
    }

    private Delivery delivery() {
        return Delivery.of(
                topology,
                keepers.current().stream().map(session -> session.server).toList());
    }

    /** The result, or if the server's access control refuses something, a failure that says what is needed. */
    private <T> CompletableFuture<T> granted(CompletableFuture<T> asked) {
        return asked.handle((result, failure) -> {
                    if (failure != null && Refusal.of(failure).isPresent()) {
                        String needed = String.join(" ", Grants.all(namespace, database, delivery()));
                        return CompletableFuture.<T>failedFuture(new RedisException(
                                server + " refuses this user what Crema needs ("
                                        + Refusal.root(failure).getMessage() + "); grant it " + needed,
                                failure));
                    }
                    return asked;
                })
                .thenCompose(Function.identity());
    }

    private CompletableFuture<Void> firstAttempts() {
        return topology.firstAttempt().thenCompose(ended -> keepers.firstAttempts());
    }

    /**
     * See {@link io.crema.spi.RemoteTier#guarantee}.
     *
     * @param connector makes a connection for pub/sub, to ask over; it is closed afterwards
     */
    public CompletableFuture<Guarantee> guarantee(
            Function<RedisURI, ? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> connector) {
        return findings(connector).thenApply(findings -> Finding.guarantee(server, topology, findings));
    }

    /** See {@link io.crema.spi.RemoteTier#durability}; the connector as of {@link #guarantee}. */
    public CompletableFuture<Durability> durability(
            Function<RedisURI, ? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> connector) {
        return findings(connector).thenApply(Finding::durability);
    }

    private CompletableFuture<List<Finding>> findings(
            Function<RedisURI, ? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> connector) {
        ServerProbe probe = new ServerProbe(namespace, database, topology, connector);
        return firstAttempts().thenCompose(ended -> {
            if (keepers.current().isEmpty()) {
                throw router.notConnected(0);
            }
            List<CompletableFuture<Finding>> asked =
                    topology.primaries().stream().map(probe::ask).toList();
            return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                    .thenApply(
                            all -> asked.stream().map(CompletableFuture::join).toList());
        });
    }

    /** The layout of a cache that was opened. */
    public KeyLayout layout(String cache) {
        KeyLayout layout = layouts.get(cache);
        if (layout == null) {
            throw new IllegalArgumentException("Cache " + cache + " was not opened by the remote tier of this bus");
        }
        return layout;
    }

    /**
     * Writes what is offered if nothing is there, and returns what is there then. Looks first: Redis refuses SETNX when its
     * memory is full, whether or not it would write.
     */
    CompletableFuture<byte[]> agree(CacheMeta offer) {
        byte[] name = KeyLayout.meta(offer.namespace(), offer.cache());
        return send(CommandType.GET, List.of(name))
                .thenCompose(found -> found.get(0) != null
                        ? CompletableFuture.completedFuture(found)
                        : send(CommandType.SETNX, List.of(name, offer.encode()))
                                .thenCompose(stored -> send(CommandType.GET, List.of(name))))
                .thenApply(reply -> {
                    byte[] value = reply.get(0);
                    if (value == null) {
                        throw new IllegalStateException("The terms of cache " + offer.cache()
                                + " were removed from Redis while they were agreed on; open it again");
                    }
                    return value;
                });
    }

    int database() {
        return database;
    }

    ServerClock clock() {
        return clock;
    }

    /** Reads one record, together with others that are asked for at the same time; fails at once without a connection. */
    CompletableFuture<RemoteRecord> read(byte[] name) {
        int slot = topology.slotOf(name);
        Session session = router.session(slot);
        return session == null
                ? CompletableFuture.failedFuture(router.notConnected(slot))
                : session.reader(slot).read(name);
    }

    /**
     * Sends a command whose first argument is a key; fails at once without a connection. An MGET is split by hash slots
     * in a cluster.
     */
    CompletableFuture<List<byte @Nullable []>> send(ProtocolKeyword type, List<byte[]> arguments) {
        if (type == CommandType.MGET && topology.isCluster()) {
            return readBySlots(arguments);
        }
        return send(topology.slotOf(arguments.get(0)), type, arguments);
    }

    private CompletableFuture<List<byte @Nullable []>> send(int slot, ProtocolKeyword type, List<byte[]> arguments) {
        CompletableFuture<List<byte @Nullable []>> answered = new CompletableFuture<>();
        router.lane(slot).send(type, arguments, (reply, failure) -> {
            if (reply != null) {
                answered.complete(reply);
            } else {
                answered.completeExceptionally(failure);
            }
        });
        return answered;
    }

    private CompletableFuture<List<byte @Nullable []>> readBySlots(List<byte[]> names) {
        Map<Integer, List<Integer>> positions = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            positions
                    .computeIfAbsent(topology.slotOf(names.get(i)), slot -> new ArrayList<>())
                    .add(i);
        }
        byte @Nullable [][] values = new byte @Nullable [names.size()][];
        List<CompletableFuture<?>> parts = new ArrayList<>(positions.size());
        positions.forEach((slot, part) -> {
            List<byte[]> asked = part.stream().map(names::get).toList();
            parts.add(send(slot, CommandType.MGET, asked).thenAccept(reply -> {
                for (int i = 0; i < part.size(); i++) {
                    values[part.get(i)] = reply.get(i);
                }
            }));
        });
        return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> Arrays.asList(values));
    }

    /**
     * Executes a script whose reply has the server's time in second place, at the primary that has its first key; fails at
     * once without a connection. Its last argument is the command to publish with.
     */
    <T> CompletableFuture<T> run(
            Script script, List<byte[]> keys, List<byte[]> values, Function<List<byte @Nullable []>, T> decoder) {
        List<byte[]> arguments = new ArrayList<>(values);
        arguments.add(topology.isCluster() ? PUBLISH_IN_SHARD : PUBLISH);
        long sent = System.nanoTime();
        ScriptCall<T> call =
                ScriptCall.of(router.lane(topology.slotOf(keys.get(0))), script, keys, arguments, reply -> {
                    if (reply.size() > 1) {
                        clock.observe(Commands.number(reply.get(1)), sent);
                    }
                    return decoder.apply(reply);
                });
        return call.start();
    }

    /** A connection is ready when its server is known to be a primary, and the server's time is known. */
    private final class Owner implements Keeper.Owner<Session> {

        private final Node node;
        private final Function<RedisURI, ? extends CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>>>
                connector;

        Owner(
                Node node,
                Function<RedisURI, ? extends CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>>>
                        connector) {
            this.node = node;
            this.connector = connector;
        }

        @Override
        public CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>> connect() {
            return connector.apply(node.uri());
        }

        @Override
        public CompletionStage<Session> prepare(Link link) {
            long sent = System.nanoTime();
            Request<List<byte @Nullable []>> info = Commands.request(CommandType.INFO, List.of());
            Request<List<byte @Nullable []>> time = Commands.request(CommandType.TIME, List.of());
            CompletionStage<Session> ready = info.thenCombine(time, (text, reply) -> {
                ServerInfo server = new ServerInfo(text.get(0));
                requireFit(server);
                clock.observe(Commands.number(reply.get(0)) * 1_000_000 + Commands.number(reply.get(1)), sent);
                return new Session(link, server, clock, router::lane);
            });
            link.send(info);
            link.send(time);
            return ready;
        }

        private void requireFit(ServerInfo info) {
            if (!topology.isCluster()) {
                info.requireNoCluster(node.toString());
            }
            info.requirePrimary(node.toString());
        }

        @Override
        public void onReady(Session session) {
            topology.reached(session.link, session.server.runId());
        }

        @Override
        public void onLost(Session session) {
            topology.suspect();
        }

        @Override
        public void onFailed() {
            topology.suspect();
        }
    }
}
