package io.crema;

import org.jspecify.annotations.Nullable;

/** A {@link CacheLoader} that also says how each value is to be cached. */
@FunctionalInterface
public interface ContextLoader<K, V> {

    /**
     * As {@link CacheLoader#load}. May be called up to three times for one read, if what it gives is too old.
     *
     * @param context of this call alone
     *
     * @throws Exception as of {@link CacheLoader#load}
     */
    @Nullable
    V load(K key, LoadContext<V> context) throws Exception;
}
