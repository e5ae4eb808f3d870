package io.crema.internal.engine;

import io.crema.AsyncTieredCache;
import io.crema.BulkCacheLoader;
import io.crema.CacheConfiguration;
import io.crema.CacheEntry;
import io.crema.CacheException;
import io.crema.CacheLoader;
import io.crema.CacheStats;
import io.crema.EntryOptions;
import io.crema.Quarantine;
import io.crema.ReadConsistency;
import io.crema.TieredCache;
import io.crema.WriteBehind;
import io.crema.internal.entry.NearEntry;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The synchronous operations: the near hit, then waiting on the one asynchronous path. */
public sealed class SyncCache<K, V> implements TieredCache<K, V> permits SyncLoadingCache {

    static final Duration QUARANTINE = Duration.ofSeconds(30);

    final CacheEngine<K, V> engine;
    final ReadConsistency consistency;

    public SyncCache(CacheEngine<K, V> engine, ReadConsistency consistency) {
        this.engine = engine;
        this.consistency = engine.effective(Objects.requireNonNull(consistency, "consistency"));
    }

    /** The near entry, if a read of this view that loads may be answered by it as it is. */
    final @Nullable NearEntry<V> hit(K key) {
        if (key == null) {
            engine.requireKey(null);
        }
        return switch (consistency) {
            case BOUNDED -> engine.near.hit(key);
            case EVENTUAL -> engine.near.hitEventually(key);
            case LATEST -> null;
        };
    }

    private @Nullable NearEntry<V> hitOfLookUp(K key) {
        if (key == null) {
            engine.requireKey(null);
        }
        return switch (consistency) {
            case BOUNDED -> engine.near.hitOfLookUp(key);
            case EVENTUAL -> engine.near.hitEventually(key);
            case LATEST -> null;
        };
    }

    @Override
    public final String name() {
        return engine.name();
    }

    @Override
    public final @Nullable V getIfPresent(K key) {
        NearEntry<V> hit = hitOfLookUp(key);
        return hit != null
                ? hit.value
                : engine.readPath.read(key, ReadRequest.lookUp(consistency)).value();
    }

    @Override
    public final @Nullable CacheEntry<V> entry(K key) {
        engine.requireKey(key);
        return engine.entries.describe(engine.readPath.read(key, ReadRequest.inspect(consistency)));
    }

    @Override
    public final @Nullable V get(K key, CacheLoader<? super K, ? extends V> loader) {
        Objects.requireNonNull(loader, "loader");
        NearEntry<V> hit = hit(key);
        return hit != null ? hit.value : load(key, new Origin.Blocking<>(loader));
    }

    final @Nullable V load(K key, Origin<K, V> origin) {
        return engine.readPath.read(key, ReadRequest.get(consistency, origin)).value();
    }

    @Override
    public final Map<K, V> getAllPresent(Collection<? extends K> keys) {
        return engine.bulkReadPath.readAll(keys, expected -> ReadRequest.lookUp(consistency));
    }

    @Override
    public final Map<K, V> getAll(Collection<? extends K> keys, BulkCacheLoader<K, V> loader) {
        Objects.requireNonNull(loader, "loader");
        return engine.bulkReadPath.readAll(
                keys, expected -> ReadRequest.get(consistency, new BulkOrigin<>(loader, expected)));
    }

    @Override
    public final void put(K key, @Nullable V value) {
        put(key, value, EntryOptions.defaults());
    }

    @Override
    public final void put(K key, @Nullable V value, EntryOptions options) {
        Objects.requireNonNull(options, "options");
        engine.awaitWritten(runner -> engine.writePath.put(key, value, options, runner));
    }

    @Override
    public final boolean putIfAbsent(K key, @Nullable V value) {
        return engine.await(engine.writePath.putIfAbsent(key, value));
    }

    @Override
    public final void putAll(Map<? extends K, ? extends V> entries) {
        engine.awaitWritten(runner -> engine.writePath.putAll(entries, runner));
    }

    @Override
    public final void delete(K key) {
        engine.awaitWritten(runner -> engine.writePath.delete(key, runner));
    }

    @Override
    public final void deleteAll(Collection<? extends K> keys) {
        engine.awaitWritten(runner -> engine.writePath.deleteAll(keys, runner));
    }

    @Override
    public final void invalidate(K key) {
        engine.await(engine.invalidations.invalidate(key));
    }

    @Override
    public final void invalidate(K key, long originVersion) {
        engine.await(engine.invalidations.invalidate(key, originVersion));
    }

    @Override
    public final boolean invalidateIfPresent(K key) {
        return engine.await(engine.invalidations.invalidate(key));
    }

    @Override
    public final void invalidateAll(Collection<? extends K> keys) {
        engine.await(engine.invalidations.invalidateAll(keys));
    }

    @Override
    public final void invalidateTag(String tag) {
        engine.await(engine.invalidations.invalidateTag(tag));
    }

    @Override
    public final void expire(K key) {
        engine.await(engine.invalidations.expire(key));
    }

    @Override
    public final void expire(K key, long originVersion) {
        engine.await(engine.invalidations.expire(key, originVersion));
    }

    @Override
    public final void clear() {
        engine.await(engine.invalidations.clear());
    }

    @Override
    public final Quarantine<V> quarantine(K key) {
        return quarantine(key, QUARANTINE);
    }

    @Override
    public final Quarantine<V> quarantine(K key, Duration atMost) {
        CompletableFuture<Quarantine<V>> begun =
                engine.quarantinePath.begin(key, Objects.requireNonNull(atMost, "atMost"));
        try {
            return engine.await(begun);
        } catch (CacheException e) {
            // Who was interrupted gets nothing to end it by.
            CompletableFuture<Void> unused = begun.thenCompose(Quarantine::endAsync);
            throw e;
        }
    }

    @Override
    public final WriteBehind<K, V> writeBehind() {
        return engine.writePath.requireBehind();
    }

    @Override
    public AsyncTieredCache<K, V> async() {
        return new AsyncCache<>(engine, consistency);
    }

    @Override
    public TieredCache<K, V> reading(ReadConsistency other) {
        return new SyncCache<>(engine, other);
    }

    @Override
    public final CacheConfiguration configuration() {
        return engine.configuration();
    }

    @Override
    public final CacheStats stats() {
        return engine.stats();
    }

    @Override
    public final String toString() {
        return "TieredCache[" + engine.name + ", " + consistency + "]";
    }
}
