package io.crema.redis.internal.client;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection from its making to its loss, which is final. Then everything under way fails at once, and nothing is
 * sent again: Lettuce's own reconnecting is stopped by closing the connection in the callback that reports the loss,
 * which its channel pipeline calls before the handler that would reconnect. That holds for a client of the user too,
 * whatever its options.
 *
 * <p>Thread-safe. Replies complete requests on the connection's event loop.
 */
public final class Link implements Lane {

    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final String server;
    private final Runnable onLost;
    private final Set<Request<?>> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable RedisException lost;

    Link(StatefulRedisConnection<byte[], byte[]> connection, String server, Runnable onLost) {
        this.connection = connection;
        this.server = server;
        this.onLost = onLost;
    }

    /** Watches the connection from now on; it may be lost already. */
    void watch() {
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                end();
            }
        });
        if (!connection.isOpen()) {
            end();
        }
    }

    public StatefulRedisConnection<byte[], byte[]> connection() {
        return connection;
    }

    public boolean isLost() {
        return lost != null;
    }

    /** Why requests fail since the link is lost. */
    public RedisException failure() {
        RedisException failure = lost;
        return failure == null ? new RedisException("The connection to " + server + " was lost") : failure;
    }

    /** Sends a request; if the link is lost or dropped, before or meanwhile, the request fails. */
    public void send(Request<?> request) {
        if (!isOver()) {
            request.sentOver(this);
            underWay.add(request);
            connection.dispatch(request);
        }
        if (isOver()) {
            request.completeExceptionally(failure());
        }
    }

    private boolean isOver() {
        return lost != null || closing.get();
    }

    /** Sends a command over this connection; the callback is there before. */
    @Override
    public void send(
            ProtocolKeyword type,
            List<byte[]> arguments,
            BiConsumer<@Nullable List<byte @Nullable []>, @Nullable Throwable> reply) {
        Request<List<byte @Nullable []>> request = Commands.request(type, arguments);
        request.whenComplete(reply);
        send(request);
    }

    /**
     * Closes the connection, over which nothing is sent from now on; it is lost as soon as its event loop has seen that.
     * The future ends when it is closed.
     */
    public CompletableFuture<Void> drop() {
        if (closing.compareAndSet(false, true)) {
            connection.closeAsync().whenComplete((nothing, failure) -> closed.complete(null));
        }
        return closed;
    }

    void forget(Request<?> request) {
        underWay.remove(request);
    }

    private void end() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        RedisException failure = new RedisException("The connection to " + server + " was lost");
        lost = failure;
        for (Request<?> request : underWay) {
            request.completeExceptionally(failure);
        }
        drop();
        onLost.run();
    }
}
