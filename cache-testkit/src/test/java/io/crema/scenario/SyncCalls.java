package io.crema.scenario;

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

/** The synchronous operations; a refresh has no synchronous form and is waited for. */
record SyncCalls(LoadingTieredCache<String, String> cache) implements Calls {

    @Override
    public String name() {
        return cache.name();
    }

    @Override
    public @Nullable String getIfPresent(String key) {
        return cache.getIfPresent(key);
    }

    @Override
    public @Nullable CacheEntry<String> entry(String key) {
        return cache.entry(key);
    }

    @Override
    public @Nullable String get(String key) {
        return cache.get(key);
    }

    @Override
    public @Nullable String get(String key, CacheLoader<String, String> loader) {
        return cache.get(key, loader);
    }

    @Override
    public Map<String, String> getAllPresent(Collection<String> keys) {
        return cache.getAllPresent(keys);
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys) {
        return cache.getAll(keys);
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys, BulkCacheLoader<String, String> loader) {
        return cache.getAll(keys, loader);
    }

    @Override
    public @Nullable String refresh(String key) {
        return Waiting.forResult(cache.refresh(key));
    }

    @Override
    public void put(String key, @Nullable String value) {
        cache.put(key, value);
    }

    @Override
    public void put(String key, @Nullable String value, EntryOptions options) {
        cache.put(key, value, options);
    }

    @Override
    public boolean putIfAbsent(String key, @Nullable String value) {
        return cache.putIfAbsent(key, value);
    }

    @Override
    public void putAll(Map<String, String> entries) {
        cache.putAll(entries);
    }

    @Override
    public void delete(String key) {
        cache.delete(key);
    }

    @Override
    public void deleteAll(Collection<String> keys) {
        cache.deleteAll(keys);
    }

    @Override
    public void invalidate(String key) {
        cache.invalidate(key);
    }

    @Override
    public void invalidate(String key, long originVersion) {
        cache.invalidate(key, originVersion);
    }

    @Override
    public boolean invalidateIfPresent(String key) {
        return cache.invalidateIfPresent(key);
    }

    @Override
    public void invalidateAll(Collection<String> keys) {
        cache.invalidateAll(keys);
    }

    @Override
    public void invalidateTag(String tag) {
        cache.invalidateTag(tag);
    }

    @Override
    public void expire(String key) {
        cache.expire(key);
    }

    @Override
    public void expire(String key, long originVersion) {
        cache.expire(key, originVersion);
    }

    @Override
    public void clear() {
        cache.clear();
    }

    @Override
    public Quarantine<String> quarantine(String key) {
        return cache.quarantine(key);
    }

    @Override
    public boolean putAtEnd(Quarantine<String> quarantine, String value) {
        return quarantine.put(value);
    }

    @Override
    public void end(Quarantine<String> quarantine) {
        quarantine.end();
    }

    @Override
    public Calls reading(ReadConsistency consistency) {
        return new SyncCalls(cache.reading(consistency));
    }
}
