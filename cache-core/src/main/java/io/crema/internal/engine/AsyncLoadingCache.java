package io.crema.internal.engine;

import io.crema.AsyncLoadingTieredCache;
import io.crema.ReadConsistency;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The asynchronous operations of a cache that knows its loader. */
final class AsyncLoadingCache<K, V> extends AsyncCache<K, V> implements AsyncLoadingTieredCache<K, V> {

    private final LoaderSet<K, V> loaders;

    AsyncLoadingCache(CacheEngine<K, V> engine, ReadConsistency consistency, LoaderSet<K, V> loaders) {
        super(engine, consistency);
        this.loaders = loaders;
    }

    @Override
    public CompletableFuture<@Nullable V> get(K key) {
        return load(key, loaders.single());
    }

    @Override
    public CompletableFuture<Map<K, V>> getAll(Collection<? extends K> keys) {
        keys.forEach(engine::requireKey);
        return engine.bulkReadPath.readAllAsync(keys, loaders.requests(consistency));
    }

    @Override
    public CompletableFuture<@Nullable V> refresh(K key) {
        return value(key, ReadRequest.refresh(consistency, loaders.single()));
    }

    @Override
    public AsyncLoadingTieredCache<K, V> reading(ReadConsistency other) {
        return new AsyncLoadingCache<>(engine, other, loaders);
    }
}
