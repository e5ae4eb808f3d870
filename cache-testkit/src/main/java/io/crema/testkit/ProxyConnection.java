package io.crema.testkit;

import io.crema.testkit.FaultProxy.Direction;
import io.crema.testkit.FaultProxy.Link;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A client's connection and the one to the server behind it. For the thread of the proxy. */
final class ProxyConnection {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ProxyLoop loop;
    private final long number;
    private final SocketChannel client;
    private final SocketChannel server;
    private final ProxyFlow toServer;
    private final ProxyFlow toClient;
    private final SubscribeWatch watch = new SubscribeWatch();
    private final PushFilter filter;
    private Link link = Link.COMMANDS;
    private @Nullable SelectionKey clientKey;
    private @Nullable SelectionKey serverKey;
    private boolean connected;
    private boolean closed;

    ProxyConnection(ProxyLoop loop, long number, SocketChannel client, SocketChannel server) {
        this.loop = loop;
        this.number = number;
        this.client = client;
        this.server = server;
        toServer = new ProxyFlow(this, Direction.TO_SERVER, client, server);
        toClient = new ProxyFlow(this, Direction.TO_CLIENT, server, client);
        filter = new PushFilter(loop.counters());
        dropsChanged();
    }

    Link link() {
        return link;
    }

    void open(Selector selector, InetSocketAddress target) throws IOException {
        clientKey = client.register(selector, 0, this);
        serverKey = server.register(selector, 0, this);
        try {
            connected = server.connect(target);
        } catch (IOException e) {
            toClient.sourceBroke(System.nanoTime());
        }
        settle();
    }

    void ready(SelectionKey key) {
        long now = System.nanoTime();
        if (key.isConnectable()) {
            connect(now);
        } else if (key == clientKey) {
            handle(key, toServer, toClient, now);
        } else {
            handle(key, toClient, toServer, now);
        }
        settle();
    }

    private void connect(long now) {
        try {
            connected = server.finishConnect();
            toServer.pass(now);
        } catch (IOException e) {
            toClient.sourceBroke(now);
        }
    }

    private static void handle(SelectionKey key, ProxyFlow from, ProxyFlow to, long now) {
        if (key.isValid() && key.isWritable()) {
            to.pass(now);
        }
        if (key.isValid() && key.isReadable()) {
            from.read(now);
        }
    }

    /** Returns the nanoseconds until there is more to pass, {@link ProxyFlow#NO_TIME} if time alone brings nothing. */
    long passWhatIsDue(long now) {
        toServer.pass(now);
        toClient.pass(now);
        settle();
        return closed ? ProxyFlow.NO_TIME : Math.min(toServer.timeToNext(now), toClient.timeToNext(now));
    }

    void faultsChanged() {
        long now = System.nanoTime();
        toServer.faultsChanged(now);
        toClient.faultsChanged(now);
        settle();
    }

    /** The share of messages to drop, or the seed, has changed. */
    void dropsChanged() {
        ProxyFaults faults = loop.faults(Link.SUBSCRIPTIONS, Direction.TO_CLIENT);
        filter.drop(faults.dropShare(), faults.seed() + number);
    }

    void halfClose(Direction direction) {
        flow(direction).halfClose(System.nanoTime());
        settle();
    }

    boolean hasLost(Direction direction, ProxyFaults before) {
        return flow(direction).hasLost(before);
    }

    /** Ends both sides with a RST. */
    void reset() {
        if (!closed) {
            resetOnClose(client);
            resetOnClose(server);
            close();
        }
    }

    private static void resetOnClose(SocketChannel channel) {
        try {
            if (channel.isOpen()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            // The other end has closed it: nobody is left to be told.
            return;
        }
    }

    void close() {
        if (!closed) {
            closed = true;
            loop.counters().ended(link);
            loop.forget(this);
            close(client);
            close(server);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger(FaultProxy.class.getName()).log(System.Logger.Level.DEBUG, "Not closed in order", e);
        }
    }

    /** Closes when both directions have ended, else waits for what can happen next. */
    private void settle() {
        if (closed) {
            return;
        }
        if (toServer.isEnded() && toClient.isEnded() || toServer.isSinkGone() && toClient.isSinkGone()) {
            close();
            return;
        }
        int ofClient = interest(toServer, toClient);
        int ofServer = connected ? interest(toClient, toServer) : SelectionKey.OP_CONNECT;
        watchFor(clientKey, ofClient);
        watchFor(serverKey, ofServer);
    }

    private static int interest(ProxyFlow from, ProxyFlow to) {
        return (from.wantsToRead() ? SelectionKey.OP_READ : 0) | (to.wantsToWrite() ? SelectionKey.OP_WRITE : 0);
    }

    private static void watchFor(@Nullable SelectionKey key, int operations) {
        if (key != null && key.isValid() && key.interestOps() != operations) {
            key.interestOps(operations);
        }
    }

    // Below: for the two flows.

    ProxyFaults faults(Direction direction) {
        return loop.faults(link, direction);
    }

    ProxyBuffer buffer() {
        return loop.buffer();
    }

    ProxyCounters counters() {
        return loop.counters();
    }

    ProxyFlow opposite(Direction direction) {
        return direction == Direction.TO_SERVER ? toClient : toServer;
    }

    boolean isReachable(Direction direction) {
        return !closed && (connected || direction == Direction.TO_CLIENT);
    }

    /** Looks at bytes that were read, and takes out of them what is dropped or held back. */
    void inspect(Direction direction, ByteBuffer bytes) {
        if (direction == Direction.TO_CLIENT) {
            filter.filter(bytes);
        } else if (link == Link.COMMANDS && watch.sees(bytes)) {
            link = Link.SUBSCRIPTIONS;
            loop.counters().subscribed();
        }
    }

    /** What inspecting holds back when the stream ends. */
    ByteBuffer rest(Direction direction) {
        return direction == Direction.TO_CLIENT ? filter.rest() : NOTHING;
    }

    /** The source of that direction has gone: nothing reaches it either. */
    void gone(Direction direction) {
        close(direction == Direction.TO_SERVER ? client : server);
        opposite(direction).sinkWent();
    }

    private ProxyFlow flow(Direction direction) {
        return direction == Direction.TO_SERVER ? toServer : toClient;
    }
}
