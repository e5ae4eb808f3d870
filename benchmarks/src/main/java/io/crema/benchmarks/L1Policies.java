package io.crema.benchmarks;

import io.crema.CacheBuilder;
import io.crema.CacheEntry;
import io.crema.CacheStats;
import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.policy.Backoff;
import io.crema.policy.Bulkhead;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import io.crema.policy.NullCaching;
import io.crema.policy.RefreshAhead;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.redis.codec.PlainCodec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** As {@link L1Hit}, of a cache that knows its loader, without policies of loading and with all of them. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class L1Policies {

    /** Longer than any fork. */
    static final Duration LONG = Duration.ofMinutes(30);

    /** So many keys are loaded, the others put: hits are compiled by a JVM that has seen misses too. */
    private static final int LOADED = 200;

    /** The share of freshness after which a value is due before anybody can read it. */
    private static final double AT_ONCE_DUE = 1e-9;

    /** So many refreshes are begun together, about as many as an instance begins at once. */
    private static final int AT_ONCE = 20;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    @Benchmark
    public @Nullable Object off(Off state, Workload.Cursor cursor) {
        return state.cache.get(cursor.next(state.order));
    }

    @Benchmark
    public @Nullable Object on(On state, Workload.Cursor cursor) {
        return state.cache.get(cursor.next(state.order));
    }

    @Benchmark
    public @Nullable Object onClaimed(Claimed state, Workload.Cursor cursor) {
        return state.cache.get(cursor.next(state.order));
    }

    @Benchmark
    public @Nullable Object onDueLookUp(Due state, Workload.Cursor cursor) {
        return state.cache.getIfPresent(cursor.next(state.order));
    }

    @Benchmark
    public @Nullable Object onStale(Stale state, Workload.Cursor cursor) {
        return state.cache.get(cursor.next(state.order));
    }

    @Benchmark
    public @Nullable Object caffeinePlain(L1Hit.Plain state, Workload.Cursor cursor) {
        return state.cache.getIfPresent(cursor.next(state.order));
    }

    /** All of them, with their usual figures, on a cache whose values are fresh for that long. Nobody listens. */
    static <K, V> CacheBuilder<K, V> all(CacheBuilder<K, V> cache, Duration fresh) {
        return cache.expiration(Expiration.fresh(fresh).jitter(0.1))
                .nulls(NullCaching.cachedFor(Duration.ofMinutes(1)))
                .staleOnError(StaleOnError.upTo(LONG.multipliedBy(4)))
                .staleWhileRevalidate(StaleWhileRevalidate.upTo(LONG))
                .refreshAhead(RefreshAhead.at(0.8).beta(1))
                .loadTimeouts(LoadTimeouts.soft(Duration.ofMillis(500)).hard(Duration.ofSeconds(5)))
                .bulkhead(Bulkhead.of(64))
                .singleFlight(SingleFlight.waitUpTo(Duration.ofSeconds(5)))
                .failures(FailureCaching.cachedFor(Duration.ofSeconds(1)));
    }

    /** As {@link #all}, where a value whose load behind its readers was begun and failed is left alone. */
    private static <K, V> CacheBuilder<K, V> leavingAlone(CacheBuilder<K, V> cache, Duration fresh, double fraction) {
        Backoff once = Backoff.every(LONG);
        return all(cache, fresh)
                .staleOnError(StaleOnError.upTo(LONG.multipliedBy(4)).retry(once))
                .refreshAhead(RefreshAhead.at(fraction).beta(1).retry(once));
    }

    /** Entries over a real connection. */
    public abstract static class Entries {

        final String[] order = Workload.zipf(L1Hit.KEYS);
        final String[] keys = Workload.keys(L1Hit.KEYS);
        private final Crema crema = Server.crema();

        final CacheBuilder<String, String> builder() {
            return crema.<String, String>cache("l1-policies")
                    .codec(PlainCodec.strings())
                    .near(Near.entries(L1Hit.MAXIMUM).expireAfter(LONG))
                    .expiration(Expiration.fresh(LONG));
        }

        static String load(String key) {
            return "value of " + key;
        }

        final void fill(LoadingTieredCache<String, String> cache) {
            for (int number = 0; number < keys.length; number++) {
                String key = keys[number];
                if (number % (keys.length / LOADED) == 0) {
                    Server.insist(() -> cache.get(key));
                } else {
                    Server.insist(() -> cache.put(key, load(key)));
                }
            }
        }

        @TearDown
        public void close() {
            requireMeasured();
            crema.close();
        }

        /** Whether the fork has measured what it was to. */
        abstract void requireMeasured();

        static void requireHits(CacheStats stats) {
            long others = stats.remoteHits() + stats.misses() - LOADED;
            if (others > stats.nearHits() / 10_000) {
                throw new IllegalStateException(others + " reads were no hits of the near tier: " + stats);
            }
        }

        static void requireFreshHits(CacheStats stats) {
            requireHits(stats);
            if (stats.staleServed() > stats.nearHits() / 10_000) {
                throw new IllegalStateException("Values were stale: " + stats);
            }
        }
    }

    /** The engine as it is without any. */
    @State(Scope.Benchmark)
    public static class Off extends Entries {

        final LoadingTieredCache<String, String> cache = builder().build(Entries::load);

        public Off() {
            fill(cache);
            L1Hit.compact();
        }

        @Override
        void requireMeasured() {
            requireFreshHits(cache.stats());
        }
    }

    /** All of them, and no value near the moment of its refresh. */
    @State(Scope.Benchmark)
    public static class On extends Entries {

        final LoadingTieredCache<String, String> cache = all(builder(), LONG).build(Entries::load);

        public On() {
            fill(cache);
            L1Hit.compact();
        }

        @Override
        void requireMeasured() {
            requireFreshHits(cache.stats());
            if (cache.stats().refreshes() > 0) {
                throw new IllegalStateException("Entries were loaded anew: " + cache.stats());
            }
        }
    }

    /** All of them, and each value's refresh was begun: no load succeeds once the cache is filled. */
    public abstract static class Refreshed extends Entries {

        final LoadingTieredCache<String, String> cache;

        Refreshed(Duration fresh, double fraction) {
            AtomicBoolean down = new AtomicBoolean();
            cache = leavingAlone(builder(), fresh, fraction).build(key -> {
                if (down.get()) {
                    throw new IllegalStateException("the origin is down");
                }
                return load(key);
            });
            fill(cache);
            down.set(true);
        }

        /** Reads every key, a few at a time, for refreshes are begun at a limited rate. */
        final void refreshAll() {
            for (int from = 0; from < keys.length; from += AT_ONCE) {
                long expected = cache.stats().refreshes() + AT_ONCE;
                long began = System.nanoTime();
                while (cache.stats().refreshes() < expected && System.nanoTime() - began < PATIENCE_NANOS) {
                    // Those that are not begun yet are due again.
                    for (int number = from; number < from + AT_ONCE; number++) {
                        String unused = cache.get(keys[number]);
                    }
                }
            }
            if (cache.stats().refreshes() < keys.length * 0.99) {
                throw new IllegalStateException("Too few refreshes were begun: " + cache.stats());
            }
            L1Hit.compact();
        }
    }

    /** Every value is fresh, and was due from its first moment. */
    @State(Scope.Benchmark)
    public static class Claimed extends Refreshed {

        public Claimed() {
            super(LONG, AT_ONCE_DUE);
            refreshAll();
        }

        @Override
        void requireMeasured() {
            requireFreshHits(cache.stats());
        }
    }

    /** All of them, and every value due to be refreshed; look-ups, which leave that to others. */
    @State(Scope.Benchmark)
    public static class Due extends Entries {

        final LoadingTieredCache<String, String> cache =
                leavingAlone(builder(), LONG, AT_ONCE_DUE).build(Entries::load);

        public Due() {
            fill(cache);
            L1Hit.compact();
        }

        @Override
        void requireMeasured() {
            requireFreshHits(cache.stats());
        }
    }

    /** Every value is stale, and served although it is. */
    @State(Scope.Benchmark)
    public static class Stale extends Refreshed {

        public Stale() {
            super(Duration.ofSeconds(1), 0.8);
            // It was put last.
            String last = keys[keys.length - 1];
            Server.await("the end of freshness", Duration.ofSeconds(10), () -> {
                CacheEntry<String> entry = cache.entry(last);
                return entry != null && entry.isStale();
            });
            refreshAll();
        }

        @Override
        void requireMeasured() {
            requireHits(cache.stats());
            if (cache.stats().staleServed() < cache.stats().nearHits() * 0.99) {
                throw new IllegalStateException("Values were fresh: " + cache.stats());
            }
        }
    }
}
