package io.crema.scenarios;

import io.crema.CacheWriter;
import io.crema.WriteContext;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The writer of an instance: sends batches to {@link Rows}, each over a connection that no other uses. Thread-safe. */
final class RowsClient implements CacheWriter<String, byte[]> {

    private final int port;
    private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();

    RowsClient(int port) {
        this.port = port;
    }

    private record Connection(Socket socket, DataOutputStream out) {}

    @Override
    public void write(String key, byte[] value, WriteContext context) throws IOException {
        writeAll(Map.of(key, value), context);
    }

    @Override
    public void delete(String key, WriteContext context) {
        throw new UnsupportedOperationException("Nothing is deleted here");
    }

    @Override
    public void writeAll(Map<String, byte[]> values, WriteContext context) throws IOException {
        Connection connection = idle.poll();
        if (connection == null) {
            connection = connect();
        }
        boolean usable = false;
        try {
            connection.out.writeInt(values.size());
            for (Map.Entry<String, byte[]> entry : values.entrySet()) {
                connection.out.writeUTF(entry.getKey());
                connection.out.writeLong(context.of(entry.getKey()).writeId());
                connection.out.write(entry.getValue());
            }
            connection.out.flush();
            if (connection.socket.getInputStream().read() < 0) {
                throw new EOFException("The table has gone");
            }
            usable = true;
        } finally {
            if (usable) {
                idle.add(connection);
            } else {
                connection.socket.close();
            }
        }
    }

    private Connection connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        return new Connection(socket, new DataOutputStream(new BufferedOutputStream(socket.getOutputStream())));
    }
}
