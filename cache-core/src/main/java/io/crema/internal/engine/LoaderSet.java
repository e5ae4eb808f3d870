package io.crema.internal.engine;

import io.crema.AsyncCacheLoader;
import io.crema.BulkCacheLoader;
import io.crema.CacheLoader;
import io.crema.ContextLoader;
import io.crema.ReadConsistency;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The loaders of a cache.
 *
 * @param single loads one key
 * @param bulk loads many keys at once; null = one load for each
 */
public record LoaderSet<K, V>(Origin<K, V> single, @Nullable BulkCacheLoader<K, V> bulk) {

    public static <K, V> LoaderSet<K, V> blocking(
            CacheLoader<? super K, ? extends V> loader, @Nullable BulkCacheLoader<K, V> bulk) {
        return new LoaderSet<>(new Origin.Blocking<>(loader), bulk);
    }

    public static <K, V> LoaderSet<K, V> withContext(
            ContextLoader<? super K, V> loader, @Nullable BulkCacheLoader<K, V> bulk) {
        return new LoaderSet<>(new Origin.WithContext<>(loader), bulk);
    }

    public static <K, V> LoaderSet<K, V> nonBlocking(
            AsyncCacheLoader<? super K, ? extends V> loader, @Nullable BulkCacheLoader<K, V> bulk) {
        return new LoaderSet<>(new Origin.NonBlocking<>(loader), bulk);
    }

    /** Requests to get many keys. */
    IntFunction<ReadRequest<K, V>> requests(ReadConsistency consistency) {
        if (bulk == null) {
            ReadRequest<K, V> request = ReadRequest.get(consistency, single);
            return expected -> request;
        }
        return expected -> ReadRequest.get(consistency, new BulkOrigin<>(bulk, expected));
    }
}
