package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.redis.RedisRemote;
import io.crema.redis.ServerTest;
import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;

/** A cache on a real server for each test of its scripts: what they answer, and the bytes that they leave. */
abstract class ScriptTest extends ServerTest {

    static final long LEASE_MILLIS = 10_000;
    static final long MINE = 0x8877665544332211L;
    static final long OTHERS = 0x1122334455667788L;

    RedisCommands<byte[], byte[]> plain;
    RedisCache cache;
    KeyLayout layout;
    RemoteKey key;
    byte[] name;

    @BeforeEach
    final void openCache() {
        cache = (RedisCache) open(remote());
        layout = cache.layout();
        key = key(cache, "sA");
        name = layout.entry(key);
        plain = plain();
    }

    final void putStale(String text) {
        stored(cache.put(key, value(text, 1), 0, 0));
        Awaitility.await().until(() -> read().freshMillis() < -1);
    }

    final LeaseReply lease(long token) {
        return get(cache.lease(key, token, LeaseMode.UNLESS_FRESH, LEASE_MILLIS, 0));
    }

    final boolean removed() {
        return get(cache.invalidate(key.partition(), List.of(key), 0, 0))
                .removed()
                .get(0);
    }

    final RemoteRecord read() {
        return get(cache.read(key, ReadMode.VALUE));
    }

    /** Another key that lies in the partition of the first. */
    final String samePartition() {
        for (int i = 0; ; i++) {
            if (cache.partitionOf(bytes("s" + i)) == key.partition()) {
                return "s" + i;
            }
        }
    }

    final long clock() {
        return number(layout.clock(key.partition()));
    }

    final long number(byte[] at) {
        return Long.parseLong(new String(plain.get(at), StandardCharsets.US_ASCII));
    }

    /** The server's, as {@link io.crema.spi.BusPosition#history()} names it. */
    final String history() {
        return Commands.infoField(bytes(plain.info("server")), "run_id") + ":"
                + Commands.infoField(bytes(plain.info("replication")), "master_replid");
    }

    /** As a promotion does, but nobody sees the server as a replica. */
    final void changeHistory() {
        String before = history();
        plain.multi();
        plain.replicaof("127.0.0.1", 1);
        plain.replicaofNoOne();
        plain.exec();
        assertThat(history()).isNotEqualTo(before);
    }

    final long serverMicros() {
        List<byte[]> time = plain.time();
        return Long.parseLong(new String(time.get(0), StandardCharsets.US_ASCII)) * 1_000_000
                + Long.parseLong(new String(time.get(1), StandardCharsets.US_ASCII));
    }

    final long serverMillis() {
        return serverMicros() / 1000;
    }

    static long u48(byte[] record, int offset) {
        return ByteBuffer.wrap(record).getLong(offset - 2) & 0xffffffffffffL;
    }

    static byte[] u48(long value) {
        byte[] bytes = ByteBuffer.allocate(8).putLong(value).array();
        return Arrays.copyOfRange(bytes, 2, 8);
    }

    static final byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    /** The messages of a partition from now on. */
    final BlockingQueue<byte[]> messages(int partition) {
        BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        RedisClient client = opened(RedisClient.create(redis.uri()));
        StatefulRedisPubSubConnection<byte[], byte[]> connection = client.connectPubSub(ByteArrayCodec.INSTANCE);
        connection.addListener(new RedisPubSubAdapter<byte[], byte[]>() {
            @Override
            public void message(byte[] channel, byte[] message) {
                messages.add(message);
            }
        });
        connection.sync().subscribe(layout.channel(partition));
        return messages;
    }

    static byte[] next(BlockingQueue<byte[]> messages) throws InterruptedException {
        return Objects.requireNonNull(messages.poll(20, TimeUnit.SECONDS), "no message");
    }

    static RemoteValue versioned(String text, long version) {
        return value(text).withOriginVersion(version);
    }

    /** A record as it is without the time that it is kept, which a lease prolongs. */
    static byte[] butForItsKeeping(byte[] bytes) {
        byte[] copy = bytes.clone();
        Arrays.fill(copy, 32, 38, (byte) 0);
        return copy;
    }

    /** Until the test ends, Redis refuses what may need memory. */
    final void fillMemory() {
        plain.configSet("maxmemory", "1");
        opened(() -> plain.configSet("maxmemory", "0"));
    }

    /** The cache as a user with all rights but those that the rule takes. */
    final RemoteCache as(String rule) {
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE).add("SETUSER");
        for (String each : ("limited on >secret ~* +@all " + rule).split(" ")) {
            args.add(each);
        }
        plain.dispatch(CommandType.ACL, new StatusOutput<>(ByteArrayCodec.INSTANCE), args);
        return open(opened(RedisRemote.connect(redis.uri().replace("redis://", "redis://limited:secret@"))));
    }
}
