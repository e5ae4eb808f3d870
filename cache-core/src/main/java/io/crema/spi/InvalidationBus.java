package io.crema.spi;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries invalidations from the remote tier to this instance, over one connection that delivers in order.
 *
 * <p>Requests return at once. Each reply callback gets a result or a failure, exactly one of them non-null, exactly
 * once, <em>in order with the messages</em>: when a reply arrives, every message published before the request was
 * executed has been delivered, or is lost. Requests without a connection fail; those under way fail when it is lost.
 * Nothing is ever sent again on another connection.
 */
public interface InvalidationBus {

    /** Starts connecting. Called once. */
    void start(BusListener listener);

    /** Subscribes to all partitions of a cache; the reply comes when the subscription is acknowledged. */
    void subscribe(RemoteCache cache, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply);

    /** Reads, on the same connection, the history and then clocks and floors of a cache's partitions. */
    void position(RemoteCache cache, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply);

    /**
     * Proves that the connection reaches a writable primary: executes a write on it. The reply names the history, as
     * {@link BusPosition#history()}.
     */
    void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply);

    /** Drops the connection, which seems dead, and makes a new one. */
    void reset();
}
