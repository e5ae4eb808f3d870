package io.crema.testkit;

import io.crema.testkit.FaultProxy.Direction;
import io.crema.testkit.FaultProxy.Link;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a proxy. It alone touches sockets, connections and faults; others hand it what is to be done and wait.
 *
 * <p>One thread and a selector rather than two threads per connection: a fault is set between two steps of the loop, so that
 * nothing passes that saw the state before.
 */
final class ProxyLoop implements Runnable {

    /**
     * The kernel's part of what a connection holds back. Left to itself it grows to megabytes, which a server would have to
     * send before it notices a slow reader.
     */
    private static final int PORT_ATTEMPTS = 5;

    private static final int KERNEL_BUFFER = 64 * 1024;

    private static final int BACKLOG = 1024;
    private static final int WITHOUT_END = 0;

    private final Selector selector;
    private final InetSocketAddress address;
    private final InetSocketAddress target;
    private final Thread thread;
    private final Queue<Order> orders = new ConcurrentLinkedQueue<>();
    private final ProxyCounters counters = new ProxyCounters();
    private final ProxyBuffer buffer = new ProxyBuffer();
    private final Set<ProxyConnection> connections = new LinkedHashSet<>();
    private final Map<Link, Map<Direction, ProxyFaults>> faults = new EnumMap<>(Link.class);
    private @Nullable ServerSocketChannel listener;
    /** Whether any of the faults is. */
    private boolean timed;

    private boolean closing;
    private volatile @Nullable String ended;

    private ProxyLoop(Selector selector, InetSocketAddress address, InetSocketAddress target) {
        this.selector = selector;
        this.address = address;
        this.target = target;
        thread = new Thread(this, "crema-fault-proxy-" + address.getPort());
        thread.setDaemon(true);
    }

