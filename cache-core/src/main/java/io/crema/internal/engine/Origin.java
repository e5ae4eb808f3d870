package io.crema.internal.engine;

import io.crema.AsyncCacheLoader;
import io.crema.CacheLoader;
import io.crema.ContextLoader;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Where a value comes from that no tier has. */
sealed interface Origin<K, V> permits Origin.Blocking, Origin.WithContext, Origin.NonBlocking, BulkOrigin {

    /** Loads, or starts to load, the value of a call, which is told of the outcome. Runs on the call's runner. */
    void load(LoadCall<K, V> call);

    /** A call will not ask this origin now: it has ended, or waits for another instance. At most once for each call. */
    default void passedBy() {}

    /** A failure that this thread's interruption explains concerns this thread alone. */
    static Throwable ofThisThread(Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return Thread.currentThread().isInterrupted() ? new LoadAbandonedException(failure) : failure;
    }

    /** On the thread that runs the call. */
    record Blocking<K, V>(CacheLoader<? super K, ? extends V> loader) implements Origin<K, V> {

        @Override
        public void load(LoadCall<K, V> call) {
            load(call, call.context());
        }

        void load(LoadCall<K, V> call, ContextOfLoad<V> context) {
            V value;
            LoadTimer timer = call.startTimer();
            call.flight().loading(Thread.currentThread());
            try {
                value = loader.load(call.key());
            } catch (Throwable e) {
                timer.failed();
                call.failed(ofThisThread(e));
                return;
            } finally {
                call.flight().loading(null);
            }
            timer.succeeded();
            call.loaded(context.loaded(value, timer));
        }
    }

    /** As {@link Blocking}, by a loader that decides more than the value. */
    record WithContext<K, V>(ContextLoader<? super K, V> loader) implements Origin<K, V> {

        @Override
        public void load(LoadCall<K, V> call) {
            ContextOfLoad<V> context = call.context();
            new Blocking<K, V>(key -> loader.load(key, context)).load(call, context);
        }
    }

    /** Wherever the loader's future is completed; from there back to the call's runner. */
    record NonBlocking<K, V>(AsyncCacheLoader<? super K, ? extends V> loader) implements Origin<K, V> {

        @Override
        public void load(LoadCall<K, V> call) {
            CompletableFuture<? extends @Nullable V> future;
            LoadTimer timer = call.startTimer();
            call.flight().loading(Thread.currentThread());
            try {
                future = loader.load(call.key());
                if (future == null) {
                    throw call.badLoader("the loader returned no future; complete one with null for no value");
                }
            } catch (Throwable e) {
                timer.failed();
                call.failed(e);
                return;
            } finally {
                call.flight().loading(null);
            }
            CompletableFuture<?> unused = future.whenComplete((value, failure) -> call.onRunner(() -> {
                if (failure == null) {
                    timer.succeeded();
                    call.loaded(Loaded.of(value, timer));
                } else {
                    timer.failed();
                    call.failed(failure);
                }
            }));
        }
    }
}
