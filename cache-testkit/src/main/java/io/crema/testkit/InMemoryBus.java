package io.crema.testkit;

import io.crema.spi.BusConnection;
import io.crema.spi.BusListener;
import io.crema.spi.InvalidationBus;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One instance's subscription connections to the server in memory, one for each primary. State is guarded by the
 * server's lock; the listener is called without it.
 */
final class InMemoryBus implements InvalidationBus {

    private final InMemoryServer server;
    private final InMemoryRemote instance;
    private final List<InMemoryLink> links;
    private @Nullable BusListener listener;
    private int toDrop;
    private int toDuplicate;

    InMemoryBus(InMemoryServer server, InMemoryRemote instance) {
        this.server = server;
        this.instance = instance;
        this.links = IntStream.range(0, server.primaries())
                .mapToObj(primary -> new InMemoryLink(server, instance, this, primary))
                .toList();
    }

    @Override
    public void start(BusListener newListener) {
        synchronized (server.lock()) {
            if (listener != null) {
                throw new IllegalStateException(
                        "This remote tier is in use by a Crema, or was; give each Crema one of its own");
            }
            listener = newListener;
            links.forEach(InMemoryLink::connect);
        }
        drain();
    }

    // Under the server's lock but for drain() and tell(..).

    InMemoryLink link(int primary) {
        return links.get(primary);
    }

    List<InMemoryLink> links() {
        return links;
    }

    void drop(int messages) {
        toDrop += messages;
    }

    void duplicate(int messages) {
        toDuplicate += messages;
    }

    boolean mayConnect() {
        return listener != null && !instance.isClosed();
    }

    /** Takes a message of a primary, which is lost unless the connection to it is subscribed. */
    void offer(int primary, String cache, int partition, BiConsumer<BusListener, BusConnection> message) {
        InMemoryLink link = links.get(primary);
        if (!link.isSubscribed(cache, partition)) {
            return;
        }
        if (toDrop > 0) {
            toDrop--;
            return;
        }
        link.offer(message);
        if (toDuplicate > 0) {
            toDuplicate--;
            link.offer(message);
        }
    }

    /** Delivers what waits on each connection that is not held; one that throws does not keep the others from it. */
    void drain() {
        RuntimeException failure = null;
        for (InMemoryLink link : links) {
            try {
                link.drain();
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    void tell(Consumer<BusListener> message) {
        BusListener told = listener;
        if (told != null) {
            message.accept(told);
        }
    }
}
