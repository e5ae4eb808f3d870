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

    /** Of the caches of the contracts. */
    static final int PARTITIONS = 16;

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
            for (String key : connection.sync().keys(prefix(cache, partition) + "clk")) {
                connection.sync().del(key);
            }
        } finally {
            client.shutdown();
        }
    }

    void loseTag(String cache, String tag) {
        RedisClient client = RedisClient.create(redis.uri());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().del(prefix(cache, PARTITIONS) + "k:" + tag);
        } finally {
            client.shutdown();
        }
    }

    /** A pattern for the prefix of a partition: only that of the tags has a name without a number to be found. */
    private static String prefix(String cache, int partition) {
        return "{crema:" + cache + (partition == PARTITIONS ? ":t:0}" : ":" + partition + ":*}");
    }

    @Override
    public void close() {
        redis.close();
    }
}
