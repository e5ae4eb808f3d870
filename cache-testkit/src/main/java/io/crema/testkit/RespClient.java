package io.crema.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One blocking RESP2 connection to a server on the loopback interface, enough to administrate it. Text is ISO 8859-1, so
 * that binary keys pass unchanged. For one thread.
 */
final class RespClient implements AutoCloseable {

    private static final Charset TEXT = StandardCharsets.ISO_8859_1;

    private final Socket socket;
    private final InputStream in;

    private RespClient(Socket socket) throws IOException {
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** The limit is that of connecting and of each reply. */
    static RespClient connect(int port, @Nullable String password, int limitMillis) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), limitMillis);
            socket.setSoTimeout(limitMillis);
            socket.setTcpNoDelay(true);
            RespClient client = new RespClient(socket);
            if (password != null) {
                client.call("AUTH", password);
            }
            return client;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Returns the reply as text: an array flattened, integers in decimal, without what is nil. */
    List<String> call(String... words) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(("*" + words.length + "\r\n").getBytes(TEXT));
        for (String word : words) {
            // A char is a byte in this charset.
            request.writeBytes(("$" + word.length() + "\r\n" + word + "\r\n").getBytes(TEXT));
        }
        socket.getOutputStream().write(request.toByteArray());
        List<String> reply = new ArrayList<>();
        read(reply);
        return reply;
    }

    private void read(List<String> reply) throws IOException {
        String line = line();
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '+', ':' -> reply.add(rest);
            case '-' -> throw new Refusal(rest);
            case '$' -> {
                int length = Integer.parseInt(rest);
                if (length >= 0) {
                    reply.add(new String(in.readNBytes(length), TEXT));
                    in.readNBytes("\r\n".length());
                }
            }
            case '*' -> {
                int count = Integer.parseInt(rest);
                for (int i = 0; i < count; i++) {
                    read(reply);
                }
            }
            default -> throw new IOException("Not RESP2: " + line);
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("The server has closed the connection");
            }
            line.write(next);
        }
        in.readNBytes("\n".length());
        return line.toString(TEXT);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** The server has answered with an error. */
    static final class Refusal extends IOException {

        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }
    }
}
