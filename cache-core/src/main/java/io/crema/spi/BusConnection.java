package io.crema.spi;

import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one primary, which delivers messages in order, from its making to its loss. It carries some
 * partitions of each cache; in a cluster others are carried by other connections, and slots move.
 *
 * <p>Requests return at once. Each reply callback gets a result or a failure, exactly one of them non-null, exactly
 * once, <em>in order with the messages</em> of this connection: when a reply arrives, every message published on it
 * before the request was executed has been delivered, or is lost. Requests under way fail when the connection is lost.
 * Nothing is ever sent again on another one. Caches are named as they were opened, by the same remote tier.
 */
public interface BusConnection {

    /** Whether single messages may get lost without the connection being lost, as over the bus of a cluster. */
    boolean isRelayed();

    /** The partitions of a cache, its tag partition included, that lie at this primary, as far as is known. */
    Set<Integer> carries(String cache);

    /**
     * Subscribes to partitions of a cache; the reply, true, comes when all subscriptions are acknowledged. Those made
     * before stay. Fails if a partition lies elsewhere and the primary says so.
     */
    void subscribe(String cache, Set<Integer> partitions, BiConsumer<@Nullable Boolean, @Nullable Throwable> reply);

    /** Reads the history and then clocks and floors of partitions of a cache, subscribed or not. */
    void position(String cache, Set<Integer> partitions, BiConsumer<@Nullable BusPosition, @Nullable Throwable> reply);

    /**
     * Proves that the connection reaches a writable primary: executes a write on it. The reply names the history, as
     * {@link BusPosition#history()}.
     */
    void heartbeat(BiConsumer<@Nullable String, @Nullable Throwable> reply);

    /**
     * How much the primary may have forgotten, as found when this connection was made: the time in milliseconds, 0 or more,
     * between this instance's last acknowledged heartbeat and the last one that the data there reflects.
     * {@link Long#MAX_VALUE} if it reflects none, as on the first connection.
     */
    long lostMillis();

    /** Drops the connection, which seems dead; the bus makes a new one. */
    void reset();
}
