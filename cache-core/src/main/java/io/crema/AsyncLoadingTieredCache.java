package io.crema;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The operations of {@link LoadingTieredCache} without blocking. */
public interface AsyncLoadingTieredCache<K, V> extends AsyncTieredCache<K, V> {

    CompletableFuture<@Nullable V> get(K key);

    CompletableFuture<Map<K, V>> getAll(Collection<? extends K> keys);

    CompletableFuture<@Nullable V> refresh(K key);

    @Override
    AsyncLoadingTieredCache<K, V> reading(ReadConsistency consistency);
}
