package io.crema.scenarios;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The table of all instances: a server in this process that takes batches of writes, needs a while for each, and writes down
 * what came of the hot key. Thread-safe.
 */
final class Rows implements AutoCloseable {

    private static final int BACKLOG = 64;

    private final ServerSocket server;
    private final long commitNanos;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /** Guarded by this, like all below. */
    private final Map<String, Row> rows = new HashMap<>();

    private final List<Hot> hot = new ArrayList<>();
    private long batches;
    private long writes;
    private long inversions;
    private boolean closed;

    private record Row(long writeId, Update update) {}

    /**
     * A write of the hot key.
     *
     * @param at when it came, by {@link System#nanoTime()}
     * @param ageNanos since its caller began to write it
     */
    record Hot(long at, long ageNanos) {}

    /** @param inversions writes of a key that came after one with the same id or a higher one */
    record Counts(long batches, long writes, long inversions) {}

    private Rows(ServerSocket server, Duration commit) {
        this.server = server;
        this.commitNanos = commit.toNanos();
    }

    /** @param commit how long each batch takes */
    static Rows start(Duration commit) {
        try {
            Rows rows = new Rows(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), commit);
            thread("rows", rows::accept);
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    synchronized Optional<Update> row(String key) {
        return Optional.ofNullable(rows.get(key)).map(Row::update);
    }

    synchronized List<Hot> hot() {
        return List.copyOf(hot);
    }

    synchronized Counts counts() {
        return new Counts(batches, writes, inversions);
    }

    private static void thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void accept() {
        while (!isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                thread("rows-connection", () -> serve(socket));
            } catch (IOException e) {
                if (!isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            while (!isClosed()) {
                int count = in.readInt();
                for (int i = 0; i < count; i++) {
                    String key = in.readUTF();
                    long writeId = in.readLong();
                    write(key, writeId, Update.of(in.readNBytes(Update.BYTES)), System.nanoTime());
                }
                ended();
                TimeUnit.NANOSECONDS.sleep(commitNanos);
                socket.getOutputStream().write(count);
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

    /** As a table that does not compare ids would have it. */
    synchronized void write(String key, long writeId, Update update, long at) {
        writes++;
        Row before = rows.put(key, new Row(writeId, update));
        if (before != null && before.writeId >= writeId) {
            inversions++;
        }
        if (key.equals(Writes.HOT)) {
            hot.add(new Hot(at, at - update.begun()));
        }
    }

    private synchronized void ended() {
        batches++;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
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
