package io.crema.scenario;

import static io.crema.scenario.Waiting.forResult;

import io.crema.AsyncLoadingTieredCache;
import io.crema.BulkCacheLoader;
import io.crema.CacheEntry;
import io.crema.CacheLoader;
import io.crema.EntryOptions;
import io.crema.LoadingTieredCache;
import io.crema.Quarantine;
import io.crema.ReadConsistency;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The asynchronous operations, each waited for. */
record AsyncCalls(LoadingTieredCache<String, String> cache, AsyncLoadingTieredCache<String, String> async)
        implements Calls {

    AsyncCalls(LoadingTieredCache<String, String> cache) {
        this(cache, cache.async());
    }

    @Override
    public String name() {
        return async.name();
    }

    @Override
    public @Nullable String getIfPresent(String key) {
        return forResult(async.getIfPresent(key));
    }

    @Override
    public @Nullable CacheEntry<String> entry(String key) {
        return forResult(async.entry(key));
    }

    @Override
    public @Nullable String get(String key) {
        return forResult(async.get(key));
    }

    @Override
    public @Nullable String get(String key, CacheLoader<String, String> loader) {
        return forResult(async.get(key, loader));
    }

    @Override
    public Map<String, String> getAllPresent(Collection<String> keys) {
        return forResult(async.getAllPresent(keys));
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys) {
        return forResult(async.getAll(keys));
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys, BulkCacheLoader<String, String> loader) {
        return forResult(async.getAll(keys, loader));
    }

    @Override
    public @Nullable String refresh(String key) {
        return forResult(async.refresh(key));
    }

    @Override
    public void put(String key, @Nullable String value) {
        forResult(async.put(key, value));
    }

    @Override
    public void put(String key, @Nullable String value, EntryOptions options) {
        forResult(async.put(key, value, options));
    }

    @Override
    public boolean putIfAbsent(String key, @Nullable String value) {
        return forResult(async.putIfAbsent(key, value));
    }

    @Override
    public void putAll(Map<String, String> entries) {
        forResult(async.putAll(entries));
    }

    @Override
    public void delete(String key) {
        forResult(async.delete(key));
    }

    @Override
    public void deleteAll(Collection<String> keys) {
        forResult(async.deleteAll(keys));
    }

    @Override
    public void invalidate(String key) {
        forResult(async.invalidate(key));
    }

    @Override
    public void invalidate(String key, long originVersion) {
        forResult(async.invalidate(key, originVersion));
    }

    @Override
    public boolean invalidateIfPresent(String key) {
        return forResult(async.invalidateIfPresent(key));
    }

    @Override
    public void invalidateAll(Collection<String> keys) {
        forResult(async.invalidateAll(keys));
    }

    @Override
    public void invalidateTag(String tag) {
        forResult(async.invalidateTag(tag));
    }

    @Override
    public void expire(String key) {
        forResult(async.expire(key));
    }

    @Override
    public void expire(String key, long originVersion) {
        forResult(async.expire(key, originVersion));
    }

    @Override
    public void clear() {
        forResult(async.clear());
    }

    @Override
    public Quarantine<String> quarantine(String key) {
        return forResult(async.quarantine(key));
    }

    @Override
    public boolean putAtEnd(Quarantine<String> quarantine, String value) {
        return forResult(quarantine.putAsync(value));
    }

    @Override
    public void end(Quarantine<String> quarantine) {
        forResult(quarantine.endAsync());
    }

    @Override
    public Calls reading(ReadConsistency consistency) {
        return new AsyncCalls(cache.reading(consistency), async.reading(consistency));
    }
}
