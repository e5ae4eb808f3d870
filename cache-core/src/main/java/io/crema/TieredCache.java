package io.crema;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A named cache of two tiers, near (this process) and remote (shared by all instances), kept coherent across instances.
 *
 * <p>Thread-safe. Keys are never null. Values are handed out as they are, not copied: treat them as immutable. A hit in
 * the near tier takes no lock and allocates nothing; everything else may block the caller for I/O, bounded by the
 * remote tier's time limit, and for the loader. The remote tier being slow or away is never an exception of a read, unless
 * the cache's policy for that is {@link io.crema.policy.Degraded#FAIL}.
 *
 * <p>Every read and write throws {@link NullPointerException} for a null key and {@link CacheException} after close, or
 * when there is a remote tier and a key cannot be encoded or is too large. A loader that asks for the key that it is
 * loading gets a {@code CacheException}; it may ask for others. An interrupted caller gets a {@code CacheException} with
 * its interrupt flag set; what it was waiting for goes on for others, and if there are none, as {@link
 * io.crema.policy.AbandonedLoads} says.
 *
 * @param <K> keys: immutable, with {@code equals} and {@code hashCode}
 * @param <V> values
 */
public interface TieredCache<K, V> {

    String name();

    /**
     * The value in the near tier, then in the remote tier; null if neither has one or a null is cached. Never loads. A value
     * that is stale counts only as long as {@link io.crema.policy.StaleWhileRevalidate} allows.
     */
    @Nullable
    V getIfPresent(K key);

    /**
     * As {@link #getIfPresent}, with what is known about the value, a cached null and a reserve too; null if there is no
     * entry.
     */
    @Nullable
    CacheEntry<V> entry(K key);

    /**
     * The value, loaded if neither tier has it. Callers that miss at the same time share one load, its value and its
     * exception; one loader runs per key over all instances as long as the remote tier is there.
     *
     * <p>If the load fails, the reserve is given instead, where there is one ({@link io.crema.policy.StaleOnError}).
     *
     * @param loader called on this thread, or on one of its own where there are {@linkplain io.crema.policy.LoadTimeouts
     *     load timeouts}; null = the origin has no value
     * @throws CacheException if a loaded value cannot be encoded for the remote tier
     * @throws CacheLoadException if the loader threw a checked exception; an unchecked one is thrown as it is
     * @throws LoadTimeoutException if the load took longer than the hard timeout
     * @throws LoadRejectedException if the bulkhead and its queue were full
     */
    @Nullable
    V get(K key, CacheLoader<? super K, ? extends V> loader);

    /**
     * The values of those keys that have one; never loads. One round trip for all that the near tier lacks, or one for
     * each thousand.
     */
    Map<K, V> getAllPresent(Collection<? extends K> keys);

    /**
     * The values of keys; those that neither tier has are loaded by one call, but for those that somebody else is
     * loading, which are waited for. Keys without a value are left out. If a load fails, so does this, and what the
     * others gave is cached.
     *
     * @return a new map in the order of the keys
     */
    Map<K, V> getAll(Collection<? extends K> keys, BulkCacheLoader<K, V> loader);

    /**
     * Stores a value in both tiers and invalidates it in all other instances. Where there is a {@link CacheWriter}, the
     * origin is written before, on this thread; see {@link io.crema.policy.WritePolicy}.
     *
     * @param value null only where null caching is on; a writer is told to delete it
     * @throws CacheException if a null is not cached or the value cannot be encoded, and then nothing has changed; or,
     *     without a writer, if the remote tier did not confirm, and then the key was invalidated everywhere
     * @throws CacheWriteException if the writer threw a checked exception; an unchecked one is thrown as it is
     * @throws InvalidationPendingException if the remote tier did not confirm that invalidation either, or was never
     *     reached; the near copy is dropped. A writer has written the origin all the same
     */
    void put(K key, @Nullable V value);

    /** As {@link #put(Object, Object)} with options for this entry. */
    void put(K key, @Nullable V value, EntryOptions options);

