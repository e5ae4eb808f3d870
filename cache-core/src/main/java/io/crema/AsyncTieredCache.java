package io.crema;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link TieredCache} without blocking: each has the same meaning, and its future gives what the
 * synchronous method returns or throws, but for nulls that are no keys, loaders or options: they are thrown at once.
 * Loaders and writers run on the executor of the {@link Crema}. A near hit gives a completed future. Cancelling a future affects
 * nobody else; what nobody waits for any more goes on or ends as {@link io.crema.policy.AbandonedLoads} says.
 */
public interface AsyncTieredCache<K, V> {

    String name();

    CompletableFuture<@Nullable V> getIfPresent(K key);

    CompletableFuture<@Nullable CacheEntry<V>> entry(K key);

    /** @param loader called on the executor of the {@link Crema} */
    CompletableFuture<@Nullable V> get(K key, CacheLoader<? super K, ? extends V> loader);

    /** As {@link #get(Object, CacheLoader)} with a loader that does not block. */
    CompletableFuture<@Nullable V> getAsync(K key, AsyncCacheLoader<? super K, ? extends V> loader);

    CompletableFuture<Map<K, V>> getAllPresent(Collection<? extends K> keys);

    CompletableFuture<Map<K, V>> getAll(Collection<? extends K> keys, BulkCacheLoader<K, V> loader);

    CompletableFuture<Void> put(K key, @Nullable V value);

    CompletableFuture<Void> put(K key, @Nullable V value, EntryOptions options);

    CompletableFuture<Boolean> putIfAbsent(K key, @Nullable V value);

    CompletableFuture<Void> putAll(Map<? extends K, ? extends V> entries);

    CompletableFuture<Void> delete(K key);

    CompletableFuture<Void> deleteAll(Collection<? extends K> keys);

    CompletableFuture<Void> invalidate(K key);

    CompletableFuture<Void> invalidate(K key, long originVersion);

    CompletableFuture<Boolean> invalidateIfPresent(K key);

    CompletableFuture<Void> invalidateAll(Collection<? extends K> keys);

    CompletableFuture<Void> invalidateTag(String tag);

    CompletableFuture<Void> expire(K key);

    CompletableFuture<Void> expire(K key, long originVersion);

    CompletableFuture<Void> clear();

    CompletableFuture<Quarantine<V>> quarantine(K key);

    CompletableFuture<Quarantine<V>> quarantine(K key, Duration atMost);

    AsyncTieredCache<K, V> reading(ReadConsistency consistency);
}
