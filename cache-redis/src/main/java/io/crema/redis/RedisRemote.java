package io.crema.redis;

import io.crema.redis.internal.bus.RedisBus;
import io.crema.redis.internal.store.RedisStore;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.redis.internal.wire.ServerClock;
import io.crema.spi.CacheTerms;
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
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The remote tier on a standalone Redis primary, version 6.2 or newer.
 *
 * <p>It holds two connections, one for commands and one for invalidations, makes them in the background and again after
 * each loss. Building one never waits for the server and does not fail without it. Reads that come at the same time
 * travel together. Nothing is sent a second time after a connection was lost; no time limit is applied here.
 *
 * <p>Thread-safe. Futures complete on I/O threads, which dependents must not block.
 */
public final class RedisRemote implements RemoteTier {

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);

    private static final long CLOSE_SECONDS = 2;

    private final String server;
    private final Limits limits;
    private final Duration timeLimit;
    private final RedisStore store;
    private final RedisBus bus;
    private final @Nullable RedisClient ownClient;
    private final @Nullable ClientResources ownResources;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedisRemote(Builder builder) {
        server = "Redis at " + address(builder.uri);
        limits = builder.limits;
        timeLimit = builder.timeLimit;
        RedisClient client = builder.client;
        if (client == null) {
            ownResources = ClientResources.builder()
                    .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                    .build();
            ownClient = RedisClient.create(ownResources);
            ownClient.setOptions(ownOptions());
            client = ownClient;
        } else {
            ownResources = null;
            ownClient = null;
        }
        RedisClient connector = client;
        RedisURI uri = RedisURI.builder(builder.uri)
                .withTimeout(shorter(builder.uri.getTimeout(), CONNECT_LIMIT))
                .build();
        EventExecutor executor = client.getResources().eventExecutorGroup().next();
        ServerClock clock = new ServerClock();
        store = new RedisStore(
                builder.namespace,
                builder.partitions,
                uri.getDatabase(),
                clock,
                server,
                executor,
                () -> connector.connectAsync(ByteArrayCodec.INSTANCE, uri).thenApply(connection -> {
                    connection.setTimeout(Duration.ZERO);
                    return connection;
                }));
        byte[] heartbeat =
                KeyLayout.heartbeat(builder.namespace, UUID.randomUUID().toString());
        bus = new RedisBus(
                heartbeat,
                clock,
                server,
                executor,
                store::probe,
                store::layout,
                () -> connector.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri).thenApply(connection -> {
                    connection.setTimeout(Duration.ZERO);
                    return connection;
                }));
        store.start();
    }

    /**
     * With the defaults.
     *
     * @param uri as {@code redis://localhost}, {@code redis://user:password@host:6379/0}, {@code rediss://host}
     * @throws IllegalArgumentException if the URI is none, or one of a sentinel
     */
    public static RedisRemote connect(String uri) {
        return builder(uri).build();
    }

    /** As {@link #connect}, with settings. */
    public static Builder builder(String uri) {
        RedisURI parsed;
        try {
            parsed = RedisURI.create(uri);
        } catch (RuntimeException e) {
            // Neither the URI nor the cause, which quotes it, is passed on: it may hold a password.
            throw new IllegalArgumentException(
                    "Not the URI of a Redis server, which looks like redis://[user:password@]host[:port][/database]");
        }
        return new Builder(null, parsed);
    }

    /**
     * Over an existing client, which is not closed; its options are left as they are. It must not be limited to RESP2.
     */
    public static Builder builder(RedisClient client, RedisURI uri) {
        return new Builder(client, uri);
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
    public CompletableFuture<Opening> open(CacheTerms terms) {
        return store.open(terms);
    }

    @Override
    public CompletableFuture<Guarantee> guarantee() {
        return CompletableFuture.completedFuture(new Guarantee(true, server, List.of()));
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
        CompletableFuture<Void> connections = CompletableFuture.allOf(store.close(), bus.close());
        connections.completeOnTimeout(null, CLOSE_SECONDS, TimeUnit.SECONDS).join();
        if (ownClient != null && ownResources != null) {
            ownClient.shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS);
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
        String place = uri.getSocket() != null ? uri.getSocket() : uri.getHost() + ":" + uri.getPort();
        return uri.getDatabase() == 0 ? place : place + "/" + uri.getDatabase();
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
        private final RedisURI uri;
        private String namespace = "crema";
        private int partitions = DEFAULT_PARTITIONS;
        private Limits limits = DEFAULT_LIMITS;
        private Duration timeLimit = Duration.ofMillis(200);

        private Builder(@Nullable RedisClient client, RedisURI uri) {
            if (!uri.getSentinels().isEmpty() || (uri.getHost() == null && uri.getSocket() == null)) {
                throw new IllegalArgumentException("The URI must name one Redis server, and no sentinel");
            }
            this.client = client;
            this.uri = uri;
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
