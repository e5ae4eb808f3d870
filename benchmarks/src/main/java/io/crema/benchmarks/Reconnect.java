package io.crema.benchmarks;

import io.crema.CacheStats;
import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.redis.codec.PlainCodec;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the near tier still serves after the connection that carries invalidations was lost and made again. */
final class Reconnect {

    private static final int KEYS = 10_000;

    /** As many as a cache has unless told otherwise. */
    private static final int PARTITIONS = 16;

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String OLD = "old";
    private static final String NEW = "new";

    private Reconnect() {}

    static final class Quiet implements Probe {

        @Override
        public Map<Figure, Double> measure(Duration time, int threads) {
            return Reconnect.measure(0);
        }
    }

    /** One key is written while nothing is heard, which makes all of its partition doubtful. */
    static final class Written implements Probe {

        @Override
        public Map<Figure, Double> measure(Duration time, int threads) {
            return Reconnect.measure(1);
        }
    }

    private static Map<Figure, Double> measure(int keysWritten) {
        String[] keys = Workload.keys(KEYS);
        RedisClient client = Server.client();
        try (Crema here = Server.crema();
                Crema elsewhere = Server.crema()) {
            TieredCache<String, String> reader = cache(here);
            TieredCache<String, String> writer = cache(elsewhere);
            Server.fill(reader, keys, key -> OLD);
            Server.await("all entries in the near tier", LIMIT, () -> nearHits(reader, keys) == KEYS);
            RedisCommands<byte[], byte[]> server = Server.connect(client).sync();
            long before = resynchronised(reader.stats());
            long lost = System.nanoTime();
            long killed = server.clientKill(KillArgs.Builder.typePubsub());
            if (killed < 2) {
                throw new IllegalStateException(killed + " connections were lost instead of two");
            }
            for (int i = 0; i < keysWritten; i++) {
                writer.put(keys[i], NEW);
            }
            Server.await("resynchronisation", LIMIT, () -> resynchronised(reader.stats()) >= before + PARTITIONS);
            long back = System.nanoTime();
            int stale = 0;
            long hits = reader.stats().nearHits();
            for (int i = 0; i < KEYS; i++) {
                stale += (i < keysWritten ? NEW : OLD).equals(reader.getIfPresent(keys[i])) ? 0 : 1;
            }
            Map<Figure, Double> figures = new EnumMap<>(Figure.class);
            figures.put(Figure.KEPT, 100.0 * (reader.stats().nearHits() - hits) / KEYS);
            figures.put(Figure.STALE, (double) stale);
            figures.put(Figure.BACK, (double) TimeUnit.NANOSECONDS.toMillis(back - lost));
            return figures;
        } finally {
            Server.close(client);
        }
    }

    private static TieredCache<String, String> cache(Crema crema) {
        return crema.<String, String>cache("reconnect")
                .codec(PlainCodec.strings())
                .near(Near.entries(2 * KEYS))
                .expiration(Expiration.fresh(Duration.ofMinutes(30)))
                .build();
    }

    /** Reads each key once. */
    private static long nearHits(TieredCache<String, String> cache, String... keys) {
        long before = cache.stats().nearHits();
        for (String key : keys) {
            String unused = cache.getIfPresent(key);
        }
        return cache.stats().nearHits() - before;
    }

    /** Each partition is found to have missed nothing, or something. */
    private static long resynchronised(CacheStats stats) {
        return stats.resyncsKept() + stats.gaps();
    }
}
