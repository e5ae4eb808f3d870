package io.crema.scenarios;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * The origin of all instances: a server in this process that answers for a key with its {@link Value}, and writes down
 * every request, whatever becomes of it. A request is a key; several may follow each other on a connection. Thread-safe.
 */
final class Origin implements AutoCloseable {

    /** What it does with requests. */
    enum Mode {
        /** Answers after its delay. */
        ANSWER,
        /** Hangs up after its delay. */
        FAIL,
        /** Does nothing with those that are there and those that come, until it has another mode; then answers them. */
        HANG
    }

    private static final int BACKLOG = 1024;

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

    /** Guarded by this. */
    private Mode mode = Mode.ANSWER;

    private volatile long delayNanos;
    private volatile boolean closed;

    private static final class Request {

        final String key;
        final long begun = System.nanoTime();
        volatile long ended = CallLog.NEVER;
        volatile boolean answered;

        Request(String key) {
            this.key = key;
        }
    }

    private Origin(ServerSocket server) {
        this.server = server;
    }

    static Origin start() {
        try {
            Origin origin = new Origin(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
            origin.thread("origin", origin::accept);
            return origin;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    synchronized void set(Mode next, Duration delay) {
        delayNanos = delay.toNanos();
        mode = next;
        notifyAll();
    }

    /** All requests so far. */
    CallLog log() {
        return new CallLog(requests.stream()
                .map(request -> new CallLog.Call(request.key, request.begun, request.ended, request.answered))
                .toList());
    }

    /** How many requests there were. Takes time. */
    int count() {
        return requests.size();
    }

    private void thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                thread("origin-connection", () -> serve(socket));
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            while (!closed) {
                Request request = new Request(in.readUTF());
                requests.add(request);
                boolean answers = await();
                request.answered = answers;
                request.ended = System.nanoTime();
                if (!answers) {
                    return;
                }
                socket.getOutputStream().write(Value.of(request.key, request.ended));
            }
        } catch (IOException e) {
            // The client has gone, which is its right.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(socket);
        }
    }

    /** Returns whether to answer. */
    private boolean await() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(delayNanos);
        synchronized (this) {
            while (mode == Mode.HANG && !closed) {
                wait();
            }
            return mode == Mode.ANSWER;
        }
    }

    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            notifyAll();
        }
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
