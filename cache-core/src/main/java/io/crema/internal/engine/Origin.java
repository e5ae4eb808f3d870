package io.crema.internal.engine;

import io.crema.AsyncCacheLoader;
import io.crema.CacheLoader;
import io.crema.ContextLoader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Where a value comes from that no tier has. */
sealed interface Origin<K, V> permits Origin.Blocking, Origin.WithContext, Origin.NonBlocking, BulkOrigin {

    /** Loads, or starts to load, the value of an attempt, which is told of the outcome. Does not run the loader itself. */
    void load(LoadAttempt<K, V> attempt);

    /** A call will not ask this origin now: it has ended, or waits for another instance. At most once for each call. */
    default void passedBy() {}

    /** The same for one key alone. */
    default Origin<K, V> alone() {
        return this;
    }

    /** On the thread that runs the call, or one of its own. */
    record Blocking<K, V>(CacheLoader<? super K, ? extends V> loader) implements Origin<K, V> {

        @Override
        public void load(LoadAttempt<K, V> attempt) {
            attempt.call().newRun(List.of(attempt)).block(timer -> {
                V value;
                try {
                    value = loader.load(attempt.key());
                } catch (Throwable e) {
                    timer.failed();
                    Throwable failure = attempt.call().explained(e);
                    return () -> attempt.failed(failure, timer);
                }
                timer.succeeded();
                Loaded<V> loaded = attempt.context().loaded(value, timer);
                return () -> attempt.loaded(loaded);
            });
        }
    }

    /** As {@link Blocking}, by a loader that decides more than the value. */
    record WithContext<K, V>(ContextLoader<? super K, V> loader) implements Origin<K, V> {

        @Override
        public void load(LoadAttempt<K, V> attempt) {
            new Blocking<K, V>(key -> loader.load(key, attempt.context())).load(attempt);
        }
    }

    /** Wherever the loader's future is completed; from there back to the call's runner. */
    record NonBlocking<K, V>(AsyncCacheLoader<? super K, ? extends V> loader) implements Origin<K, V> {

        @Override
        public void load(LoadAttempt<K, V> attempt) {
            attempt.call().newRun(List.of(attempt)).start(timer -> {
                CompletableFuture<? extends @Nullable V> future = loader.load(attempt.key());
                if (future == null) {
                    throw attempt.call()
                            .badLoader("the loader returned no future", "complete one with null for no value");
                }
                CompletableFuture<?> unused = future.whenComplete((value, failure) -> {
                    if (failure == null) {
                        timer.succeeded();
                        attempt.loaded(Loaded.of(value, timer));
                    } else {
                        timer.failed();
                        attempt.failed(Futures.unwrapped(failure), timer);
                    }
                });
                return future;
            });
        }
    }
}
