package io.crema.benchmarks;

import io.crema.CacheBuilder;
import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.policy.WritePolicy;
import io.crema.redis.codec.PlainCodec;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RMap;
import org.redisson.api.RedissonClient;
import org.redisson.api.map.WriteMode;
import org.redisson.api.options.MapOptions;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.client.codec.StringCodec;
import org.redisson.codec.CompositeCodec;
import org.redisson.config.Config;

/** Something over Redis that is put to and writes rows, now or later. */
interface Store extends AutoCloseable {

    /** How long a write behind waits for others. */
    Duration DELAY = Duration.ofSeconds(1);

    /** How many rows a write behind makes together at most. */
    int BATCH = 100;

    /** How many writes behind wait at most. */
    int BOUND = 100_000;

    /** How many connections of the database write behind at a time. */
    int FLUSHERS = 4;

    /** As it is by itself, but that callers wait for room and do not fail. */
    WritePolicy.Behind BEHIND =
            WritePolicy.behind().delay(DELAY).batch(BATCH).flushers(FLUSHERS).journal(BOUND, Duration.ofSeconds(30));

    void put(String key, byte[] value);

    @Override
    void close();

    /** Two tiers; this instance is the only one that listens. */
    final class OfCrema implements Store {

        private static final int NEAR_ENTRIES = 1 << 13;

        private final Crema crema = Server.crema();
        private final TieredCache<String, byte[]> cache;

        /** @param policy null to write no rows */
        OfCrema(@Nullable WritePolicy policy, Rows rows) {
            CacheBuilder<String, byte[]> builder = crema.<String, byte[]>cache("stored")
                    .codec(PlainCodec.bytes())
                    .near(Near.entries(NEAR_ENTRIES))
                    .expiration(Expiration.fresh(Duration.ofMinutes(5)));
            cache = policy == null
                    ? builder.build()
                    : builder.writer(rows).writePolicy(policy).build();
        }

        @Override
        public void put(String key, byte[] value) {
            cache.put(key, value);
        }

        @Override
        public void close() {
            crema.close();
        }
    }

    /**
     * One hash, with the settings that this library has by itself but for the codec: keys and values go as they are, as those
     * of Crema do. Nothing is near.
     */
    final class OfRedisson implements Store {

        /** Held here, for nobody else does. */
        private static final Logger LOG = Logger.getLogger("org.redisson");

        static {
            LOG.setLevel(Level.WARNING);
        }

        private final RedissonClient client;
        private final RMap<String, byte[]> map;

        OfRedisson(WriteMode mode, Rows rows) {
            Config config = new Config();
            config.useSingleServer().setAddress(Server.uri());
            client = Redisson.create(config);
            map = client.getMap(MapOptions.<String, byte[]>name(Server.NAMESPACE + ":stored")
                    .codec(new CompositeCodec(StringCodec.INSTANCE, ByteArrayCodec.INSTANCE))
                    .writer(rows.inOrder())
                    .writeMode(mode)
                    .writeBehindBatchSize(BATCH)
                    .writeBehindDelay(Math.toIntExact(DELAY.toMillis())));
        }

        @Override
        public void put(String key, byte[] value) {
            boolean unused = map.fastPut(key, value);
        }

        /** What has not been written yet is dropped, as are the values: they have no time to live. */
        @Override
        public void close() {
            client.getKeys().unlinkByPattern("*" + Server.NAMESPACE + "*");
            client.shutdown();
        }
    }
}
