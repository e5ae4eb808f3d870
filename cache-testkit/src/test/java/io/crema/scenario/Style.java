package io.crema.scenario;

import io.crema.AsyncTieredCache;
import io.crema.TieredCache;
import io.crema.scenario.Fleet.Node;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** How a test calls a cache. Every race is run in both ways. */
public enum Style {

    /** On a thread of its own for each call. */
    SYNCHRONOUS {
        @Override
        public <K, T> Call<T> start(
                TieredCache<K, String> cache,
                Function<TieredCache<K, String>, T> synchronous,
                Function<AsyncTieredCache<K, String>, CompletableFuture<T>> asynchronous) {
            CompletableFuture<T> result = new CompletableFuture<>();
            Thread thread = new Thread(() -> {
                try {
                    result.complete(synchronous.apply(cache));
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
            return new Call<>(result, thread);
        }
    },

    /** On the thread of the test, which gets a future. */
    ASYNCHRONOUS {
        @Override
        public <K, T> Call<T> start(
                TieredCache<K, String> cache,
                Function<TieredCache<K, String>, T> synchronous,
                Function<AsyncTieredCache<K, String>, CompletableFuture<T>> asynchronous) {
            return new Call<>(asynchronous.apply(cache.async()), null);
        }
    };

    public abstract <K, T> Call<T> start(
            TieredCache<K, String> cache,
            Function<TieredCache<K, String>, T> synchronous,
            Function<AsyncTieredCache<K, String>, CompletableFuture<T>> asynchronous);

    /** Calls the cache of a node in this way. */
    Caller<String> caller(Node node) {
        return new Caller<>(this, node, node.cache());
    }
}
