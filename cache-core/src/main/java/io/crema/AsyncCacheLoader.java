package io.crema;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Loads a value from the origin without blocking. */
@FunctionalInterface
public interface AsyncCacheLoader<K, V> {

    /**
     * Starts to load the value of a key; the future gives null if the origin has none. Must not block: it may be called
     * on the caller's thread.
     *
     * @throws Exception as if the future had failed with it
     */
    CompletableFuture<? extends @Nullable V> load(K key) throws Exception;
}
