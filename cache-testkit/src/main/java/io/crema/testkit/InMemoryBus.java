package io.crema.testkit;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.InvalidationBus;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One instance's subscription connection to the server in memory: a queue of messages and replies, emptied in order by
 * one thread at a time, whichever comes first. State is guarded by the server's lock; the listener is called without it.
 */
final class InMemoryBus implements InvalidationBus {

    private final InMemoryServer server;
    private final InMemoryRemote instance;
    private final Deque<Delivery> queue = new ArrayDeque<>();
    private final List<Delivery> unanswered = new ArrayList<>();
    private final Set<Channel> subscriptions = new HashSet<>();
    private @Nullable BusListener listener;
    private @Nullable Connection connection;
    private boolean unreachable;
    private boolean held;
    private boolean draining;
    private int toDrop;
    private int toDuplicate;

    InMemoryBus(InMemoryServer server, InMemoryRemote instance) {
        this.server = server;
        this.instance = instance;
    }

    @Override
    public void start(BusListener newListener) {
        synchronized (server.lock()) {
            if (listener != null) {
                throw new IllegalStateException(
                        "This remote tier is in use by a Crema, or was; give each Crema one of its own");
            }
            listener = newListener;
            connect();
        }
        drain();
    }

    /** One connection; requests on one that is lost fail. */
    private final class Connection implements BusConnection {

        @Override
        public boolean isRelayed() {
            return false;
        }

        @Override
        public Set<Integer> carries(String cache) {
            return server.partitions(cache);
        }

        @Override
        public void subscribe(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {
            request(this, Operation.SUBSCRIBE, reply, () -> {
                partitions.forEach(partition -> subscriptions.add(new Channel(cache, partition)));
                return Boolean.TRUE;
            });
        }

        @Override
        public void position(
                String cache, Set<Integer> partitions, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {
            request(this, Operation.POSITION, reply, () -> server.position(cache, partitions));
        }

        @Override
        public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
            request(this, Operation.HEARTBEAT, reply, server::history);
        }

        @Override
        public long lostMillis() {
            return 0;
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
    }

    private record Channel(String cache, int partition) {}

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
                        T result = execution.get();
                        queue.add(Delivery.reply(() -> reply.accept(result, null), lost));
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

    // Faults. Under the server's lock but for drain().

    void hold() {
        held = true;
    }

    void release() {
        held = false;
    }

    void drop(int messages) {
        toDrop += messages;
    }

    void duplicate(int messages) {
        toDuplicate += messages;
    }

    void setUnreachable(boolean newUnreachable) {
        unreachable = newUnreachable;
    }

    boolean isConnected() {
        return connection != null;
    }

    /** Takes a message of the server, which is lost unless this connection is subscribed. */
    void offer(String cache, int partition, BiConsumer<BusListener, BusConnection> message) {
        Connection over = connection;
        if (over == null || !subscriptions.contains(new Channel(cache, partition))) {
            return;
        }
        if (toDrop > 0) {
            toDrop--;
            return;
        }
        Delivery delivery = Delivery.message(() -> tell(listener -> message.accept(listener, over)));
        queue.add(delivery);
        if (toDuplicate > 0) {
            toDuplicate--;
            queue.add(delivery);
        }
    }

    void connect() {
        if (connection == null && !unreachable && listener != null && !instance.isClosed()) {
            Connection made = new Connection();
            connection = made;
            queue.add(Delivery.local(() -> tell(listener -> listener.onConnected(made))));
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
        queue.add(Delivery.local(() -> tell(listener -> listener.onDisconnected(gone))));
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

    private void tell(Consumer<BusListener> message) {
        BusListener told = listener;
        if (told != null) {
            message.accept(told);
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
