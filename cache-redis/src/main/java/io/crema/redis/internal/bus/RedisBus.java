package io.crema.redis.internal.bus;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.client.Keeper;
import io.crema.redis.internal.client.Link;
import io.crema.redis.internal.client.Request;
import io.crema.redis.internal.store.Script;
import io.crema.redis.internal.store.ScriptCall;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.redis.internal.wire.Message;
import io.crema.redis.internal.wire.ServerClock;
import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.InvalidationBus;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.netty.util.concurrent.EventExecutor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Invalidations over one RESP3 pub/sub connection, on which requests travel too: the server answers them in order with
 * what it publishes.
 *
 * <p>Messages and replies reach the listener on the connection's event loop, in the order in which they were read: the
 * callback of a request is there before the request is sent. A request that fails in the very call that makes it is
 * reported on another thread, never before that call returns. One lock keeps all of them one at a time.
 */
public final class RedisBus implements InvalidationBus {

    private static final Logger LOG = System.getLogger(RedisBus.class.getName());

    /** A heartbeat's key goes soon after its instance has gone. */
    private static final byte[] HEARTBEAT_MILLIS = Commands.ascii(5_000);

    private static final int RESP3 = 3;

    private final byte[] heartbeatKey;
    private final ServerClock clock;
    private final EventExecutor executor;
    private final Runnable onReset;
    private final Function<String, KeyLayout> layouts;
    private final Keeper<Subscription> keeper;
    private final Map<ByteBuffer, Channel> channels = new ConcurrentHashMap<>();
    private final Object delivery = new Object();
    private volatile @Nullable BusListener listener;

    /**
     * @param heartbeatKey what the heartbeat writes
     * @param executor reports failures of requests and runs the timers
     * @param onReset told that the server seems dead
     * @param layouts of the caches that were opened, by name
     * @param connector makes a connection for pub/sub
     */
    public RedisBus(
            byte[] heartbeatKey,
            ServerClock clock,
            String server,
            EventExecutor executor,
            Runnable onReset,
            Function<String, KeyLayout> layouts,
            Supplier<? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> connector) {
        this.heartbeatKey = heartbeatKey;
        this.clock = clock;
        this.executor = executor;
        this.onReset = onReset;
        this.layouts = layouts;
        this.keeper = new Keeper<>(server, executor, new Owner(server, connector));
    }

    @Override
    public void start(BusListener busListener) {
        if (listener != null) {
            throw new IllegalStateException(
                    "This remote tier is in use by a Crema, or was; give each Crema one of its own");
        }
        listener = busListener;
        keeper.start();
    }

    /** The future ends when the connection is closed. */
    public CompletableFuture<Void> close() {
        return keeper.close();
    }

    private List<byte[]> register(KeyLayout layout, String cache, Set<Integer> partitions) {
        List<byte[]> names = new ArrayList<>(partitions.size());
        for (int p : partitions) {
            byte[] name = layout.channel(p);
            names.add(name);
            channels.put(ByteBuffer.wrap(name), new Channel(cache, p));
        }
        return names;
    }

    private static List<byte[]> clocksAndFloors(KeyLayout layout, List<Integer> partitions) {
        List<byte[]> names = new ArrayList<>(2 * partitions.size());
        for (int p : partitions) {
            names.add(layout.clock(p));
            names.add(layout.floor(p));
        }
        return names;
    }

    private static BusPosition positionOf(String history, List<Integer> partitions, List<byte @Nullable []> values) {
        Map<Integer, BusPosition.At> found = new HashMap<>();
        for (int i = 0; i < partitions.size(); i++) {
            long clock = Commands.number(values.get(2 * i));
            found.put(partitions.get(i), new BusPosition.At(clock, Commands.number(values.get(2 * i + 1))));
        }
        return new BusPosition(history, found);
    }

