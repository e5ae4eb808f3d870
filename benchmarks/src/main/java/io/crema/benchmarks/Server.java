package io.crema.benchmarks;

import io.crema.CacheException;
import io.crema.Crema;
import io.crema.TieredCache;
import io.crema.redis.RedisRemote;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** The Redis server of a run, as its forks see it. */
final class Server {

    /** Set by the runner in each fork. */
    static final String URI_PROPERTY = "bench.redis";

    /** Keys of a fork; a server that serves others too may keep what it had. */
    static final String NAMESPACE = "bench-" + UUID.randomUUID();

    private static final long FILL_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long SHORT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

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

    static void close(RedisClient client) {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }

    /** Waits until something holds; the caller says in the error what that was. */
    static void await(String what, Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("Waited for " + what + " in vain");
            }
            LockSupport.parkNanos(SHORT_PAUSE_NANOS);
        }
    }

    /** Puts all keys; a busy machine may not answer at first. */
    static <V> void fill(TieredCache<String, V> cache, String[] keys, Function<String, V> value) {
        long limit = System.nanoTime() + FILL_LIMIT_NANOS;
        for (String key : keys) {
            while (!isPut(cache, key, value.apply(key), limit)) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static <V> boolean isPut(TieredCache<String, V> cache, String key, V value, long limit) {
        try {
            cache.put(key, value);
            return true;
        } catch (CacheException e) {
            if (System.nanoTime() - limit > 0) {
                throw e;
            }
            return false;
        }
    }
}
