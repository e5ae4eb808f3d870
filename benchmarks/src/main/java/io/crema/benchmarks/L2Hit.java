package io.crema.benchmarks;

import io.crema.CacheStats;
import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.redis.codec.PlainCodec;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A value that Redis has and this process has not, beside one GET of the same record by Lettuce alone. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class L2Hit {

    static final int VALUE_BYTES = 200;

    @Benchmark
    public byte @Nullable [] crema(WithoutNear state, Workload.Step step) {
        return state.cache.getIfPresent(state.keys[step.next()]);
    }

    @Benchmark
    public byte @Nullable [] lettuceGet(Raw state, Workload.Step step) {
        return state.commands.get(state.keys[step.next()]);
    }

    private static TieredCache<String, byte[]> filled(Crema crema) {
        TieredCache<String, byte[]> cache = crema.<String, byte[]>cache("l2-hit")
                .codec(PlainCodec.bytes())
                .near(Near.none())
                .expiration(Expiration.fresh(Duration.ofMinutes(30)))
                .build();
        byte[] value = Workload.value(VALUE_BYTES);
        Server.fill(cache, Workload.keys(Workload.Step.KEYS), key -> value);
        return cache;
    }

    /** Every read asks Redis. */
    @State(Scope.Benchmark)
    public static class WithoutNear {

        final String[] keys = Workload.keys(Workload.Step.KEYS);
        private final Crema crema = Server.crema();
        final TieredCache<String, byte[]> cache = filled(crema);

        @TearDown
        public void close() {
            CacheStats stats = cache.stats();
            if (stats.misses() + stats.remoteFailures() > stats.remoteHits() / 10_000) {
                throw new IllegalStateException("There were reads that found nothing: " + stats);
            }
            crema.close();
        }
    }

    /** The records that a cache has stored, by the names under which they lie in Redis. */
    @State(Scope.Benchmark)
    public static class Raw {

        private final RedisClient client = Server.client();
        private final StatefulRedisConnection<byte[], byte[]> connection = Server.connect(client);
        final RedisCommands<byte[], byte[]> commands = connection.sync();
        final byte[][] keys = records();

        private byte[][] records() {
            try (Crema crema = Server.crema()) {
                TieredCache<String, byte[]> unused = filled(crema);
            }
            int keyCount = Workload.Step.KEYS;
            List<byte[]> found = new ArrayList<>();
            ScanIterator<byte[]> names = ScanIterator.scan(
                    commands,
                    ScanArgs.Builder.matches("*" + Server.NAMESPACE + "*product:*")
                            .limit(1_000));
            while (names.hasNext()) {
                found.add(names.next());
            }
            if (found.size() != keyCount) {
                throw new IllegalStateException(found.size() + " records instead of " + keyCount + " lie in Redis");
            }
            return found.toArray(byte[][]::new);
        }

        @TearDown
        public void close() {
            Server.close(client);
        }
    }
}
