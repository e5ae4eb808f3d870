package io.crema;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A cache that knows its loader. */
public interface LoadingTieredCache<K, V> extends TieredCache<K, V> {

    /** As {@link #get(Object, CacheLoader)} with the cache's loader. */
    @Nullable
    V get(K key);

    /** As {@link #getAll(Collection, BulkCacheLoader)} with the cache's bulk loader; without one, one load per key. */
    Map<K, V> getAll(Collection<? extends K> keys);

    /**
     * Loads a key anew, although there may be a fresh value, which is served meanwhile. The future gives the new value;
     * a failure leaves the old one in place. Also loads a key that is held back after a failure. Never blocks.
     */
    CompletableFuture<@Nullable V> refresh(K key);

    @Override
    LoadingTieredCache<K, V> reading(ReadConsistency consistency);

    @Override
    AsyncLoadingTieredCache<K, V> async();
}
