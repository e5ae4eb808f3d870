package io.crema.internal.engine;

import io.crema.AsyncCacheLoader;
import io.crema.AsyncTieredCache;
import io.crema.BulkCacheLoader;
import io.crema.CacheEntry;
import io.crema.CacheLoader;
import io.crema.EntryOptions;
import io.crema.Quarantine;
import io.crema.ReadConsistency;
import io.crema.internal.entry.NearEntry;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The asynchronous operations. What callers attach to their futures runs on the executor, never on an I/O thread. */
public sealed class AsyncCache<K, V> implements AsyncTieredCache<K, V> permits AsyncLoadingCache {

    final CacheEngine<K, V> engine;
    final ReadConsistency consistency;

    AsyncCache(CacheEngine<K, V> engine, ReadConsistency consistency) {
        this.engine = engine;
        this.consistency = engine.effective(Objects.requireNonNull(consistency, "consistency"));
    }

    @Override
    public final String name() {
        return engine.name();
    }

    @Override
    public final CompletableFuture<@Nullable V> getIfPresent(K key) {
        return value(key, ReadRequest.lookUp(consistency));
    }

    @Override
    public final CompletableFuture<@Nullable CacheEntry<V>> entry(K key) {
        engine.requireKey(key);
        return engine.readPath.readAsync(key, ReadRequest.inspect(consistency)).thenApply(engine.entries::describe);
    }

    @Override
    public final CompletableFuture<@Nullable V> get(K key, CacheLoader<? super K, ? extends V> loader) {
        return load(key, new Origin.Blocking<>(Objects.requireNonNull(loader, "loader")));
    }

    @Override
    public final CompletableFuture<@Nullable V> getAsync(K key, AsyncCacheLoader<? super K, ? extends V> loader) {
        return load(key, new Origin.NonBlocking<>(Objects.requireNonNull(loader, "loader")));
    }

    final CompletableFuture<@Nullable V> load(K key, Origin<K, V> origin) {
        return value(key, ReadRequest.get(consistency, origin));
    }

    final CompletableFuture<@Nullable V> value(K key, ReadRequest<K, V> request) {
        engine.requireKey(key);
        if (request.usesNear()) {
            NearEntry<V> hit = request.isOnlyLookUp() ? engine.near.hitOfLookUp(key) : engine.near.hit(key);
            if (hit != null) {
                return CompletableFuture.completedFuture(hit.value);
            }
        }
        CompletableFuture<Outcome<V>> read = engine.readPath.readAsync(key, request);
        CompletableFuture<@Nullable V> value = read.thenApply(Outcome::value);
        return engine.loads.leavingWhenCancelled(value, () -> read.cancel(false));
    }

    @Override
    public final CompletableFuture<Map<K, V>> getAllPresent(Collection<? extends K> keys) {
        keys.forEach(engine::requireKey);
        return engine.bulkReadPath.readAllAsync(keys, expected -> ReadRequest.lookUp(consistency));
    }

    @Override
    public final CompletableFuture<Map<K, V>> getAll(Collection<? extends K> keys, BulkCacheLoader<K, V> loader) {
        Objects.requireNonNull(loader, "loader");
        keys.forEach(engine::requireKey);
        return engine.bulkReadPath.readAllAsync(
                keys, expected -> ReadRequest.get(consistency, new BulkOrigin<>(loader, expected)));
    }

    @Override
    public final CompletableFuture<Void> put(K key, @Nullable V value) {
        return put(key, value, EntryOptions.defaults());
    }

    @Override
    public final CompletableFuture<Void> put(K key, @Nullable V value, EntryOptions options) {
        engine.requireKey(key);
        Objects.requireNonNull(options, "options");
        return write(() -> engine.writePath.put(key, value, options, engine.executor));
    }

    @Override
    public final CompletableFuture<Boolean> putIfAbsent(K key, @Nullable V value) {
        engine.requireKey(key);
        return write(() -> engine.writePath.putIfAbsent(key, value));
    }

    @Override
    public final CompletableFuture<Void> putAll(Map<? extends K, ? extends V> entries) {
        entries.keySet().forEach(engine::requireKey);
        return write(() -> engine.writePath.putAll(entries, engine.executor));
    }

    @Override
    public final CompletableFuture<Void> delete(K key) {
        engine.requireKey(key);
        return write(() -> engine.writePath.delete(key, engine.executor));
    }

    @Override
    public final CompletableFuture<Void> deleteAll(Collection<? extends K> keys) {
        keys.forEach(engine::requireKey);
        return write(() -> engine.writePath.deleteAll(keys, engine.executor));
    }

    @Override
    public final CompletableFuture<Void> invalidate(K key) {
        return invalidateIfPresent(key).thenApply(removed -> null);
    }

    @Override
    public final CompletableFuture<Void> invalidate(K key, long originVersion) {
        engine.requireKey(key);
        return write(() -> engine.invalidations.invalidate(key, originVersion)).thenApply(removed -> null);
    }

    @Override
    public final CompletableFuture<Boolean> invalidateIfPresent(K key) {
        engine.requireKey(key);
        return write(() -> engine.invalidations.invalidate(key));
    }

    @Override
    public final CompletableFuture<Void> invalidateAll(Collection<? extends K> keys) {
        keys.forEach(engine::requireKey);
        return write(() -> engine.invalidations.invalidateAll(keys)).thenApply(removed -> null);
    }

    @Override
    public final CompletableFuture<Void> invalidateTag(String tag) {
        Objects.requireNonNull(tag, "tag");
        return write(() -> engine.invalidations.invalidateTag(tag));
    }

    @Override
    public final CompletableFuture<Void> expire(K key) {
        engine.requireKey(key);
        return write(() -> engine.invalidations.expire(key));
    }

    @Override
    public final CompletableFuture<Void> expire(K key, long originVersion) {
        engine.requireKey(key);
        return write(() -> engine.invalidations.expire(key, originVersion));
    }

    @Override
    public final CompletableFuture<Void> clear() {
        return write(engine.invalidations::clear);
    }

    @Override
    public final CompletableFuture<Quarantine<V>> quarantine(K key) {
        return quarantine(key, SyncCache.QUARANTINE);
    }

    @Override
    public final CompletableFuture<Quarantine<V>> quarantine(K key, Duration atMost) {
        engine.requireKey(key);
        Objects.requireNonNull(atMost, "atMost");
        return write(() -> engine.quarantinePath.begin(key, atMost));
    }

    /** A null key was the caller's mistake and thrown at once; everything else is told by the future. */
    private <T> CompletableFuture<T> write(Supplier<CompletableFuture<T>> write) {
        return engine.onExecutor(write);
    }

    @Override
    public AsyncTieredCache<K, V> reading(ReadConsistency other) {
        return new AsyncCache<>(engine, other);
    }

    @Override
    public final String toString() {
        return "AsyncTieredCache[" + engine.name + ", " + consistency + "]";
    }
}
