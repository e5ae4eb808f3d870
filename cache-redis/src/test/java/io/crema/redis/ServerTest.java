package io.crema.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.CacheTerms;
import io.crema.spi.Opening;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteTier;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.testkit.EmbeddedRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A real server for each test, and what its tests ask of it. Everything opened is closed in reverse order. */
@Timeout(60)
public abstract class ServerTest {

    protected static final CacheTerms TERMS = new CacheTerms("products", "standard-1");

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    protected EmbeddedRedis redis;

    @BeforeEach
    void startServer() {
        redis = opened(EmbeddedRedis.start());
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    protected final <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    /** A connected tier. */
    protected final RedisRemote remote() {
        return opened(RedisRemote.connect(redis.uri()));
    }

    /** A plain connection to look at what the server holds. */
    protected final RedisCommands<byte[], byte[]> plain() {
        RedisClient client = RedisClient.create(redis.uri());
        opened(client);
        return client.connect(ByteArrayCodec.INSTANCE).sync();
    }

    /** Opens the cache as soon as the server can be reached. */
    protected static RemoteCache open(RemoteTier tier) {
        return open(tier, TERMS);
    }

    protected static RemoteCache open(RemoteTier tier, CacheTerms terms) {
        Opening opening = Awaitility.await().until(() -> opening(tier, terms), found -> found != null);
        assertThat(opening).isInstanceOf(Opening.Agreed.class);
        return ((Opening.Agreed) opening).cache();
    }

    private static @Nullable Opening opening(RemoteTier tier, CacheTerms terms) {
        try {
            return get(tier.open(terms));
        } catch (CompletionException e) {
            return null;
        }
    }

    /** What was stored; fails if it was not. */
    protected static StoreReply.Stored stored(CompletableFuture<StoreReply> reply) {
        return (StoreReply.Stored) get(reply);
    }

    /** The result of a future, which must come in time. */
    protected static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(20, TimeUnit.SECONDS).join();
    }

    protected static RemoteKey key(RemoteCache cache, String name) {
        byte[] bytes = bytes(name);
        return new RemoteKey(cache.partitionOf(bytes), bytes);
    }

    protected static RemoteValue value(String text) {
        return value(text, 60_000);
    }

    protected static RemoteValue value(String text, long freshMillis) {
        return RemoteValue.of(text.hashCode(), (byte) 2, bytes(text), freshMillis, freshMillis + 60_000, 0);
    }

    protected static String text(ByteBuffer payload) {
        return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
