package io.crema.benchmarks;

import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.TieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.redis.codec.PlainCodec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** As {@link L1Hit}, of entries without tags and with some: of a hundred tags, each entry has those next to its number. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class L1Tagged {

    private static final int TAGS = 100;

    @Benchmark
    public @Nullable Object untagged(Untagged state, Workload.Cursor cursor) {
        return state.cache.getIfPresent(cursor.next(state.order));
    }

    @Benchmark
    public @Nullable Object oneTag(OneTag state, Workload.Cursor cursor) {
        return state.cache.getIfPresent(cursor.next(state.order));
    }

    @Benchmark
    public @Nullable Object threeTags(ThreeTags state, Workload.Cursor cursor) {
        return state.cache.getIfPresent(cursor.next(state.order));
    }

    /** Entries over a real connection, each with as many tags. */
    public abstract static class Entries {

        final String[] order = Workload.zipf(L1Hit.KEYS);
        private final Crema crema = Server.crema();
        final TieredCache<String, String> cache = crema.<String, String>cache("l1-tagged")
                .codec(PlainCodec.strings())
                .near(Near.entries(L1Hit.MAXIMUM).expireAfter(L1Hit.TIME_TO_LIVE))
                .expiration(Expiration.fresh(L1Hit.TIME_TO_LIVE))
                .build();

        Entries(int tagsEach) {
            String[] keys = Workload.keys(L1Hit.KEYS);
            for (int number = 0; number < keys.length; number++) {
                int first = number;
                String[] tags = IntStream.range(0, tagsEach)
                        .mapToObj(i -> "category:" + (first + i) % TAGS)
                        .toArray(String[]::new);
                String key = keys[number];
                Server.insist(() -> cache.put(
                        key, "value of " + key, EntryOptions.defaults().tags(tags)));
            }
            // The versions of all tags have to be known before each read is a hit.
            Server.await("all entries in the near tier", Duration.ofSeconds(30), () -> {
                long before = cache.stats().nearHits();
                for (String key : keys) {
                    String unused = cache.getIfPresent(key);
                }
                return cache.stats().nearHits() - before == keys.length;
            });
            L1Hit.compact();
        }

        @TearDown
        public void close() {
            L1Hit.requireHits(cache.stats());
            crema.close();
        }
    }

    @State(Scope.Benchmark)
    public static class Untagged extends Entries {

        public Untagged() {
            super(0);
        }
    }

    @State(Scope.Benchmark)
    public static class OneTag extends Entries {

        public OneTag() {
            super(1);
        }
    }

    @State(Scope.Benchmark)
    public static class ThreeTags extends Entries {

        public ThreeTags() {
            super(3);
        }
    }
}
