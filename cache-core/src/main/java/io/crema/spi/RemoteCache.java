package io.crema.spi;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One cache in the remote tier, split into partitions. Each partition has a clock that every write of it advances, and a
 * floor: a record whose stamp is below the floor is gone, whatever it says.
 *
 * <p>Every operation is atomic, for one key or one partition. A future that fails means that nobody knows whether the
 * operation was executed; an implementation never executes one a second time. {@code atLeast} is the highest stamp of
 * the partition that the caller has seen: a clock that was lost is set above it.
 *
 * <p>Threading as {@link RemoteTier}.
 */
public interface RemoteCache {

    /** The name of the cache. */
    String name();

    /** The number of partitions, the same for all instances. */
    int partitions();

    /** The partition of a serialized key, from 0, the same for all instances. */
    int partitionOf(byte[] key);

    /** Reads the record of a key. */
    CompletableFuture<RemoteRecord> read(RemoteKey key, ReadMode mode);

    /** Reads the records of many keys, in their order, in one round trip per connection. */
    CompletableFuture<List<RemoteRecord>> readAll(List<RemoteKey> keys, ReadMode mode);

    /**
     * Asks for the right to fill a key. A lease that nobody fills or releases may be taken by others after
     * {@code leaseMillis}, but still fills as long as nobody has. A record below the floor is replaced.
     *
     * @param leaseToken random, used for this one request only
     */
    CompletableFuture<LeaseReply> lease(RemoteKey key, long leaseToken, LeaseMode mode, long leaseMillis, long atLeast);

    /**
     * Stores a loaded value if the lease is still the caller's and no clear has come since it was granted; neither
     * advances the clock nor publishes. A refused fill gives the lease up.
     */
    CompletableFuture<StoreReply> fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast);

    /** Gives a lease up, if it is still the caller's. */
    CompletableFuture<Void> release(RemoteKey key, long leaseToken);

    /** Stores a value, whatever was there, and publishes the invalidation of older ones. The last one wins. */
    CompletableFuture<StoreReply.Stored> put(RemoteKey key, RemoteValue value, long atLeast);

    /** As put, if there is no fresh value; a cached null is one. */
    CompletableFuture<StoreReply> putIfAbsent(RemoteKey key, RemoteValue value, long atLeast);

    /** Removes keys of one partition, with leases on them, and publishes that. */
    CompletableFuture<InvalidateReply> invalidate(int partition, List<RemoteKey> keys, long atLeast);

    /** Raises the floor of a partition above everything in it and publishes that. Returns the floor. */
    CompletableFuture<Long> clear(int partition, long atLeast);

    /**
     * Repairs a partition after a change of history: moves its clock above {@code atLeast} and clears it, once for each
     * history, whoever comes first, unless its clock is below {@code atLeast} again.
     *
     * @param history as {@link BusPosition#history()}
     */
    CompletableFuture<Void> repair(int partition, String history, long atLeast);
}
