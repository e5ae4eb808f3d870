package io.crema.spi;

/**
 * Receives what an {@link InvalidationBus} carries. All calls, and all replies to the bus's requests, come one at a
 * time, in the order in which the connection delivered them. A method applies what it is told before it returns; it is
 * short and never blocks.
 */
public interface BusListener {

    /** There is a new connection, nothing is subscribed on it yet; no reply of an older one comes any more. */
    void onConnected();

    /** The connection is lost; messages may be lost from now on. The bus reconnects by itself. */
    void onDisconnected();

    void onInvalidation(String cache, Invalidation message);

    /**
     * A partition was cleared.
     *
     * @param stamp the partition's clock and floor after the clear, which advanced the clock by one
     */
    void onClear(String cache, int partition, long stamp);

    /** A message of a partition could not be read: something was missed. */
    void onUnreadable(String cache, int partition);
}
