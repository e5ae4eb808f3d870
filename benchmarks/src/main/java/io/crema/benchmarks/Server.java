package io.crema.benchmarks;

import io.crema.Crema;
import io.crema.redis.RedisRemote;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.Objects;
import java.util.UUID;

/** The Redis server of a run, as its forks see it. */
final class Server {

    /** Set by the runner in each fork. */
    static final String URI_PROPERTY = "bench.redis";

    /** Keys of a fork; a server that serves others too may keep what it had. */
    static final String NAMESPACE = "bench-" + UUID.randomUUID();

    private Server() {}

    static String uri() {
        return Objects.requireNonNull(
                System.getProperty(URI_PROPERTY), "-D" + URI_PROPERTY + " is missing: start Benchmarks instead");
    }

    static Crema crema() {
        RedisRemote remote = RedisRemote.builder(uri()).namespace(NAMESPACE).build();
        return Crema.builder().remote(remote).nodeName("bench").build();
    }

    /** A client with the library's defaults. */
    static RedisClient client() {
        return RedisClient.create(uri());
    }

    static StatefulRedisConnection<byte[], byte[]> connect(RedisClient client) {
        return client.connect(ByteArrayCodec.INSTANCE);
    }
}
