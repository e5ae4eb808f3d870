package io.crema.spi;

import java.util.List;
import java.util.Optional;
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

    /** The number of partitions for keys, the same for all instances. */
    int partitions();

    /** The number of the one more partition, which holds the tags. */
    default int tagPartition() {
        return partitions();
    }

    /** The partition of a serialized key, from 0, the same for all instances; never that of the tags. */
    int partitionOf(byte[] key);

    /** Reads the record of a key. */
    CompletableFuture<RemoteRecord> read(RemoteKey key, ReadMode mode);

    /** Reads the records of many keys, in their order, in one round trip per connection. */
    CompletableFuture<List<RemoteRecord>> readAll(List<RemoteKey> keys, ReadMode mode);

    /**
     * Asks for the right to fill a key. A lease that nobody fills or releases may be taken by others after
     * {@code leaseMillis}, but still fills for a minute more as long as nobody has: so long the record stays, a value too.
     * A record below the floor is replaced, but its origin version, or the least that it remembered, stays remembered.
     *
     * @param leaseToken random, used for this one request only
     * @param known the token of the value that is to be replaced, for {@link LeaseMode#UNLESS_REPLACED}; else 0
     */
    CompletableFuture<LeaseReply> lease(
            RemoteKey key, long leaseToken, LeaseMode mode, long known, long leaseMillis, long atLeast);

    /** As {@link #lease(RemoteKey, long, LeaseMode, long, long, long)} without a known value. */
    default CompletableFuture<LeaseReply> lease(
            RemoteKey key, long leaseToken, LeaseMode mode, long leaseMillis, long atLeast) {
        return lease(key, leaseToken, mode, 0, leaseMillis, atLeast);
    }

    /**
     * Stores a loaded value if the lease is still the caller's, and no clear has come since it was granted; neither
     * advances the clock nor publishes. A refused fill gives the lease up.
     */
    CompletableFuture<StoreReply> fill(RemoteKey key, long leaseToken, RemoteValue value, long atLeast);

    /**
     * As fill, of the value that is there: its payload and tags stay, its times and token are new, and it is fresh.
     * Refused as well if what is there is not the known value.
     *
     * @param known the token of the value that is there
     */
    CompletableFuture<StoreReply> renew(RemoteKey key, long leaseToken, long known, Renewal renewal, long atLeast);

    /**
     * Gives a lease up, if it is still the caller's.
     *
     * @param failures how many loads in a row have failed, 1 to 255, to hold the key back: as long as that lasts, nobody
     *     gets the lease but by {@link LeaseMode#EVEN_IF_FRESH}; remembered for a minute more where there is no value. 0 =
     *     none
     * @param holdMillis for how long; 0 = the key is free, and the failures are only remembered. Without failures 0 = the key is free at once; more = it is held back as after one
     *     failure if somebody waits, else free at once. Those wait who have been refused a lease since this one was granted,
     *     for no other reason; who reads, or was refused for a fresh value, does not. A server that is too full to note it
     *     leaves the key free
     */
    CompletableFuture<Void> release(RemoteKey key, long leaseToken, int failures, long holdMillis);

    /** As {@link #release(RemoteKey, long, int, long)} without failures, whoever waits. */
    default CompletableFuture<Void> release(RemoteKey key, long leaseToken) {
        return release(key, leaseToken, 0, 0);
    }

    /**
     * Stores a value, whatever was there, and publishes the invalidation of older ones. The last one wins, unless origin
     * versions say otherwise: one that is too old changes nothing. While the key is in quarantine nothing is stored, but
     * for the quarantine's one holder, if nobody else has written, invalidated or cleared the key since it began; what is
     * refused for a quarantine's sake acts as an invalidation.
     *
     * @param holder the holder whose quarantine the put ends, whatever the reply; 0 = none. If its quarantine is over, or
     *     is no longer its own alone, the value is refused
     */
    CompletableFuture<StoreReply> put(RemoteKey key, RemoteValue value, long holder, long atLeast);

    /**
     * As put without a holder, if there is no fresh value; a cached null is one. {@link StoreReply.Undecided} while the key
     * is in quarantine, or holds something opaque.
     */
    CompletableFuture<StoreReply> putIfAbsent(RemoteKey key, RemoteValue value, long atLeast);

    /**
     * Removes keys of one partition, with leases on them, and publishes that. A quarantine stays. The origin version of a
     * value that goes is the least that may be stored from now on, remembered for a minute.
     *
     * @param least the least origin version that may be stored from now on, remembered likewise unless a greater one is;
     *     0 = as before
     */
    CompletableFuture<InvalidateReply> invalidate(int partition, List<RemoteKey> keys, long least, long atLeast);

    /**
     * As invalidate, but values stay, stale, with other tokens and without leases, until they would have gone anyway.
     *
     * @param least as of {@link #invalidate}
     */
    CompletableFuture<InvalidateReply> expire(int partition, List<RemoteKey> keys, long least, long atLeast);

    /**
     * Keeps a key empty, whatever is invalidated or cleared: until the end of the last quarantine nothing is stored by
     * those who do not hold it. Fails with a {@link DirtyValueException} if the key's value is dirty, which must not go, and
     * then nothing has changed. Publishes the invalidation of what was there; the least origin version stays remembered.
     * Returns the partition's clock.
     *
     * @param holder random identity of this quarantine, never 0
     * @param millis after that time it is over by itself, with those begun before it
     */
    CompletableFuture<Long> quarantine(RemoteKey key, long holder, long millis, long atLeast);

    /**
     * Ends one holder's quarantine; without one it acts as an invalidation. Publishes an invalidation in any case. Returns
     * the partition's clock.
     */
    CompletableFuture<Long> endQuarantine(RemoteKey key, long holder, long atLeast);

    /**
     * Reads the versions of tags at the primary; one that has none, or one below the floor of the tag partition, gets a
     * new one, whose stamp is the clock. Neither advances the clock nor publishes.
     *
     * @param keepMillis for how long at least they must be remembered
     */
    CompletableFuture<TagReply> tagVersions(List<String> tags, long keepMillis, long atLeast);

    /**
     * Gives a tag a new version and publishes that, with the tag's UTF-8 bytes as the key. Returns the clock of the tag
     * partition, which is the stamp of the version.
     *
     * @param token random, that of the version
     */
    CompletableFuture<Long> invalidateTag(String tag, long token, long atLeast);

    /** Raises the floor of a partition above everything in it and publishes that. Returns the floor. */
    CompletableFuture<Long> clear(int partition, long atLeast);

    /**
     * Repairs a partition after a change of history: moves its clock far above everything that the lost history may have
     * issued, once for each history, whoever comes first, unless its clock is below {@code atLeast} again. Publishes a
     * clear, or for {@link Repair#KEEP} what {@link BusListener#onUnreadable} tells. A clear that is asked for after others
     * kept the records of that history is done, once. Returns the clock after the last move, whoever made it.
     *
     * @param history as {@link BusPosition#history()}. If the primary that is asked has another one, as the old one has that
     *     a request still goes to, nothing is done, and the future fails
     */
    CompletableFuture<Long> repair(int partition, String history, Repair repair, long atLeast);

    /** What it has still to write to its origin; empty if this tier keeps no journals. */
    default Optional<WriteJournal> journal() {
        return Optional.empty();
    }
}
