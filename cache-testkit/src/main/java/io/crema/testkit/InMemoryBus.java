package io.crema.testkit;

import io.crema.spi.BusListener;
import io.crema.spi.BusPosition;
import io.crema.spi.InvalidationBus;
import io.crema.spi.RemoteCache;
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
    private final Set<String> subscriptions = new HashSet<>();
    private @Nullable BusListener listener;
    private boolean connected;
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

    @Override
    public void subscribe(RemoteCache cache, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply) {
        request(Operation.SUBSCRIBE, reply, () -> {
            subscriptions.add(cache.name());
            return Boolean.TRUE;
        });
    }

    @Override
    public void position(RemoteCache cache, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply) {
        request(Operation.POSITION, reply, () -> server.position(cache.name(), cache.partitions()));
    }

    @Override
    public void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply) {
        request(Operation.HEARTBEAT, reply, server::history);
    }

    @Override
    public void reset() {
        synchronized (server.lock()) {
            lose();
            connect();
        }
        drain();
    }

    private <T> void request(
            Operation operation, BiConsumer<@Nullable T, @Nullable Throwable> reply, Supplier<T> execution) {
        synchronized (server.lock()) {
            Runnable lost = () -> reply.accept(null, RemoteGate.lost(operation));
            if (!connected) {
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
        return connected;
    }

    /** Takes a message of the server, which is lost unless this connection is subscribed. */
    void offer(String cache, Consumer<BusListener> message) {
        if (!connected || !subscriptions.contains(cache)) {
            return;
        }
        if (toDrop > 0) {
            toDrop--;
            return;
        }
        Delivery delivery = Delivery.message(() -> tell(message));
        queue.add(delivery);
        if (toDuplicate > 0) {
            toDuplicate--;
            queue.add(delivery);
        }
    }

    void connect() {
        if (!connected && !unreachable && listener != null && !instance.isClosed()) {
            connected = true;
            queue.add(Delivery.local(() -> tell(BusListener::onConnected)));
        }
    }

    /** Loses the connection with all that is on its way; unanswered requests fail. */
    void lose() {
        if (!connected) {
            return;
        }
        connected = false;
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
        queue.add(Delivery.local(() -> tell(BusListener::onDisconnected)));
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
