package io.crema.testkit;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One instance's subscription connections to one primary of the server in memory, one after the other: a queue of
 * messages and replies, emptied in order by one thread at a time, whichever comes first. State is guarded by the
 * server's lock; the listener is called without it.
 */
final class InMemoryLink {

    private final InMemoryServer server;
    private final InMemoryRemote instance;
    private final InMemoryBus bus;
    private final int primary;
    private final Deque<Delivery> queue = new ArrayDeque<>();
    private final List<Delivery> unanswered = new ArrayList<>();
    private final Set<Channel> subscriptions = new HashSet<>();
    private @Nullable Connection connection;
    /** Server time of the last heartbeat whose answer came, in milliseconds; 0 = none came. */
    private long lastBeat;

    private boolean unreachable;
    private boolean held;
    private boolean draining;

    private record Channel(String cache, int partition) {}

    InMemoryLink(InMemoryServer server, InMemoryRemote instance, InMemoryBus bus, int primary) {
        this.server = server;
        this.instance = instance;
        this.bus = bus;
        this.primary = primary;
    }

    /** One connection; requests on one that is lost fail. */
    private final class Connection implements BusConnection {

        private final long lostMillis;

        Connection(long lostMillis) {
            this.lostMillis = lostMillis;
        }

        @Override
        public boolean isRelayed() {
            return server.isRelayed();
        }

        @Override
        public Set<Integer> carries(String cache) {
            synchronized (server.lock()) {
                return server.partitionsAt(primary, cache, instance.partitions(cache));
            }
        }

        @Override
        public void subscribe(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {
            request(this, Operation.SUBSCRIBE, reply, () -> {
                requireHere(cache, partitions);
                partitions.forEach(partition -> subscriptions.add(new Channel(cache, partition)));
                return Boolean.TRUE;
            });
        }

        @Override
        public void position(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {
            request(this, Operation.POSITION, reply, () -> {
                requireHere(cache, partitions);
                return server.position(primary, cache, partitions);
            });
        }

        @Override
        public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
            BiConsumer<@Nullable Beat, @Nullable Throwable> acknowledge = (beat, failure) -> {
                if (beat != null) {
                    acknowledged(beat.millis);
                }
                reply.accept(beat == null ? null : beat.history, failure);
            };
            request(
                    this,
                    Operation.HEARTBEAT,
                    acknowledge,
                    () -> new Beat(server.history(primary), server.beat(primary, instance)));
        }

        @Override
        public long lostMillis() {
            return lostMillis;
        }

        @Override
        public void reset() {
            synchronized (server.lock()) {
                if (connection == this) {
                    lose();
                    connect();
                }
            }
            drain();
        }

        @Override
        public String toString() {
            return instance + "/primary-" + primary;
        }
    }

    private record Beat(String history, long millis) {}

    private void acknowledged(long beat) {
        synchronized (server.lock()) {
            lastBeat = Math.max(lastBeat, beat);
        }
    }

    /** As a server in a cluster, which answers what lies elsewhere by an error. */
    private void requireHere(String cache, Set<Integer> partitions) {
        for (int partition : partitions) {
            if (server.primaryOf(cache, partition) != primary) {
                throw new IllegalStateException(cache + "/" + partition + " does not lie at primary " + primary);
            }
        }
    }

    private <T> void request(
            Connection on,
            Operation operation,
            BiConsumer<@Nullable T, @Nullable Throwable> reply,
            Supplier<T> execution) {
        synchronized (server.lock()) {
            Runnable lost = () -> reply.accept(null, RemoteGate.lost(operation));
            if (connection != on) {
                queue.add(Delivery.local(() -> reply.accept(null, new IOException("The bus has no connection"))));
            } else {
                switch (instance.behaviour(operation)) {
                    case ANSWER -> {
                        instance.count(operation);
                        queue.add(Delivery.reply(executed(execution, reply), lost));
                    }
                    case FAIL ->
                        queue.add(Delivery.reply(
                                () -> reply.accept(null, new IOException(operation + " was answered by an error")),
                                lost));
                    case HANG -> unanswered.add(Delivery.reply(() -> {}, lost));
                }
            }
        }
        drain();
    }