    private void onMessage(byte[] name, byte[] body) {
        Channel channel = channels.get(ByteBuffer.wrap(name));
        BusListener to = listener;
        Subscription from = keeper.current();
        if (channel == null || to == null || from == null) {
            return;
        }
        Message message = Message.decode(channel.partition, body);
        deliver(() -> {
            if (message instanceof Message.Keys keys) {
                to.onInvalidation(from, channel.cache, keys.invalidation());
            } else if (message instanceof Message.Clear clear) {
                to.onClear(from, channel.cache, channel.partition, clear.stamp());
            } else {
                to.onUnreadable(from, channel.cache, channel.partition);
            }
        });
    }

    private void deliver(Runnable call) {
        synchronized (delivery) {
            try {
                call.run();
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "A listener of invalidations failed", e);
            }
        }
    }

    private record Channel(String cache, int partition) {}

    /** What belongs to one connection for pub/sub. */
    private final class Subscription implements BusConnection {

        private final Link link;
        private final String runId;

        Subscription(Link link, String runId) {
            this.link = link;
            this.runId = runId;
        }

        private String history(String replication) {
            return runId + ":" + replication;
        }

        @Override
        public boolean isRelayed() {
            return false;
        }

        @Override
        public long lostMillis() {
            return 0;
        }

        @Override
        public Set<Integer> carries(String cache) {
            return IntStream.rangeClosed(0, layouts.apply(cache).partitions())
                    .boxed()
                    .collect(Collectors.toSet());
        }

        @Override
        public void reset() {
            link.drop();
            onReset.run();
        }

        /**
         * The server acknowledges the channels one by one, Lettuce reports the first of them. A PING behind them is answered
         * when all have been.
         */
        @Override
        public void subscribe(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {
            KeyLayout layout = layouts.apply(cache);
            Reply<Boolean> outcome = new Reply<>(reply);
            List<byte[]> names = register(layout, cache, partitions);
            Request<List<byte @Nullable []>> subscribe = Commands.request(CommandType.SUBSCRIBE, names);
            Request<List<byte @Nullable []>> after = Commands.request(CommandType.PING, List.of());
            Failure earlier = new Failure();
            subscribe.whenComplete((acknowledged, failure) -> earlier.cause = failure);
            after.whenComplete((answer, failure) -> {
                Throwable cause = earlier.cause != null ? earlier.cause : failure;
                if (cause != null) {
                    outcome.fail(cause);
                } else {
                    outcome.succeed(true);
                }
            });
            link.send(subscribe);
            link.send(after);
            outcome.callReturns();
        }

        /** One process is at the other end of a connection: its run id is asked for once. */
        @Override
        public void position(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {
            KeyLayout layout = layouts.apply(cache);
            List<Integer> asked = List.copyOf(partitions);
            Reply<BusPosition> outcome = new Reply<>(reply);
            Request<List<byte @Nullable []>> info =
                    Commands.request(CommandType.INFO, List.of(Commands.ascii("replication")));
            Request<List<byte @Nullable []>> read = Commands.request(CommandType.MGET, clocksAndFloors(layout, asked));
            String[] replication = new String[1];
            Failure earlier = new Failure();
            info.whenComplete((answer, failure) -> {
                earlier.cause = failure;
                if (answer != null) {
                    replication[0] = Commands.infoField(answer.get(0), "master_replid");
                }
            });
            read.whenComplete((@Nullable List<byte @Nullable []> values, @Nullable Throwable failure) -> {
                Throwable cause = earlier.cause != null ? earlier.cause : failure;
                if (cause != null) {
                    outcome.fail(cause);
                } else if (values == null || replication[0] == null) {
                    outcome.fail(new IllegalStateException("The server's INFO replication has no master_replid"));
                } else {
                    outcome.succeed(positionOf(history(replication[0]), asked, values));
                }
            });
            link.send(info);
            link.send(read);
            outcome.callReturns();
        }

        @Override
        public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
            Reply<String> outcome = new Reply<>(reply);
            long sent = System.nanoTime();
            ScriptCall<String> call =
                    ScriptCall.of(link, Script.HEARTBEAT, List.of(heartbeatKey), List.of(HEARTBEAT_MILLIS), values -> {
                        clock.observe(Commands.number(values.get(1)), sent);
                        return history(Commands.text(values.get(0)));
                    });
            call.whenComplete((history, failure) -> {
                if (history != null) {
                    outcome.succeed(history);
                } else {
                    outcome.fail(failure);
                }
            });
            call.start();
            outcome.callReturns();
        }
    }

    /** The failure of the first of two requests; both end on the same thread. */
    private static final class Failure {
        private volatile @Nullable Throwable cause;
    }

    /** Passes the outcome of a request on: once, and never within the call that makes the request. */
    private final class Reply<T> {

        private final BiConsumer<@Nullable T, @Nullable Throwable> callback;
        private volatile @Nullable Thread caller = Thread.currentThread();

        Reply(BiConsumer<@Nullable T, @Nullable Throwable> callback) {
            this.callback = callback;
        }

        void callReturns() {
            caller = null;
        }

        void succeed(T result) {
            deliver(() -> callback.accept(result, null));
        }

        void fail(Throwable failure) {
            if (Thread.currentThread() != caller) {
                deliver(() -> callback.accept(null, failure));
                return;
            }
            try {
                executor.execute(() -> deliver(() -> callback.accept(null, failure)));
            } catch (RejectedExecutionException e) {
                // The client is shut down: there is no other thread left.
                deliver(() -> callback.accept(null, failure));
            }
        }
    }

    /** A connection is ready when it is known to speak RESP3, and with which process. */
    private final class Owner implements Keeper.Owner<Subscription> {

        private final String server;
        private final Supplier<? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> connector;
        private volatile boolean warned;

        Owner(
                String server,
                Supplier<? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> connector) {
            this.server = server;
            this.connector = connector;
        }

        @Override
        public CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connect() {
            return connector.get().thenApply(connection -> {
                connection.addListener(new RedisPubSubAdapter<byte[], byte[]>() {
                    @Override
                    public void message(byte[] channel, byte[] body) {
                        onMessage(channel, body);
                    }
                });
                return connection;
            });
        }

        @Override
        public CompletionStage<Subscription> prepare(Link link) {
            Request<List<byte @Nullable []>> hello = Commands.request(CommandType.HELLO, List.of());
            Request<List<byte @Nullable []>> info =
                    Commands.request(CommandType.INFO, List.of(Commands.ascii("server")));
            CompletionStage<Subscription> ready = hello.handle((answer, failure) -> {
                        requireResp3(answer, link);
                        return true;
                    })
                    .thenCombine(info, (ok, answer) -> {
                        return new Subscription(link, Commands.infoField(answer.get(0), "run_id"));
                    });
            link.send(hello);
            link.send(info);
            return ready;
        }

        /** HELLO answers with pairs of names and values, one of them "proto". */
        private void requireResp3(@Nullable List<byte @Nullable []> answer, Link link) {
            boolean found = false;
            for (int i = 0; answer != null && i + 1 < answer.size(); i++) {
                found |= "proto".equals(Commands.text(answer.get(i))) && Commands.number(answer.get(i + 1)) == RESP3;
            }
            if (found || link.isLost()) {
                return;
            }
            String message =
                    "The connection for invalidations to " + server + " does not speak RESP3, which Crema needs"
                            + " there: use Redis 6.2 or newer, and do not set an older protocol version on the client."
                            + " Until then this instance learns of no invalidation";
            if (!warned) {
                warned = true;
                LOG.log(Level.WARNING, message);
            }
            throw new IllegalStateException(message);
        }

        @Override
        public void onReady(Subscription session) {
            BusListener to = listener;
            if (to != null) {
                deliver(() -> to.onConnected(session));
            }
        }

        @Override
        public void onLost(Subscription session) {
            BusListener to = listener;
            if (to != null) {
                deliver(() -> to.onDisconnected(session));
            }
        }
    }
}
