package io.crema.redis.contract;

import io.crema.redis.RedisRemote;
import io.crema.spi.CacheTerms;
import io.crema.spi.RemoteTier;
import io.crema.testkit.EmbeddedCluster;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.EmbeddedSentinel;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** The servers for all tests of a contract; each test has caches of its own names. */
final class RealServer implements AutoCloseable {

    /** Of the caches of the contracts. */
    static final int PARTITIONS = 16;

    private final AutoCloseable servers;
    private final Supplier<RedisRemote.Builder> builder;
    private final Supplier<List<String>> primaries;

    private RealServer(AutoCloseable servers, Supplier<RedisRemote.Builder> builder, Supplier<List<String>> primaries) {
        this.servers = servers;
        this.builder = builder;
        this.primaries = primaries;
    }

    static RealServer standalone() {
        EmbeddedRedis redis = EmbeddedRedis.start();
        return new RealServer(redis, () -> RedisRemote.builder(redis.uri()), () -> List.of(redis.uri()));
    }

    static RealServer sentinel() {
        EmbeddedSentinel redis = EmbeddedSentinel.startWithPassword("secret");
        return new RealServer(
                redis,
                () -> RedisRemote.builder(redis.uri()),
                () -> List.of(redis.primary().uri()));
    }

    static RealServer cluster() {
        EmbeddedCluster redis = EmbeddedCluster.startWithPassword("secret");
        return new RealServer(
                redis,
                () -> RedisRemote.clusterBuilder(redis.uri()),
                () -> redis.primaries().stream().map(EmbeddedRedis::uri).toList());
    }

    /** A tier that is connected; the contract expects a server that can be reached. */
    RemoteTier connect(int partitions) {
        RedisRemote remote = builder.get().partitions(partitions).build();
        Awaitility.await().until(() -> {
            try {
                return remote.open(new CacheTerms("warm-up", "standard-1")).join() != null;
            } catch (RuntimeException e) {
                return false;
            }
        });
        return remote;
    }

    /** Removes the clock of a partition. */
    void loseClock(String cache, int partition) {
        onEachPrimary(
                commands -> commands.keys(prefix(cache, partition) + "clk").forEach(commands::del));
    }

    void loseTag(String cache, String tag) {
        onEachPrimary(commands ->
                commands.keys(prefix(cache, PARTITIONS) + "k:" + tag).forEach(commands::del));
    }

    /** As a promotion does, but nobody sees it as a replica. */
    void changeHistory() {
        onEachPrimary(commands -> {
            commands.multi();
            commands.replicaof("127.0.0.1", 1);
            commands.replicaofNoOne();
            commands.exec();
        });
    }

    /** A pattern for the prefix of a partition: only that of the tags has a name without a number to be found. */
    private static String prefix(String cache, int partition) {
        return "{crema:" + cache + (partition == PARTITIONS ? ":t:0}" : ":" + partition + ":*}");
    }

    private void onEachPrimary(Consumer<RedisCommands<String, String>> task) {
        for (String uri : primaries.get()) {
            try (RedisClient client = RedisClient.create(uri)) {
                task.accept(client.connect().sync());
            }
        }
    }

    @Override
    public void close() {
        try {
            servers.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
