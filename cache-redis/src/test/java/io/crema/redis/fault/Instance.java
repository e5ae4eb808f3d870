package io.crema.redis.fault;

import io.crema.CacheStats;
import io.crema.Crema;
import io.crema.InvalidationPendingException;
import io.crema.LoadingTieredCache;
import io.crema.policy.HistoryChange;
import io.crema.policy.Near;
import io.crema.redis.RedisRemote;
import io.crema.redis.codec.PlainCodec;
import java.util.List;

/** One instance of a service, whose reads are all judged by the {@link Origin}. */
final class Instance implements AutoCloseable {

    private final String name;
    private final Crema crema;
    private final Origin origin;
    private final LoadingTieredCache<String, Long> cache;

    Instance(String name, RedisRemote remote, Origin origin, String cache, Near near, HistoryChange policy) {
        this.name = name;
        this.origin = origin;
        crema = Crema.builder().remote(remote).nodeName(name).build();
        this.cache = crema.<String, Long>cache(cache)
                .codec(PlainCodec.longs())
                .near(near)
                .staleness(Origin.BOUND)
                .onHistoryChange(policy)
                .buildWithContext(origin::load);
    }

    LoadingTieredCache<String, Long> cache() {
        return cache;
    }

    CacheStats stats() {
        return cache.stats();
    }

    long read(String key) {
        long start = System.nanoTime();
        long version = cache.get(key);
        origin.check(name, key, version, start);
        return version;
    }

    void readAll(List<String> keys) {
        keys.forEach(this::read);
    }

    /** How many of the keys this process answered itself. */
    long nearHits(List<String> keys) {
        long before = stats().nearHits();
        readAll(keys);
        return stats().nearHits() - before;
    }

    /** Whether what the origin has is what is read, for all of the keys. */
    boolean isFresh(List<String> keys) {
        return keys.stream().allMatch(key -> read(key) == origin.version(key));
    }

    /** Changes a row and invalidates its key. Returns whether that was acknowledged. */
    boolean change(String key) {
        long version = origin.commit(key);
        try {
            cache.invalidate(key);
        } catch (InvalidationPendingException e) {
            return false;
        }
        origin.acknowledged(key, version);
        return true;
    }

    /** Changes rows that have a tag and invalidates that. */
    void changeTagged(String tag, List<String> keys) {
        List<Long> versions = keys.stream().map(origin::commit).toList();
        cache.invalidateTag(tag);
        for (int i = 0; i < keys.size(); i++) {
            origin.acknowledged(keys.get(i), versions.get(i));
        }
    }

    @Override
    public void close() {
        crema.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
