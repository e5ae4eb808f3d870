package io.crema.redis.contract;

import io.crema.redis.RedisRemote;
import io.crema.spi.CacheTerms;
import io.crema.spi.RemoteTier;
import io.crema.testkit.EmbeddedRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import org.awaitility.Awaitility;

/** One server for all tests of a contract; each test has caches of its own names. */
final class RealServer implements AutoCloseable {

    private final EmbeddedRedis redis = EmbeddedRedis.start();

    /** A tier that is connected; the contract expects a server that can be reached. */
    RemoteTier connect(int partitions) {
        RedisRemote remote =
                RedisRemote.builder(redis.uri()).partitions(partitions).build();
        Awaitility.await().until(() -> {
            try {
                return remote.open(new CacheTerms("warm-up", "standard-1")).join() != null;
            } catch (RuntimeException e) {
                return false;
            }
        });
        return remote;
    }

    /** Removes the clock of a partition, whose slot's name ends in a number that only the adapter knows. */
    void loseClock(String cache, int partition) {
        RedisClient client = RedisClient.create(redis.uri());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            for (String key : connection.sync().keys("{crema:" + cache + ":" + partition + ":*}clk")) {
                connection.sync().del(key);
            }
        } finally {
            client.shutdown();
        }
    }

    @Override
    public void close() {
        redis.close();
    }
}
