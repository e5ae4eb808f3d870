package io.crema.redis;

import io.crema.redis.internal.bus.RedisBus;
import io.crema.redis.internal.client.ClusterTopology;
import io.crema.redis.internal.client.OnePrimary;
import io.crema.redis.internal.client.Outage;
import io.crema.redis.internal.client.Topology;
import io.crema.redis.internal.store.RedisStore;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.redis.internal.wire.ServerClock;
import io.crema.spi.CacheTerms;
import io.crema.spi.Durability;
import io.crema.spi.Guarantee;
import io.crema.spi.InvalidationBus;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.RemoteTier;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.netty.util.concurrent.EventExecutor;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The remote tier on Redis, version 6.2 or newer: a standalone primary, one that sentinels watch, or a cluster.
 *
 * <p>It holds two connections to each primary, one for commands and one for invalidations, and in a cluster one more that
 * asks for its topology. It makes them in the background and again after each loss; with sentinels it asks them each time
 * who is the primary. Building one never waits for a server and does not fail without it. Reads that come at the same time
 * travel together. Nothing is sent a second time after a connection was lost; no time limit is applied here.
 *
 * <p>Thread-safe. Futures complete on I/O threads, which dependents must not block.
 */
public final class RedisRemote implements RemoteTier {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);

    private static final long CLOSE_SECONDS = 2;

    private static final String NO_URI =
            "Not the URI of a Redis server, which looks like redis://[user:password@]host[:port][/database],"
                    + " redis-sentinel://[user:password@]host[:port][,host..][/database]#primary, or in a cluster"
                    + " redis://[user:password@]host[:port][,host..]";

    private final String server;
    private final Limits limits;
    private final Duration timeLimit;
    private final Topology topology;
    private final RedisStore store;
    private final RedisBus bus;
    private final Function<RedisURI, CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> pubSub;
    private final @Nullable RedisClient ownClient;
    private final @Nullable ClientResources ownResources;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedisRemote(Builder builder) {
        server = builder.server();
        limits = builder.limits;
        timeLimit = builder.timeLimit;
        RedisClient client = builder.client;
        if (client == null) {
            ownResources = builder.resources != null
                    ? null
                    : ClientResources.builder()
                            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                            .build();
            ownClient = RedisClient.create(ownResources == null ? builder.resources : ownResources);
            ownClient.setOptions(builder.options == null ? ownOptions() : builder.options);
            client = ownClient;
        } else {
            ownResources = null;
            ownClient = null;
        }
        RedisClient connector = client;
        EventExecutor executor = client.getResources().eventExecutorGroup().next();
        ServerClock clock = new ServerClock();
        List<RedisURI> uris = builder.uris.stream().map(RedisRemote::limited).toList();
        RedisURI uri = uris.get(0);
        topology = builder.cluster
                ? new ClusterTopology(server, uris, executor, node -> connect(connector, node))
                : new OnePrimary(server, uri);
        store = new RedisStore(
                builder.namespace,
                builder.partitions,
                uri.getDatabase(),
                clock,
                server,
                topology,
                executor,
                node -> connect(connector, node));
        pubSub = node -> connectPubSub(connector, node);
        bus = new RedisBus(
                builder.namespace,
                UUID.randomUUID().toString(),
                clock,
                topology,
                executor,
                store::probe,
                store::layout,
                pubSub);
        store.start();
        topology.start();
    }

    private static CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect(RedisClient client, RedisURI uri) {
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri).thenApply(connection -> {
            connection.setTimeout(Duration.ZERO);
            return connection;
        });
    }

    private static CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connectPubSub(
            RedisClient client, RedisURI uri) {
        return client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri).thenApply(connection -> {
            connection.setTimeout(Duration.ZERO);
            return connection;
        });
    }

    /**
     * To a standalone server, or to the primary that sentinels name, with the defaults.
     *
     * @param uri as {@code redis://localhost}, {@code redis://user:password@host:6379/0}, {@code rediss://host},
     *     {@code redis-sentinel://:password@host1:26379,host2,host3/0#primary}; the password is that of the servers, see
     *     {@link #builder(RedisURI)} for one of the sentinels
     * @throws IllegalArgumentException if the URI is none, or names several servers
     */
    public static RedisRemote connect(String uri) {
        return builder(uri).build();
    }

    /**
     * To a cluster, with the defaults.
     *
     * @param uris some of its nodes, one is enough but may be down, as {@code redis://host1:6379}, or several in one as
     *     {@code redis://:password@host1,host2:6380}; the credentials and the TLS of the first are used for all nodes
     * @throws IllegalArgumentException if one is no such URI
     */
    public static RedisRemote cluster(String... uris) {
        return clusterBuilder(uris).build();
    }

    /** As {@link #connect}, with settings. */
    public static Builder builder(String uri) {
        RedisURI parsed = parse(() -> RedisURI.create(uri));
        return builder(parsed);
    }

    /** As {@link #connect}, with settings, and whatever a {@link RedisURI} can say. */
    public static Builder builder(RedisURI uri) {
        return new Builder(null, List.of(uri), false);
    }

    /** As {@link #cluster}, with settings. */
    public static Builder clusterBuilder(String... uris) {
        List<RedisURI> parsed = new ArrayList<>();
        for (String uri : uris) {
            int database = parse(() -> RedisURI.create(uri)).getDatabase();
            if (database != 0) {
                throw new IllegalArgumentException(
                        "A Redis Cluster has one database only, but the URI selects database " + database);
            }
            parsed.addAll(parse(() -> RedisClusterURIUtil.toRedisURIs(URI.create(uri))));
        }
        return new Builder(null, parsed, true);
    }

    /** Neither the URI nor the cause, which quotes it, is passed on: it may hold a password. */
    private static <T> T parse(Supplier<T> parser) {
        try {
            return parser.get();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(NO_URI);
        }
    }

    /**
     * Over an existing client, which is not closed; its options are left as they are. It must not be limited to RESP2.
     */
    public static Builder builder(RedisClient client, RedisURI uri) {
        return new Builder(client, List.of(uri), false);
    }

    /**
     * Over the resources and with the options of an existing client of a cluster, which is not closed. It must not be
     * limited to RESP2. Its own connections are not used, since they send commands again after a loss.
     *
     * @param nodes as of {@link #cluster}
     */
    public static Builder builder(RedisClusterClient client, RedisURI... nodes) {
        Builder builder = new Builder(null, List.of(nodes), true);
        builder.resources = client.getResources();
        builder.options = ClientOptions.copyOf(client.getOptions());
        return builder;
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public Duration timeLimit() {
        return timeLimit;
    }

    @Override
    public boolean isOutage(Throwable failure) {
        return RemoteTier.super.isOutage(failure) && Outage.is(failure);
    }

    @Override
    public CompletableFuture<Opening> open(CacheTerms terms) {
        return store.open(terms);
    }

    @Override
    public CompletableFuture<Guarantee> guarantee() {
        return store.guarantee(pubSub);
    }

    @Override
    public CompletableFuture<Durability> durability() {
        return store.durability(pubSub);
    }

    @Override
    public InvalidationBus invalidations() {
        return bus;
    }

    /** Waits a few seconds at most until the connections are closed and the threads of a client of its own have ended. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        CompletableFuture<Void> connections = CompletableFuture.allOf(topology.close(), store.close(), bus.close());
        connections.completeOnTimeout(null, CLOSE_SECONDS, TimeUnit.SECONDS).join();
        if (ownClient != null) {
            ownClient.shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        }
        if (ownResources != null) {
            ownResources
                    .shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                    .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Names the server, without credentials. */
    @Override
    public String toString() {
        return server;
    }

    private static String address(RedisURI uri) {
        return uri.getSocket() != null ? uri.getSocket() : uri.getHost() + ":" + uri.getPort();
    }

    /** Connecting is tried again anyway, so an attempt is given up soon. */
    private static RedisURI limited(RedisURI uri) {
        RedisURI.Builder copy = uri.getSentinels().isEmpty() ? RedisURI.builder(uri) : sentinels(uri);
        return copy.withTimeout(shorter(uri.getTimeout(), CONNECT_LIMIT)).build();
    }

    /** A builder that copies leaves these out. */
    private static RedisURI.Builder sentinels(RedisURI uri) {
        RedisURI.Builder copy = RedisURI.builder(uri).withSentinelMasterId(uri.getSentinelMasterId());
        for (RedisURI sentinel : uri.getSentinels()) {
            copy.withSentinel(limited(sentinel));
        }
        return copy;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.isZero() || one.compareTo(other) > 0 ? other : one;
    }

    private static ClientOptions ownOptions() {
        return ClientOptions.builder()
                .autoReconnect(false)
                .protocolVersion(ProtocolVersion.RESP3)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .socketOptions(
                        SocketOptions.builder().connectTimeout(CONNECT_LIMIT).build())
                .build();
    }

    /** Collects the settings of a {@link RedisRemote}. Not thread-safe. */
    public static final class Builder {

        private static final Limits DEFAULT_LIMITS = new Limits(1024, 8 * 1024 * 1024);
        private static final int DEFAULT_PARTITIONS = 16;

        private final @Nullable RedisClient client;
        private final List<RedisURI> uris;
        private final boolean cluster;
        private @Nullable ClientResources resources;
        private @Nullable ClientOptions options;
        private String namespace = "crema";
        private int partitions = DEFAULT_PARTITIONS;
        private Limits limits = DEFAULT_LIMITS;
        private Duration timeLimit = Duration.ofMillis(200);

        private Builder(@Nullable RedisClient client, List<RedisURI> uris, boolean cluster) {
            if (uris.isEmpty()) {
                throw new IllegalArgumentException("No node of the cluster is named");
            }
            for (RedisURI uri : uris) {
                if (cluster) {
                    requireNode(uri);
                } else {
                    requireServer(uri);
                }
            }
            this.client = client;
            this.uris = List.copyOf(uris);
            this.cluster = cluster;
        }

        private static void requireNode(RedisURI uri) {
            if (!uri.getSentinels().isEmpty() || uri.getHost() == null) {
                throw new IllegalArgumentException("The URI of a node of a cluster must name a host, and no sentinel");
            }
        }

        private static void requireServer(RedisURI uri) {
            boolean one = uri.getSocket() != null
                    || (uri.getHost() != null && uri.getHost().indexOf(',') < 0);
            if (uri.getSentinels().isEmpty() ? !one : uri.getSentinelMasterId() == null) {
                throw new IllegalArgumentException("The URI must name one Redis server, or sentinels and a primary; for"
                        + " the nodes of a cluster use RedisRemote.cluster(..)");
            }
        }

        private String server() {
            RedisURI first = uris.get(0);
            if (cluster) {
                return "Redis Cluster at "
                        + uris.stream().map(RedisRemote::address).collect(Collectors.joining(","));
            }
            String database = first.getDatabase() == 0 ? "" : "/" + first.getDatabase();
            if (first.getSentinels().isEmpty()) {
                return "Redis at " + address(first) + database;
            }
            return "Redis primary " + first.getSentinelMasterId() + database + " of the sentinels at "
                    + first.getSentinels().stream().map(RedisRemote::address).collect(Collectors.joining(","));
        }

        /**
         * Keeps the keys of services apart that share a Redis; {@code crema} if not set. All instances of a service use
         * the same.
         *
         * @throws IllegalArgumentException if it is empty or contains a brace
         */
        public Builder namespace(String name) {
            namespace = KeyLayout.requireName("namespace", name);
            return this;
        }

        /**
         * Into how many partitions a cache is split that nobody has opened yet, 1 to 256; 16 if not set. A cache that is
         * there keeps its number.
         */
        public Builder partitions(int count) {
            if (count < 1 || count > KeyLayout.MAX_PARTITIONS) {
                throw new IllegalArgumentException(
                        "Partitions must be 1 to " + KeyLayout.MAX_PARTITIONS + ", but are " + count);
            }
            partitions = count;
            return this;
        }

        /** The sizes that are accepted; 1 KiB for keys and 8 MiB for values if not set. Keys: 65,000 bytes at most. */
        public Builder limits(Limits sizes) {
            if (sizes.maxKeyBytes() > KeyLayout.MAX_KEY_BYTES) {
                throw new IllegalArgumentException("Keys must be limited to at most " + KeyLayout.MAX_KEY_BYTES
                        + " bytes, but the limit is " + sizes.maxKeyBytes());
            }
            limits = sizes;
            return this;
        }

        /**
         * How long one operation may take, 10 ms to 1 minute; 200 ms if not set. Very large values need more: reads that
         * exceed it go on without Redis, writes are told to the caller.
         */
        public Builder timeLimit(Duration limit) {
            if (limit.compareTo(Duration.ofMillis(10)) < 0 || limit.compareTo(Duration.ofMinutes(1)) > 0) {
                throw new IllegalArgumentException("The time limit must be from 10 ms to 1 minute, but is " + limit);
            }
            timeLimit = limit;
            return this;
        }

        /** Starts connecting and returns at once. */
        public RedisRemote build() {
            return new RedisRemote(this);
        }
    }
}
