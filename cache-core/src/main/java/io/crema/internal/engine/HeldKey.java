package io.crema.internal.engine;

import io.crema.Quarantine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One writer's quarantine of a key. */
final class HeldKey<K, V> implements Quarantine<V> {

    private final CacheEngine<K, V> engine;
    private final K key;
    private final long holder;
    private final AtomicBoolean ended = new AtomicBoolean();

    HeldKey(CacheEngine<K, V> engine, K key, long holder) {
        this.engine = engine;
        this.key = key;
        this.holder = holder;
    }

    @Override
    public boolean put(@Nullable V value) {
        return engine.await(stored(value));
    }

    @Override
    public void end() {
        engine.await(over());
    }

    @Override
    public void close() {
        end();
    }

    @Override
    public CompletableFuture<Boolean> putAsync(@Nullable V value) {
        return engine.onExecutor(() -> stored(value));
    }

    @Override
    public CompletableFuture<Void> endAsync() {
        return engine.onExecutor(this::over);
    }

    /** Ended before it is sent: a second one that comes meanwhile would invalidate what this one stores. */
    private CompletableFuture<Boolean> stored(@Nullable V value) {
        if (!ended.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(false);
        }
        try {
            return engine.writePath.putFenced(key, value, holder);
        } catch (RuntimeException e) {
            // A value that cannot be put leaves the quarantine to be ended.
            ended.set(false);
            throw e;
        }
    }

    private CompletableFuture<Void> over() {
        return ended.compareAndSet(false, true)
                ? engine.quarantinePath.end(key, holder)
                : CompletableFuture.completedFuture(null);
    }

    @Override
    public String toString() {
        return "Quarantine[" + engine.name + (ended.get() ? ", ended]" : "]");
    }
}
