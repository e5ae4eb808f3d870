package io.crema.benchmarks;

import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.redis.codec.PlainCodec;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** What the server was sent for invalidations one after the other, by its own count. Heartbeats are counted as well. */
final class RoundTrips {

    private static final int OPERATIONS = 5_000;

    private RoundTrips() {}

    static final class OfCrema implements Probe {

        @Override
        public Map<Figure, Double> measure(Duration time, int threads) {
            try (Crema crema = Server.crema()) {
                TieredCache<String, byte[]> cache = crema.<String, byte[]>cache("round-trips")
                        .codec(PlainCodec.bytes())
                        .near(Near.entries(2 * Workload.Step.KEYS))
                        .expiration(Expiration.fresh(Duration.ofMinutes(30)))
                        .build();
                String[] keys = Workload.keys(Workload.Step.KEYS);
                Server.fill(cache, keys, key -> Workload.value(L2Hit.VALUE_BYTES));
                // The first one may have to send the script itself.
                cache.invalidate(keys[0]);
                return counted(i -> cache.invalidate(keys[i % keys.length]));
            }
        }
    }

    static final class OfLettuce implements Probe {

        @Override
        public Map<Figure, Double> measure(Duration time, int threads) {
            try (Reference reference = new Reference()) {
                byte[][] keys = Reference.keys(Workload.Step.KEYS);
                byte[] mark = Workload.value(Writes.MARK_BYTES);
                return counted(i -> reference.setAndPublish(keys[i % keys.length], mark));
            }
        }
    }

    private interface Operation {

        void run(int number);
    }

    private static Map<Figure, Double> counted(Operation operation) {
        RedisClient client = Server.client();
        try {
            RedisCommands<byte[], byte[]> server = Server.connect(client).sync();
            long calls = calls(server);
            long reads = reads(server);
            for (int i = 0; i < OPERATIONS; i++) {
                operation.run(i);
            }
            Map<Figure, Double> figures = new EnumMap<>(Figure.class);
            figures.put(Figure.READS, (double) (reads(server) - reads) / OPERATIONS);
            figures.put(Figure.EVALSHA, (double) (calls(server) - calls) / OPERATIONS);
            return figures;
        } finally {
            Server.close(client);
        }
    }

    private static long calls(RedisCommands<byte[], byte[]> server) {
        return number(server.info("commandstats"), "cmdstat_evalsha:calls=");
    }

    private static long reads(RedisCommands<byte[], byte[]> server) {
        return number(server.info("stats"), "total_reads_processed:");
    }

    /** The number after a name, up to the next comma; 0 if the name is missing: a command that nobody called. */
    static long number(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).split(",", 2)[0])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }
}
