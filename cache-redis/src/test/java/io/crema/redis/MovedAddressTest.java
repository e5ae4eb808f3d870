package io.crema.redis;

import static org.awaitility.Awaitility.await;

import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.testkit.EmbeddedRedis;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An address that leads to another primary from some moment on, as that of a failover; the old one lives on and goes on
 * answering the connections that it has.
 */
class MovedAddressTest extends ServerTest {

    private EmbeddedRedis next;
    private Address address;
    private ClusterListener listener;
    private RemoteCache cache;

    @BeforeEach
    void connect() throws IOException {
        next = opened(EmbeddedRedis.start());
        address = opened(new Address(redis.port()));
        RedisRemote remote = opened(RedisRemote.connect("redis://127.0.0.1:" + address.port()));
        cache = open(remote);
        listener = new ClusterListener();
        remote.invalidations().start(listener);
        await().until(() -> listener.connections().size() == 1);
        listener.subscribe(cache.name(), 0);
        get(cache.put(key(), value("before"), 0, 0));
    }

    @Test
    void invalidationsComeFromTheNewOne_commandsGoThereToo() {
        address.leadTo(next.port());
        plain().clientKill(KillArgs.Builder.typePubsub());

        await().ignoreExceptions().until(this::isWrittenAtTheNewOne);
    }

    @Test
    void commandsGoToTheNewOne_invalidationsComeFromThereToo() {
        var before = listener.connections().iterator().next();
        address.leadTo(next.port());
        plain().clientKill(KillArgs.Builder.typeNormal().skipme());

        await().until(() ->
                listener.connections().size() == 1 && !listener.connections().contains(before));
        await().ignoreExceptions().until(this::isWrittenAtTheNewOne);
    }

    private boolean isWrittenAtTheNewOne() {
        get(cache.put(key(), value("after"), 0, 0));
        try (RedisClient client = RedisClient.create(next.uri())) {
            RedisCommands<byte[], byte[]> there =
                    client.connect(ByteArrayCodec.INSTANCE).sync();
            return there.dbsize() > 0;
        }
    }

    private RemoteKey key() {
        return key(cache, "sA");
    }

    /** Forwards new connections to a server on this machine, and leaves those that it has. */
    private static final class Address implements AutoCloseable {

        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> open = new CopyOnWriteArrayList<>();
        private volatile int target;

        Address(int target) throws IOException {
            this.target = target;
            daemon(this::accept);
        }

        int port() {
            return socket.getLocalPort();
        }

        void leadTo(int port) {
            target = port;
        }

        private void accept() {
            try {
                for (; ; ) {
                    Socket from = socket.accept();
                    Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
                    open.addAll(List.of(from, to));
                    daemon(() -> copy(from, to));
                    daemon(() -> copy(to, from));
                }
            } catch (IOException e) {
                close();
            }
        }

        private static void copy(Socket from, Socket to) {
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                in.transferTo(out);
            } catch (IOException e) {
                // One end closed it, so both are.
                return;
            }
        }

        private static void daemon(Runnable task) {
            Thread thread = new Thread(task, "address");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() {
            try {
                socket.close();
                for (Socket each : open) {
                    each.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