    /**
     * Stores a value unless there is a fresh one, which the remote tier decides; a cached null is a value.
     *
     * @return whether ours was stored
     * @throws CacheException as {@link #put(Object, Object)}; or if there is a writer: whether the origin has the key is not
     *     for the cache to say
     */
    boolean putIfAbsent(K key, @Nullable V value);

    /**
     * As {@link #put(Object, Object)} for each entry, sent together; not atomic. If some fail, the others are stored, and
     * one of the failures is thrown when all have ended.
     *
     * @throws PartialWriteException if a writer could not write some of them
     */
    void putAll(Map<? extends K, ? extends V> entries);

    /**
     * Deletes a key in the origin, by the cache's writer, and then in all tiers and instances; a null is cached instead where
     * nulls are.
     *
     * @throws CacheException if there is no writer; further as {@link #put(Object, Object)}
     */
    void delete(K key);

    /** As {@link #delete} for many keys, as {@link #putAll} does. */
    void deleteAll(Collection<? extends K> keys);

    /**
     * Says that the value of a key is wrong. When this returns, the remote tier and this instance no longer have it;
     * other instances follow within a network delay, at most the staleness bound.
     *
     * @throws InvalidationPendingException if the remote tier did not confirm; the near copy is dropped
     */
    void invalidate(K key);

    /**
     * As {@link #invalidate}, and says which version of the origin made the value wrong: for a minute, no value of an
     * older version is cached, wherever it was loaded. Values without a version are.
     *
     * @param originVersion as {@link EntryOptions#originVersion(long)}
     */
    void invalidate(K key, long originVersion);

    /** As {@link #invalidate}; returns whether the remote tier (without one: this process) had a value. */
    boolean invalidateIfPresent(K key);

    /** As {@link #invalidate} for many keys, sent together; not atomic. */
    void invalidateAll(Collection<? extends K> keys);

    /**
     * Invalidates every entry that has a tag, everywhere, at a cost that does not depend on their number. When this
     * returns, the remote tier and this instance serve none of them any more; other instances follow as after {@link
     * #invalidate}.
     *
     * @param tag 1 to 255 bytes in UTF-8
     * @throws CacheException if it is not
     * @throws InvalidationPendingException if the remote tier did not confirm; this instance looks at all its tagged
     *     entries anew
     */
    void invalidateTag(String tag);

    /**
     * Says that the value of a key is old: the next read loads it anew, everywhere. Unlike after {@link #invalidate} it is
     * not removed: it may be a reserve if that load fails.
     *
     * @throws InvalidationPendingException as of {@link #invalidate}
     */
    void expire(K key);

    /** As {@link #expire(Object)}, with the version as of {@link #invalidate(Object, long)}. */
    void expire(K key, long originVersion);

    /**
     * Invalidates every entry of the cache, everywhere, at a cost that does not depend on their number.
     *
     * @throws InvalidationPendingException if the remote tier did not confirm for all partitions; nothing near is served
     */
    void clear();

    /** As {@link #quarantine(Object, Duration)} with a limit of 30 s. */
    Quarantine<V> quarantine(K key);

    /**
     * Puts a key into quarantine before its origin is changed; when this returns, the remote tier and this instance have
     * no value of it, and none is kept until the quarantine ends. See {@link Quarantine}. One round trip.
     *
     * @param atMost 1 ms to an hour; after that time it is over by itself
     * @throws CacheException if the remote tier did not confirm; then the key may be in quarantine for that time
     */
    Quarantine<V> quarantine(K key, Duration atMost);

    /**
     * What is still to be written to the origin.
     *
     * @throws CacheException if the cache does not write behind
     */
    WriteBehind<K, V> writeBehind();

    /** The same operations, without blocking. */
    AsyncTieredCache<K, V> async();

    /** A view of this cache whose reads are as new as asked. */
    TieredCache<K, V> reading(ReadConsistency consistency);

    /** What was counted since the cache was built; cheap, may be called often. */
    CacheStats stats();

    /** What it was built with. */
    CacheConfiguration configuration();
}
