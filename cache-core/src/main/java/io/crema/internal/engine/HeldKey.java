package io.crema.internal.engine;

import io.crema.EntryOptions;
import io.crema.Quarantine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One writer's quarantine of a key; or one that may have begun, as nobody has confirmed it. */
final class HeldKey<K, V> implements Quarantine<V> {

    private final CacheEngine<K, V> engine;
    private final K key;
    private final long holder;
    private final long stamp;
    private final @Nullable Throwable doubt;
    private final boolean refused;
    private final AtomicBoolean ended;

    /**
     * @param stamp of its beginning; 0 = nobody else knows of it
     * @param doubt why it is not confirmed; null = it is
     */
    HeldKey(CacheEngine<K, V> engine, K key, long holder, long stamp, @Nullable Throwable doubt) {
        this(engine, key, holder, stamp, doubt, false);
    }

    private HeldKey(
            CacheEngine<K, V> engine, K key, long holder, long stamp, @Nullable Throwable doubt, boolean refused) {
        this.engine = engine;
        this.key = key;
        this.holder = holder;
        this.stamp = stamp;
        this.doubt = doubt;
        this.refused = refused;
        this.ended = new AtomicBoolean(refused);
    }

    /** One that the remote tier has refused, since the key's last write is still in a journal; it is over. */
    static <K, V> HeldKey<K, V> refused(CacheEngine<K, V> engine, K key, Throwable reason) {
        return new HeldKey<>(engine, key, 0, 0, reason, true);
    }

    boolean isConfirmed() {
        return doubt == null;
    }

    boolean isRefused() {
        return refused;
    }

    /** Why it is not confirmed. */
    @Nullable
    Throwable doubt() {
        return doubt;
    }

    /** As of {@link io.crema.WriteContext#writeId()}. */
    long writeId() {
        return isConfirmed() ? stamp : 0;
    }

    @Override
    public boolean put(@Nullable V value) {
        return engine.await(stored(value, EntryOptions.defaults()));
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
        return engine.onExecutor(() -> stored(value, EntryOptions.defaults()));
    }

    @Override
    public CompletableFuture<Void> endAsync() {
        return engine.onExecutor(this::over);
    }

    /** Ended before it is sent: a second one that comes meanwhile would invalidate what this one stores. */
    CompletableFuture<Boolean> stored(@Nullable V value, EntryOptions options) {
        if (!ended.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(false);
        }
        try {
            return engine.writePath.putFenced(key, value, options, holder);
        } catch (RuntimeException e) {
            // A value that cannot be put leaves the quarantine to be ended.
            ended.set(false);
            throw e;
        }
    }

    CompletableFuture<Void> over() {
        return ended.compareAndSet(false, true)
                ? engine.quarantinePath.end(key, holder)
                : CompletableFuture.completedFuture(null);
    }

    @Override
    public String toString() {
        return "Quarantine[" + engine.name + (ended.get() ? ", ended]" : "]");
    }
}
