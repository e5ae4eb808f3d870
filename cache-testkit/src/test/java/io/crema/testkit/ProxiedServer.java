package io.crema.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A server without any protocol behind a proxy: a test holds both ends of each connection. */
final class ProxiedServer implements AutoCloseable {

    private static final int LIMIT_MILLIS = 20_000;

    private final ServerSocket listener;
    private final FaultProxy proxy;
    private final List<Pair> pairs = new ArrayList<>();

    ProxiedServer() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(LIMIT_MILLIS);
        proxy = FaultProxy.to(listener.getLocalPort());
    }

    FaultProxy proxy() {
        return proxy;
    }

    /** A connection of {@link FaultProxy.Link#COMMANDS}. */
    Pair connect() throws IOException {
        Socket client = client();
        Pair pair = new Pair(client, limited(listener.accept()));
        pairs.add(pair);
        return pair;
    }

    /** A connection of {@link FaultProxy.Link#SUBSCRIPTIONS}. */
    Pair subscribe() throws IOException {
        Pair pair = connect();
        pair.send("SUBSCRIBE c\r\n");
        pair.serverHears("SUBSCRIBE c\r\n");
        return pair;
    }

    Socket client() throws IOException {
        return limited(new Socket(InetAddress.getLoopbackAddress(), proxy.port()));
    }

    private static Socket limited(Socket socket) throws IOException {
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        for (Pair pair : pairs) {
            pair.client.close();
            pair.server.close();
        }
        listener.close();
    }

    /** Both ends of a connection. */
    record Pair(Socket client, Socket server) {

        void send(String text) throws IOException {
            write(client, text);
        }

        void answer(String text) throws IOException {
            write(server, text);
        }

        void serverHears(String text) throws IOException {
            read(server, text);
        }

        void clientHears(String text) throws IOException {
            read(client, text);
        }

        boolean serverHasHeardNothing() throws IOException {
            return server.getInputStream().available() == 0;
        }

        boolean clientHasHeardNothing() throws IOException {
            return client.getInputStream().available() == 0;
        }

        private static void write(Socket to, String text) throws IOException {
            to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        private static void read(Socket from, String expected) throws IOException {
            String read = new String(from.getInputStream().readNBytes(expected.length()), StandardCharsets.ISO_8859_1);
            if (!read.equals(expected)) {
                throw new AssertionError("Expected '" + expected + "', read '" + read + "'");
            }
        }
    }
}
