package io.crema.scenario;

import io.crema.BulkCacheLoader;
import io.crema.CacheEntry;
import io.crema.CacheLoader;
import io.crema.CacheStats;
import io.crema.EntryOptions;
import io.crema.LoadingTieredCache;
import io.crema.Quarantine;
import io.crema.ReadConsistency;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a cache through one of its entry points, so that a scenario is written once. They wait for what a
 * future gives, and throw what it failed with.
 */
interface Calls {

    /** The cache itself. */
    LoadingTieredCache<String, String> cache();

    String name();

    @Nullable
    String getIfPresent(String key);

    @Nullable
    CacheEntry<String> entry(String key);

    @Nullable
    String get(String key);

    @Nullable
    String get(String key, CacheLoader<String, String> loader);

    Map<String, String> getAllPresent(Collection<String> keys);

    Map<String, String> getAll(Collection<String> keys);

    Map<String, String> getAll(Collection<String> keys, BulkCacheLoader<String, String> loader);

    @Nullable
    String refresh(String key);

    void put(String key, @Nullable String value);

    void put(String key, @Nullable String value, EntryOptions options);

    boolean putIfAbsent(String key, @Nullable String value);

    void putAll(Map<String, String> entries);

    void delete(String key);

    void deleteAll(Collection<String> keys);

    void invalidate(String key);

    void invalidate(String key, long originVersion);

    boolean invalidateIfPresent(String key);

    void invalidateAll(Collection<String> keys);

    void invalidateTag(String tag);

    void expire(String key);

    void expire(String key, long originVersion);

    void clear();

    Quarantine<String> quarantine(String key);

    /** Ends a quarantine by a value. */
    boolean putAtEnd(Quarantine<String> quarantine, String value);

    void end(Quarantine<String> quarantine);

    Calls reading(ReadConsistency consistency);

    default CacheStats stats() {
        return cache().stats();
    }
}
