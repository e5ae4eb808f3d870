package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.client.Keeper;
import io.crema.redis.internal.client.Link;
import io.crema.redis.internal.client.Request;
import io.crema.redis.internal.wire.CacheMeta;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.redis.internal.wire.ServerClock;
import io.crema.spi.CacheTerms;
import io.crema.spi.Opening;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The connection for commands, and the caches that are opened over it. Thread-safe, never blocks. */
public final class RedisStore {

    private static final long PROBE_MILLIS = 1_000;
    private static final byte[] PUBLISH = Commands.ascii("PUBLISH");

    private final String namespace;
    private final int partitions;
    private final int database;
    private final ServerClock clock;
    private final Keeper<Session> keeper;
    private final Map<String, KeyLayout> layouts = new ConcurrentHashMap<>();

    /**
     * @param partitions the number for caches that nobody has opened yet
     * @param database the database that the connections select
     * @param connector makes a connection for commands
     */
    public RedisStore(
            String namespace,
            int partitions,
            int database,
            ServerClock clock,
            String server,
            EventExecutorGroup timer,
            Supplier<? extends CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>>> connector) {
        this.namespace = namespace;
        this.partitions = partitions;
        this.database = database;
        this.clock = clock;
        this.keeper = new Keeper<>(server, timer, new Owner(connector));
    }

    public void start() {
        keeper.start();
    }

    /** The future ends when the connection is closed. */
    public CompletableFuture<Void> close() {
        return keeper.close();
    }

    /**
     * Called when the server seems dead: drops the connection unless it answers within a second. The system would take
     * minutes to report a peer that has vanished.
     */
    public void probe() {
        Session session = keeper.current();
        if (session == null) {
            return;
        }
        Request<List<byte @Nullable []>> ping = Commands.request(CommandType.PING, List.of());
        ping.orTimeout(PROBE_MILLIS, TimeUnit.MILLISECONDS).whenComplete((answer, failure) -> {
            if (failure instanceof TimeoutException) {
                session.link.drop();
            }
        });
        session.link.send(ping);
    }

    /** Agrees on the terms of a cache; see {@link io.crema.spi.RemoteTier#open}. */
    public CompletableFuture<Opening> open(CacheTerms terms) {
        KeyLayout.requireName("cache name", terms.cache());
        CacheMeta offer = new CacheMeta(namespace, terms.cache(), partitions, terms.keyFormat());
        return keeper.firstAttempt().thenCompose(ended -> agree(offer)).thenCompose(found -> {
            String refusal = offer.refusal(found);
            if (refusal != null) {
                return CompletableFuture.completedFuture(new Opening.Refused(refusal));
            }
            int agreed = CacheMeta.partitionsIn(found);
            CacheMeta meta = new CacheMeta(namespace, terms.cache(), agreed, terms.keyFormat());
            RedisCache cache = new RedisCache(this, meta);
            layouts.put(cache.name(), cache.layout());
            return cache.startClocks().thenApply(started -> new Opening.Agreed(cache));
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

    /** Writes what is offered if nothing is there, and returns what is there then. */
    CompletableFuture<byte[]> agree(CacheMeta offer) {
        Session session = keeper.current();
        if (session == null) {
            return CompletableFuture.failedFuture(keeper.notConnected());
        }
        byte[] name = KeyLayout.meta(offer.namespace(), offer.cache());
        Request<List<byte @Nullable []>> set = Commands.request(CommandType.SETNX, List.of(name, offer.encode()));
        Request<List<byte @Nullable []>> get = Commands.request(CommandType.GET, List.of(name));
        CompletableFuture<byte[]> found = set.thenCombine(get, (stored, reply) -> {
            byte[] value = reply.get(0);
            if (value == null) {
                throw new IllegalStateException("The terms of cache " + offer.cache()
                        + " were removed from Redis while they were agreed on; open it again");
            }
            return value;
        });
        session.link.send(set);
        session.link.send(get);
        return found;
    }

    int database() {
        return database;
    }

    ServerClock clock() {
        return clock;
    }

    @Nullable
    Session session() {
        return keeper.current();
    }

    /** Sends one command; fails at once without a connection. */
    CompletableFuture<List<byte @Nullable []>> send(ProtocolKeyword type, List<byte[]> arguments) {
        Session session = keeper.current();
        if (session == null) {
            return CompletableFuture.failedFuture(keeper.notConnected());
        }
        Request<List<byte @Nullable []>> request = Commands.request(type, arguments);
        session.link.send(request);
        return request;
    }

    /**
     * Executes a script whose reply has the server's time in second place; fails at once without a connection. Its last
     * argument is the command to publish with.
     */
    <T> CompletableFuture<T> run(
            Script script, List<byte[]> keys, List<byte[]> values, Function<List<byte @Nullable []>, T> decoder) {
        Session session = keeper.current();
        if (session == null) {
            return CompletableFuture.failedFuture(keeper.notConnected());
        }
        List<byte[]> arguments = new ArrayList<>(values);
        arguments.add(PUBLISH);
        long sent = System.nanoTime();
        ScriptCall<T> call = ScriptCall.of(session.link, script, keys, arguments, reply -> {
            if (reply.size() > 1) {
                clock.observe(Commands.number(reply.get(1)), sent);
            }
            return decoder.apply(reply);
        });
        return call.start();
    }

    <T> CompletableFuture<T> notConnected() {
        return CompletableFuture.failedFuture(keeper.notConnected());
    }

    /** A connection is ready when the server's time is known. */
    private final class Owner implements Keeper.Owner<Session> {

        private final Supplier<? extends CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>>> connector;

        Owner(Supplier<? extends CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>>> connector) {
            this.connector = connector;
        }

        @Override
        public CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>> connect() {
            return connector.get();
        }

        @Override
        public CompletionStage<Session> prepare(Link link) {
            long sent = System.nanoTime();
            Request<List<byte @Nullable []>> time = Commands.request(CommandType.TIME, List.of());
            CompletionStage<Session> ready = time.thenApply(reply -> {
                clock.observe(Commands.number(reply.get(0)) * 1_000_000 + Commands.number(reply.get(1)), sent);
                return new Session(link, clock);
            });
            link.send(time);
            return ready;
        }

        @Override
        public void onReady(Session session) {
            // Nobody waits for it: requests find it when they come.
        }

        @Override
        public void onLost(Session session) {
            // The link has failed what was under way.
        }
    }
}
