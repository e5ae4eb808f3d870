package io.crema.coherence.crash;

import io.crema.coherence.Repeated;
import io.crema.coherence.crash.Takeovers.Takeover;
import io.crema.testkit.EmbeddedRedis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the keys of Redis that say who owns which partition, 20 times a second, by a thread of its own; and at journals, when
 * asked. See docs/wire-format.md. Thread-safe.
 */
final class OwnerWatch implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final long LOOK_MILLIS = 50;
    private static final String PREFIX = "{" + Settled.NAMESPACE + ":" + Settled.CACHE + ":*:*}";
    private static final Pattern PARTITION = Pattern.compile("\\{.*:(\\d+):\\d+}.*");

    private final EmbeddedRedis redis;
    private final RedisClient client;
    private final Takeovers takeovers = new Takeovers();
    private final Repeated looking;

    // Guarded by this
    private @Nullable StatefulRedisConnection<byte[], byte[]> connection;
    private boolean isDown;

    private OwnerWatch(EmbeddedRedis redis) {
        this.redis = redis;
        client = RedisClient.create();
        client.setOptions(ClientOptions.builder().autoReconnect(false).build());
        looking = Repeated.every(LOOK_MILLIS, "owner-watch", this::lookOnce);
    }

    static OwnerWatch start(EmbeddedRedis redis) {
        return new OwnerWatch(redis);
    }

    private synchronized void lookOnce() {
        if (isDown) {
            return;
        }
        try {
            Map<Integer, Long> owners = ask(OwnerWatch::owners);
            takeovers.down(System.nanoTime(), false);
            takeovers.seen(System.nanoTime(), owners);
        } catch (RedisException e) {
            // It is not back yet; or the connection is another one's. The next look has a new one.
            disconnect();
        }
    }

    private static Map<Integer, Long> owners(RedisCommands<byte[], byte[]> commands) {
        Map<Integer, Long> owners = new HashMap<>();
        for (byte[] key : commands.keys(PREFIX + "wbo")) {
            byte[] owner = commands.get(key);
            Matcher name = PARTITION.matcher(new String(key, StandardCharsets.UTF_8));
            if (owner != null && name.matches()) {
                owners.put(
                        Integer.valueOf(name.group(1)), ByteBuffer.wrap(owner).getLong());
            }
        }
        return owners;
    }

    private <T> T ask(Function<RedisCommands<byte[], byte[]>, T> question) {
        StatefulRedisConnection<byte[], byte[]> open = connection;
        if (open == null || !open.isOpen()) {
            RedisURI uri = RedisURI.create(redis.uri());
            uri.setTimeout(LIMIT);
            open = client.connect(ByteArrayCodec.INSTANCE, uri);
            connection = open;
        }
        return question.apply(open.sync());
    }

    private void disconnect() {
        StatefulRedisConnection<byte[], byte[]> open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    /** An instance is about to be killed, by its identity. */
    synchronized void killed(long identity) {
        lookOnce();
        takeovers.killed(System.nanoTime(), identity);
    }

    /** Redis is about to be stopped. */
    synchronized void down() {
        isDown = true;
        takeovers.down(System.nanoTime(), true);
        disconnect();
    }

    /** Redis goes on; it counts as stopped until it has answered. */
    synchronized void up() {
        isDown = false;
    }

    synchronized List<Takeover> done() {
        return takeovers.done();
    }

    synchronized List<Takeover> waiting() {
        return takeovers.waiting(System.nanoTime());
    }

    /** How many partitions have an owner. */
    synchronized int owned() {
        return ask(OwnerWatch::owners).size();
    }

    /** How many writes are in the journals. */
    synchronized long journalLength() {
        return ask(commands ->
                commands.keys(PREFIX + "wb").stream().mapToLong(commands::xlen).sum());
    }

    synchronized long deadLetters() {
        return ask(commands -> commands.keys(PREFIX + "wbd").stream()
                .mapToLong(commands::zcard)
                .sum());
    }

    synchronized long usedMemory() {
        return Long.parseLong(field("memory", "used_memory"));
    }

    synchronized String version() {
        return field("server", "redis_version");
    }

    private String field(String section, String name) {
        return ask(commands -> commands.info(section))
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        looking.close();
        synchronized (this) {
            disconnect();
        }
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
