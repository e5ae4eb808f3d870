package io.crema.coherence.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port that leads to a server's. */
final class PassThrough implements AutoCloseable {

    private final ServerSocket listener;
    private final int server;
    private final Set<Integer> outgoing = ConcurrentHashMap.newKeySet();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private PassThrough(int server) throws IOException {
        this.server = server;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    static PassThrough to(int server) {
        try {
            PassThrough proxy = new PassThrough(server);
            start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int server() {
        return server;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The ports from which it has connected to the server. */
    Set<Integer> outgoing() {
        return outgoing;
    }

    @Override
    public void close() {
        close(listener);
        sockets.forEach(PassThrough::close);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket target = new Socket(InetAddress.getLoopbackAddress(), server);
                sockets.add(client);
                sockets.add(target);
                outgoing.add(target.getLocalPort());
                start(() -> copy(client, target));
                start(() -> copy(target, client));
            }
        } catch (IOException e) {
            close();
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // One of the two has closed: so has the other now.
            return;
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "pass-through");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
