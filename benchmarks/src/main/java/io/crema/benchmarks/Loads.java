package io.crema.benchmarks;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.crema.CacheBuilder;
import io.crema.CacheStats;
import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A value that nobody has, of a loader that costs nothing, without a remote tier: what a load costs besides its loader.
 * Keys come in a round that is sixty times as long as what the tiers hold.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Loads {

    private static final int MAXIMUM = 1_000;

    @Benchmark
    public @Nullable Object off(Off state, Round round) {
        return state.cache.get(round.next());
    }

    @Benchmark
    public @Nullable Object on(On state, Round round) {
        return state.cache.get(round.next());
    }

    @Benchmark
    public @Nullable Object onWithoutTimeouts(OnWithoutTimeouts state, Round round) {
        return state.cache.get(round.next());
    }

    @Benchmark
    public @Nullable Object caffeineGet(Plain state, Round round) {
        return state.cache.get(round.next(), key -> key);
    }

    @Benchmark
    public @Nullable Object caffeineAsync(Async state, Round round) {
        return state.cache.get(round.next()).join();
    }

    /** Where a thread is in a round of all keys. */
    @State(Scope.Thread)
    public static class Round {

        /** A power of two, so that a mask wraps it. */
        private static final int KEYS = 1 << 16;

        private final String[] keys = Workload.keys(KEYS);
        private int next;

        String next() {
            return keys[next++ & (KEYS - 1)];
        }
    }

    /** A cache of some policies. */
    public abstract static class Loading {

        private final Crema crema = Crema.builder().nodeName("bench").build();
        final LoadingTieredCache<String, String> cache;

        Loading(UnaryOperator<CacheBuilder<String, String>> policies) {
            cache = policies.apply(crema.<String, String>cache("loads")
                            .near(Near.entries(MAXIMUM))
                            .expiration(Expiration.fresh(L1Policies.LONG)))
                    .build(key -> key);
        }

        @TearDown
        public void close() {
            CacheStats stats = cache.stats();
            if (stats.loads() < stats.nearHits() * 10 || stats.loadFailures() > 0) {
                throw new IllegalStateException("Not every read was a load: " + stats);
            }
            crema.close();
        }
    }

    /** None. */
    @State(Scope.Benchmark)
    public static class Off extends Loading {

        public Off() {
            super(builder -> builder);
        }
    }

    /** All, hence loads on other threads. */
    @State(Scope.Benchmark)
    public static class On extends Loading {

        public On() {
            super(builder -> L1Policies.all(builder, L1Policies.LONG));
        }
    }

    /** All others, hence loads on the caller's thread. */
    @State(Scope.Benchmark)
    public static class OnWithoutTimeouts extends Loading {

        public OnWithoutTimeouts() {
            super(builder -> L1Policies.all(builder, L1Policies.LONG).loadTimeouts(LoadTimeouts.none()));
        }
    }

    /** Loads on the caller's thread. */
    @State(Scope.Benchmark)
    public static class Plain {

        final Cache<String, String> cache = Caffeine.newBuilder()
                .maximumSize(MAXIMUM)
                .expireAfterWrite(L1Policies.LONG)
                .build();
    }

    /** A loader that has its value at once. */
    @State(Scope.Benchmark)
    public static class Async {

        final AsyncLoadingCache<String, String> cache = Caffeine.newBuilder()
                .maximumSize(MAXIMUM)
                .expireAfterWrite(L1Policies.LONG)
                .buildAsync((key, executor) -> CompletableFuture.completedFuture(key));
    }
}