    private static <T> Runnable executed(Supplier<T> execution, BiConsumer<@Nullable T, @Nullable Throwable> reply) {
        try {
            T result = execution.get();
            return () -> reply.accept(result, null);
        } catch (IllegalStateException e) {
            return () -> reply.accept(null, e);
        }
    }

    // Under the server's lock but for drain().

    void hold() {
        held = true;
    }

    void release() {
        held = false;
    }

    void setUnreachable(boolean newUnreachable) {
        unreachable = newUnreachable;
    }

    boolean isConnected() {
        return connection != null;
    }

    boolean isSubscribed(String cache, int partition) {
        return connection != null && subscriptions.contains(new Channel(cache, partition));
    }

    void offer(BiConsumer<BusListener, BusConnection> message) {
        Connection over = connection;
        if (over != null) {
            queue.add(Delivery.message(() -> bus.tell(listener -> message.accept(listener, over))));
        }
    }

    /** The partition has gone to another primary, which the server tells after all its messages. */
    void unsubscribe(String cache, int partition) {
        if (subscriptions.remove(new Channel(cache, partition))) {
            offer((listener, over) -> listener.onUnsubscribed(over, cache, partition));
        }
    }

    /** A partition has come from another primary; the instance learns of it by itself. */
    void assign() {
        Connection over = connection;
        if (over != null) {
            queue.add(Delivery.local(() -> bus.tell(listener -> listener.onAssigned(over))));
        }
    }

    void connect() {
        if (connection == null && !unreachable && bus.mayConnect()) {
            long beat = server.lastBeat(primary, instance);
            Connection made = new Connection(beat == 0 ? Long.MAX_VALUE : Math.max(0, lastBeat - beat));
            connection = made;
            queue.add(Delivery.local(() -> bus.tell(listener -> listener.onConnected(made))));
        }
    }

    /** Loses the connection with all that is on its way; unanswered requests fail. */
    void lose() {
        Connection gone = connection;
        if (gone == null) {
            return;
        }
        connection = null;
        subscriptions.clear();
        List<Delivery> onTheirWay = new ArrayList<>(queue);
        onTheirWay.addAll(unanswered);
        unanswered.clear();
        queue.clear();
        for (Delivery each : onTheirWay) {
            Delivery rest = each.afterLoss();
            if (rest != null) {
                queue.add(rest);
            }
        }
        queue.add(Delivery.local(() -> bus.tell(listener -> listener.onDisconnected(gone))));
    }

    /** Delivers what waits, unless another thread, or a caller of this one, is at it and will. */
    void drain() {
        RuntimeException failure = null;
        for (Delivery next = take(true); next != null; next = take(false)) {
            try {
                next.run.run();
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            } catch (Error e) {
                stopDraining();
                throw e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private @Nullable Delivery take(boolean first) {
        synchronized (server.lock()) {
            if (first && draining) {
                return null;
            }
            Delivery next = queue.peek();
            draining = next != null && !(held && next.network);
            return draining ? queue.remove() : null;
        }
    }

    private void stopDraining() {
        synchronized (server.lock()) {
            draining = false;
        }
    }

    /**
     * Something to tell the listener or a requester.
     *
     * @param network whether it comes over the network, so that it can be held and lost
     * @param lost what remains to be done if it is lost
     */
    private record Delivery(
            Runnable run, boolean network, @Nullable Runnable lost) {

        static Delivery message(Runnable run) {
            return new Delivery(run, true, null);
        }

        static Delivery reply(Runnable run, Runnable lost) {
            return new Delivery(run, true, lost);
        }

        static Delivery local(Runnable run) {
            return new Delivery(run, false, null);
        }

        @Nullable
        Delivery afterLoss() {
            if (!network) {
                return this;
            }
            return lost == null ? null : local(lost);
        }
    }
}
