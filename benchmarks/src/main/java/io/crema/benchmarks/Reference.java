package io.crema.benchmarks;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** A write and a message about it by Lettuce alone: the least that telling others can cost. */
final class Reference implements AutoCloseable {

    private static final String WRITE =
            "redis.call('SET',KEYS[1],ARGV[1],'PX',1800000) return redis.call('PUBLISH',ARGV[2],KEYS[1])";
    private static final String REMOVE = "redis.call('DEL',KEYS[1]) return redis.call('PUBLISH',ARGV[1],KEYS[1])";

    private final RedisClient client = Server.client();
    private final StatefulRedisConnection<byte[], byte[]> connection = Server.connect(client);
    private final RedisAsyncCommands<byte[], byte[]> async = connection.async();
    private final RedisCommands<byte[], byte[]> sync = connection.sync();
    private final byte[] channel = bytes(Server.NAMESPACE + ":messages");
    private final String write = sync.scriptLoad(WRITE);
    private final String remove = sync.scriptLoad(REMOVE);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[][] keys(int count) {
        return Arrays.stream(Workload.keys(count))
                .map(key -> bytes(Server.NAMESPACE + ":" + key))
                .toArray(byte[][]::new);
    }

    /** Two commands on one connection, the second one sent before the first one is answered. */
    Object setAndPublish(byte[] key, byte[] value) {
        return both(async.psetex(key, 1_800_000, value), async.publish(channel, key));
    }

    Object deleteAndPublish(byte[] key) {
        return both(async.del(key), async.publish(channel, key));
    }

    /** One script. */
    Object evalSetAndPublish(byte[] key, byte[] value) {
        return sync.evalsha(write, ScriptOutputType.INTEGER, new byte[][] {key}, value, channel);
    }

    Object evalDeleteAndPublish(byte[] key) {
        return sync.evalsha(remove, ScriptOutputType.INTEGER, new byte[][] {key}, channel);
    }

    private static Object both(RedisFuture<?> first, RedisFuture<?> second) {
        return LettuceFutures.awaitAll(5, TimeUnit.SECONDS, first, second);
    }

    @Override
    public void close() {
        Server.close(client);
    }
}
