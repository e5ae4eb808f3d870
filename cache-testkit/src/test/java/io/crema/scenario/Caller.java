package io.crema.scenario;

import io.crema.AsyncTieredCache;
import io.crema.CacheEntry;
import io.crema.CacheLoader;
import io.crema.ReadConsistency;
import io.crema.Tier;
import io.crema.TieredCache;
import io.crema.scenario.Fleet.Node;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.Operation;

/** Starts operations on the cache of one instance. */
record Caller<K>(Style style, Node node, TieredCache<K, String> cache) {

    Call<String> get(K key, CacheLoader<K, String> loader) {
        return style.start(cache, sync -> sync.get(key, loader), async -> async.get(key, loader));
    }

    Call<String> look(K key) {
        return style.start(cache, sync -> sync.getIfPresent(key), async -> async.getIfPresent(key));
    }

    Call<String> latest(K key) {
        return style.start(
                cache.reading(ReadConsistency.LATEST),
                sync -> sync.getIfPresent(key),
                async -> async.getIfPresent(key));
    }

    Call<Void> put(K key, String value) {
        return style.start(
                cache,
                sync -> {
                    sync.put(key, value);
                    return null;
                },
                async -> async.put(key, value));
    }

    Call<Boolean> invalidate(K key) {
        return style.start(cache, sync -> sync.invalidateIfPresent(key), async -> async.invalidateIfPresent(key));
    }

    Call<Void> clear() {
        return style.start(
                cache,
                sync -> {
                    sync.clear();
                    return null;
                },
                AsyncTieredCache::clear);
    }

    /** Loads on this very thread, as a loader does that needs the cache. */
    String getHere(K key, CacheLoader<K, String> loader) {
        return style == Style.SYNCHRONOUS
                ? cache.get(key, loader)
                : cache.async().get(key, loader).join();
    }

    /** What a read that starts now finds; null = nothing. */
    String read(K key) {
        return look(key).await();
    }

    /** What a read that starts now finds, or loads. */
    String load(K key, String origin) {
        return get(key, k -> origin).await();
    }

    /** Where a read that starts now finds a value. */
    Tier tier(K key) {
        CacheEntry<String> entry = cache.entry(key);
        if (entry == null) {
            throw new AssertionError("There is no " + key);
        }
        return entry.tier();
    }

    InMemoryRemote remote() {
        return node.remote();
    }

    /** How many records the instance has asked the remote tier for. */
    int reads() {
        return remote().executed(Operation.READ);
    }
}