    static ProxyLoop start(int targetPort) throws IOException {
        for (int attempt = 1; true; attempt++) {
            try {
                return startOnFreePort(targetPort);
            } catch (BindException e) {
                // Somebody has taken the port since it was found to be free.
                if (attempt == PORT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static ProxyLoop startOnFreePort(int targetPort) throws IOException {
        InetAddress loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
        Selector selector = Selector.open();
        try {
            ProxyLoop loop = new ProxyLoop(
                    selector,
                    new InetSocketAddress(loopback, EmbeddedRedis.freePort()),
                    new InetSocketAddress(loopback, targetPort));
            loop.listen();
            loop.thread.start();
            return loop;
        } catch (IOException | RuntimeException e) {
            selector.close();
            throw e;
        }
    }

    int port() {
        return address.getPort();
    }

    int target() {
        return target.getPort();
    }

    FaultProxy.Counts counts() {
        return counters.counts();
    }

    /** Has the thread of the proxy do something, and returns when it is done. */
    void call(Task task) {
        Order order = new Order(task, new CompletableFuture<>());
        orders.add(order);
        selector.wakeup();
        // The thread may have looked for orders for the last time before this one came.
        if (ended != null) {
            refuseOrders();
        }
        try {
            order.done.join();
        } catch (CompletionException e) {
            throw rethrown(e.getCause());
        }
    }

    private static RuntimeException rethrown(@Nullable Throwable cause) {
        if (cause instanceof IOException failure) {
            return new UncheckedIOException(failure);
        }
        return new IllegalStateException(cause == null ? null : cause.getMessage(), cause);
    }

    void close() {
        if (ended == null) {
            try {
                call(() -> closing = true);
            } catch (IllegalStateException e) {
                // Closed by another thread, or by itself after a failure: in both cases it ends.
                Objects.requireNonNull(ended, "The proxy ends when it takes no orders");
            }
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        String reason = "This proxy has ended by itself";
        try {
            long waitMillis = WITHOUT_END;
            while (!closing) {
                selector.select(waitMillis);
                handleReady();
                obey();
                waitMillis = passWhatIsDue();
            }
            reason = "This proxy has been closed";
        } catch (IOException | RuntimeException e) {
            reason += ": " + e;
            System.getLogger(FaultProxy.class.getName()).log(System.Logger.Level.ERROR, reason, e);
        } finally {
            closeAll();
            ended = reason;
            refuseOrders();
        }
    }

    private void handleReady() throws IOException {
        for (SelectionKey key : selector.selectedKeys()) {
            if (!key.isValid()) {
                continue;
            }
            if (key.attachment() instanceof ProxyConnection connection) {
                connection.ready(key);
            } else if (key.isAcceptable()) {
                accept((ServerSocketChannel) key.channel());
            }
        }
        selector.selectedKeys().clear();
    }

    private void accept(ServerSocketChannel from) throws IOException {
        for (SocketChannel client = from.accept(); client != null; client = from.accept()) {
            try {
                connect(client);
            } catch (IOException e) {
                client.close();
                System.getLogger(FaultProxy.class.getName())
                        .log(System.Logger.Level.WARNING, "The proxy on " + address + " cannot serve a client", e);
            }
        }
    }

    private void connect(SocketChannel client) throws IOException {
        prepare(client);
        SocketChannel server = SocketChannel.open();
        prepare(server);
        ProxyConnection connection = new ProxyConnection(this, counters.accepted(), client, server);
        connections.add(connection);
        connection.open(selector, target);
    }

    private static void prepare(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, KERNEL_BUFFER);
    }

    private void obey() throws IOException {
        List<Order> obeyed = new ArrayList<>();
        for (Order order = orders.poll(); order != null; order = orders.poll()) {
            obeyed.add(order);
            try {
                order.task.run();
            } catch (IOException | RuntimeException e) {
                order.done.completeExceptionally(e);
            }
        }
        if (!obeyed.isEmpty()) {
            try {
                // A closed socket is really closed when the selector has let go of it.
                selector.selectNow();
            } finally {
                obeyed.forEach(order -> order.done.complete(null));
            }
        }
    }

    /** Returns how long the selector may wait, in milliseconds. */
    private long passWhatIsDue() {
        if (!timed) {
            return WITHOUT_END;
        }
        long now = System.nanoTime();
        long wait = Long.MAX_VALUE;
        for (ProxyConnection connection : List.copyOf(connections)) {
            wait = Math.min(wait, connection.passWhatIsDue(now));
        }
        return wait == Long.MAX_VALUE ? WITHOUT_END : TimeUnit.NANOSECONDS.toMillis(wait) + 1;
    }

    private void closeAll() {
        for (ProxyConnection connection : List.copyOf(connections)) {
            connection.close();
        }
        try {
            refuse();
            // Closes the sockets that wait for the selector to let go of them.
            selector.close();
        } catch (IOException e) {
            System.getLogger(FaultProxy.class.getName())
                    .log(System.Logger.Level.WARNING, "The proxy on " + address + " has not closed all", e);
        }
    }

    private void refuseOrders() {
        for (Order order = orders.poll(); order != null; order = orders.poll()) {
            order.done.completeExceptionally(new IllegalStateException(ended));
        }
    }

    // All below: by the thread of the proxy only, listen also before it starts.

    ProxyFaults faults(Link link, Direction direction) {
        return faults.getOrDefault(link, Map.of()).getOrDefault(direction, ProxyFaults.NONE);
    }

    ProxyCounters counters() {
        return counters;
    }

    ProxyBuffer buffer() {
        return buffer;
    }

    void set(Link link, Direction direction, ProxyFaults.Change change) {
        replace(link, direction, change.of(faults(link, direction)));
        of(link).forEach(ProxyConnection::faultsChanged);
    }

    void heal(Link link, Direction direction) {
        ProxyFaults before = faults(link, direction);
        replace(link, direction, ProxyFaults.NONE);
        for (ProxyConnection connection : of(link)) {
            if (connection.hasLost(direction, before)) {
                connection.reset();
            } else {
                connection.faultsChanged();
            }
        }
    }

    private void replace(Link link, Direction direction, ProxyFaults now) {
        ProxyFaults before = faults(link, direction);
        faults.computeIfAbsent(link, any -> new EnumMap<>(Direction.class)).put(direction, now);
        timed = faults.values().stream()
                .anyMatch(ofLink -> ofLink.values().stream().anyMatch(ProxyFaults::isTimed));
        if (now.dropShare() != before.dropShare() || now.seed() != before.seed()) {
            connections.forEach(ProxyConnection::dropsChanged);
        }
    }

    void halfClose(Link link, Direction direction) {
        of(link).forEach(connection -> connection.halfClose(direction));
    }

    void reset(Link link) {
        of(link).forEach(ProxyConnection::reset);
    }

    void refuse() throws IOException {
        ServerSocketChannel open = listener;
        if (open != null) {
            listener = null;
            open.close();
        }
    }

    void listen() throws IOException {
        if (listener != null) {
            return;
        }
        ServerSocketChannel opened = ServerSocketChannel.open();
        try {
            opened.setOption(StandardSocketOptions.SO_RCVBUF, KERNEL_BUFFER);
            opened.bind(address, BACKLOG);
            opened.configureBlocking(false);
            opened.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        listener = opened;
    }

    void forget(ProxyConnection connection) {
        connections.remove(connection);
    }

    private List<ProxyConnection> of(Link link) {
        return connections.stream()
                .filter(connection -> connection.link() == link)
                .toList();
    }

    /** Something for the thread of the proxy to do. */
    @FunctionalInterface
    interface Task {

        void run() throws IOException;
    }

    private record Order(Task task, CompletableFuture<@Nullable Void> done) {}
}
