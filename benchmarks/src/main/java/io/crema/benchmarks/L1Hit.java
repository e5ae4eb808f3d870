package io.crema.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.crema.CacheStats;
import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.redis.codec.PlainCodec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A value that this process has: 10,000 keys, popular ones asked for more often, in tiers that are two thirds full (below
 * one half Caffeine saves itself the recording of reads).
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class L1Hit {

    static final int KEYS = 10_000;
    static final int MAXIMUM = 15_000;
    static final Duration TIME_TO_LIVE = Duration.ofMinutes(30);

    @Benchmark
    public @Nullable Object crema(OverRedis state, Workload.Cursor cursor) {
        return state.cache.getIfPresent(cursor.next(state.order));
    }

    @Benchmark
    public @Nullable Object cremaNearOnly(NearOnly state, Workload.Cursor cursor) {
        return state.cache.getIfPresent(cursor.next(state.order));
    }

    @Benchmark
    public @Nullable Object caffeinePlain(Plain state, Workload.Cursor cursor) {
        return state.cache.getIfPresent(cursor.next(state.order));
    }

    @Benchmark
    public @Nullable Object caffeineExpireAfterWrite(Expiring state, Workload.Cursor cursor) {
        return state.cache.getIfPresent(cursor.next(state.order));
    }

    /** With time to live, statistics, and a staleness bound that real heartbeats over a real connection uphold. */
    @State(Scope.Benchmark)
    public static class OverRedis {

        final String[] order = Workload.zipf(KEYS);
        private final Crema crema = Server.crema();
        final TieredCache<String, String> cache = crema.<String, String>cache("l1-hit")
                .codec(PlainCodec.strings())
                .near(Near.entries(MAXIMUM).expireAfter(TIME_TO_LIVE))
                .expiration(Expiration.fresh(TIME_TO_LIVE))
                .build();

        public OverRedis() {
            fill(cache);
        }

        @TearDown
        public void close() {
            requireHits(cache.stats());
            crema.close();
        }
    }

    /** With time to live and statistics, without a remote tier. */
    @State(Scope.Benchmark)
    public static class NearOnly {

        final String[] order = Workload.zipf(KEYS);
        private final Crema crema = Crema.builder().nodeName("bench").build();
        final TieredCache<String, String> cache = crema.<String, String>cache("l1-hit")
                .near(Near.entries(MAXIMUM).expireAfter(TIME_TO_LIVE))
                .expiration(Expiration.fresh(TIME_TO_LIVE))
                .build();

        public NearOnly() {
            fill(cache);
        }

        @TearDown
        public void close() {
            requireHits(cache.stats());
            crema.close();
        }
    }

    /** With a bound on its size, and nothing else. */
    @State(Scope.Benchmark)
    public static class Plain {

        final String[] order = Workload.zipf(KEYS);
        final Cache<String, String> cache =
                Caffeine.newBuilder().maximumSize(MAXIMUM).build();

        public Plain() {
            fill(cache);
        }
    }

    /** With a time to live by its own clock. */
    @State(Scope.Benchmark)
    public static class Expiring {

        final String[] order = Workload.zipf(KEYS);
        final Cache<String, String> cache = Caffeine.newBuilder()
                .maximumSize(MAXIMUM)
                .expireAfterWrite(TIME_TO_LIVE)
                .build();

        public Expiring() {
            fill(cache);
        }
    }

    private static void fill(TieredCache<String, String> cache) {
        Server.fill(cache, Workload.keys(KEYS), key -> "value of " + key);
        compact();
    }

    private static void fill(Cache<String, String> cache) {
        for (String key : Workload.keys(KEYS)) {
            cache.put(key, "value of " + key);
        }
        compact();
    }

    /** Entries then lie close together for everybody, whatever garbage was made between them. */
    static void compact() {
        System.gc();
    }

    /** A fork in which the bound made reads go to the remote tier has not measured hits. */
    static void requireHits(CacheStats stats) {
        long others = stats.remoteHits() + stats.misses();
        if (others > stats.nearHits() / 10_000) {
            throw new IllegalStateException(others + " reads were no hits of the near tier: " + stats);
        }
    }
}
