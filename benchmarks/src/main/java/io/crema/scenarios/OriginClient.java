package io.crema.scenarios;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** The loader of an instance: asks the origin and waits for it, for ever if need be. Thread-safe. */
final class OriginClient {

    /** What an interrupt does to a thread that waits. */
    enum Kind {
        /** Ends its wait, as with most clients of today. */
        INTERRUPTIBLE,
        /** Nothing, as with many drivers. */
        DEAF
    }

    private final InetSocketAddress address;
    private final Kind kind;

    /** The one that was used last comes first. */
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();

    OriginClient(int port, Kind kind) {
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.kind = kind;
    }

    private record Connection(AutoCloseable socket, DataInputStream in, DataOutputStream out) {

        void close() {
            try {
                socket.close();
            } catch (Exception e) {
                // It is of no use any more, closed or not.
                return;
            }
        }
    }

    byte[] load(String key) throws IOException {
        Connection connection = idle.pollFirst();
        if (connection == null) {
            connection = connect();
        }
        boolean usable = false;
        try {
            connection.out.writeUTF(key);
            connection.out.flush();
            byte[] value = new byte[Value.BYTES];
            connection.in.readFully(value);
            usable = true;
            return value;
        } finally {
            if (usable) {
                idle.addFirst(connection);
            } else {
                connection.close();
            }
        }
    }

    private Connection connect() throws IOException {
        if (kind == Kind.DEAF) {
            Socket socket = new Socket();
            socket.connect(address);
            socket.setTcpNoDelay(true);
            return new Connection(
                    socket,
                    new DataInputStream(socket.getInputStream()),
                    new DataOutputStream(new BufferedOutputStream(socket.getOutputStream())));
        }
        SocketChannel channel = SocketChannel.open(address);
        channel.socket().setTcpNoDelay(true);
        return new Connection(
                channel,
                new DataInputStream(Channels.newInputStream(channel)),
                new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel))));
    }
}
