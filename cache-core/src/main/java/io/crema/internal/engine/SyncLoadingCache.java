package io.crema.internal.engine;

import io.crema.AsyncLoadingTieredCache;
import io.crema.LoadingTieredCache;
import io.crema.ReadConsistency;
import io.crema.internal.entry.NearEntry;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The synchronous operations of a cache that knows its loader. */
public final class SyncLoadingCache<K, V> extends SyncCache<K, V> implements LoadingTieredCache<K, V> {

    private final LoaderSet<K, V> loaders;

    public SyncLoadingCache(CacheEngine<K, V> engine, ReadConsistency consistency, LoaderSet<K, V> loaders) {
        super(engine, consistency);
        this.loaders = loaders;
    }

    @Override
    public @Nullable V get(K key) {
        NearEntry<V> hit = hit(key);
        return hit != null ? hit.value : load(key, loaders.single());
    }

    @Override
    public Map<K, V> getAll(Collection<? extends K> keys) {
        return engine.bulkReadPath.readAll(keys, loaders.requests(consistency));
    }

    @Override
    public CompletableFuture<@Nullable V> refresh(K key) {
        return async().refresh(key);
    }

    @Override
    public LoadingTieredCache<K, V> reading(ReadConsistency other) {
        return new SyncLoadingCache<>(engine, other, loaders);
    }

    @Override
    public AsyncLoadingTieredCache<K, V> async() {
        return new AsyncLoadingCache<>(engine, consistency, loaders);
    }
}
