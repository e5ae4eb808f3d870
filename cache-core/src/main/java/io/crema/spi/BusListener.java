package io.crema.spi;

/**
 * Receives what an {@link InvalidationBus} carries. All calls for one connection, and all replies to its requests, come
 * one at a time, in the order in which it delivered them; those of different connections may come at the same time. A
 * method applies what it is told before it returns; it is short and never blocks.
 */
public interface BusListener {

    /** There is a new connection, nothing is subscribed on it yet. */
    void onConnected(BusConnection connection);

    /** The connection is lost, with messages on their way; nothing more comes from it. */
    void onDisconnected(BusConnection connection);

    /** Partitions may have come to the connection; {@link BusConnection#carries} says which. */
    void onAssigned(BusConnection connection);

    /** A partition has gone from the connection; messages may be lost from now on. */
    void onUnsubscribed(BusConnection connection, String cache, int partition);

    /** Keys were written or removed; in the tag partition, tags were invalidated. */
    void onInvalidation(BusConnection connection, String cache, Invalidation message);

    /**
     * A partition was cleared.
     *
     * @param stamp the partition's clock and floor after the clear, which advanced the clock by one, or by a repair, which
     *     advanced it far
     */
    void onClear(BusConnection connection, String cache, int partition, long stamp);

    /** A message of a partition could not be read, or says that its clock jumped: something was missed. */
    void onUnreadable(BusConnection connection, String cache, int partition);
}
