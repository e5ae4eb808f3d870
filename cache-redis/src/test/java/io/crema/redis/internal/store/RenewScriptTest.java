package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import io.crema.spi.StoreReply;
import io.crema.spi.TagVersion;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The script of renew. */
class RenewScriptTest extends ScriptTest {

    private static final long KNOWN = 0xf1f2f3f4f5f6f7f8L;
    private static final long NEXT = 0x9192939495969798L;
    private static final RemoteValue TAGGED = RemoteValue.of(KNOWN, (byte) 2, bytes("hello"), 60_000, 120_000, 5)
            .withOriginVersion(0xfedcba9876543210L)
            .withTags(List.of(new TagVersion("t", 5, -1)));

    @Test
    void renew_expiredValue_leavesTheseBytes() {
        stored(cache.put(key, TAGGED, 0, 0));
        get(cache.expire(key.partition(), List.of(key), 0, 0));
        byte[] before = plain.get(name);
        assertThat(before[3]).as("flags").isEqualTo((byte) 8);
        lease(MINE);
        long stamp =
                stored(cache.put(key(cache, samePartition()), value("x"), 0, 0)).stamp();

        StoreReply.Stored reply = stored(renew(read().token(), new Renewal(NEXT, 300_000, 400_000, 1_000, 0)));

        long made = reply.loadedAt() + 1_000;
        assertThat(made).isBetween(serverMillis() - 10_000, serverMillis());
        byte[] expected = ByteBuffer.wrap(before)
                .put(3, (byte) 0)
                .putLong(4, stamp)
                .putLong(12, NEXT)
                .put(20, u48(made - 1_000))
                .put(26, u48(made + 300_000))
                .put(32, u48(made + 400_000))
                .put(46, new byte[14])
                .putShort(60, (short) 1_000)
                .array();
        assertThat(plain.get(name)).isEqualTo(expected);
        assertThat(plain.pttl(name)).isBetween(390_000L, 400_000L);
        assertThat(reply.stamp()).isEqualTo(stamp);
        assertThat(clock()).isEqualTo(stamp);
        assertThat(read().tags()).isEqualTo(TAGGED.tags());
        assertThat(text(read().payload())).isEqualTo("hello");
    }

    @Test
    void renew_cachedNull_keepsThatFlag() {
        stored(cache.put(key, RemoteValue.ofNull(KNOWN, 60_000, 60_000, 0), 0, 0));
        get(cache.expire(key.partition(), List.of(key), 0, 0));
        assertThat(plain.get(name)[3]).isEqualTo((byte) 9);
        lease(MINE);

        stored(renew(read().token(), new Renewal(NEXT, 5_000, 5_000, 0, 0)));

        assertThat(plain.get(name)[3]).isEqualTo((byte) 1);
        assertThat(plain.get(name)).hasSize(64);
    }

    @Test
    void renew_longestTimes_stayWithinTheirFields() {
        stored(cache.put(key, TAGGED, 0, 0));
        get(cache.lease(key, MINE, LeaseMode.UNLESS_REPLACED, KNOWN, LEASE_MILLIS, 0));

        StoreReply.Stored reply =
                stored(renew(KNOWN, new Renewal(NEXT, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 0)));

        assertThat(reply.loadedAt()).isZero();
        RemoteRecord found = read();
        assertThat(found.loadMillis()).isEqualTo(65_535);
        assertThat(found.freshMillis()).isBetween(31_535_999_000_000L, 31_536_000_000_000L);
        assertThat(plain.pttl(name)).isBetween(31_535_999_000_000L, 31_536_000_000_000L);
    }

    @Test
    void renew_refused_leavesAllButTheLease() {
        stored(cache.put(key, TAGGED, 0, 0));
        byte[] before = plain.get(name);
        get(cache.lease(key, MINE, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0));

        assertThat(get(renew(KNOWN ^ 1, new Renewal(NEXT, 1, 1, 0, 0)))).isEqualTo(new StoreReply.Refused());

        assertThat(plain.get(name)).isEqualTo(before);
        assertThat(plain.pttl(name)).isBetween(100_000L, 120_000L);
    }

    @Test
    void renew_olderVersion_leavesTheLeaseToo() {
        stored(cache.put(key, TAGGED, 0, 0));
        get(cache.lease(key, MINE, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0));
        byte[] before = plain.get(name);

        assertThat(get(renew(KNOWN, new Renewal(NEXT, 1, 1, 0, 0xfedcba987654320fL))))
                .isEqualTo(new StoreReply.TooOld(0xfedcba9876543210L));

        assertThat(plain.get(name)).isEqualTo(before);
    }

    @Test
    void renew_unknownRecord_isRefusedAndLeftAlone() {
        plain.set(name, bytes("foreign"));
        assertThat(get(renew(KNOWN, new Renewal(NEXT, 1, 1, 0, 0)))).isEqualTo(new StoreReply.Refused());
        assertThat(plain.get(name)).asString().isEqualTo("foreign");
    }

    @Test
    void renew_tokenZero_neverMatchesAValueWithoutLease() {
        stored(cache.put(key, TAGGED, 0, 0));
        assertThat(get(cache.renew(key, 0, KNOWN, new Renewal(NEXT, 1, 1, 0, 0), 0)))
                .isEqualTo(new StoreReply.Refused());
        assertThat(read().token()).isEqualTo(KNOWN);
    }

    @Test
    void leaseRenewAndRelease_publishNothing() throws InterruptedException {
        stored(cache.put(key, TAGGED, 0, 0));
        BlockingQueue<byte[]> messages = messages(key.partition());
        get(cache.lease(key, MINE, LeaseMode.UNLESS_REPLACED, KNOWN, LEASE_MILLIS, 0));
        stored(renew(KNOWN, new Renewal(NEXT, 5_000, 5_000, 0, 0)));
        assertThat(get(cache.lease(key, MINE, LeaseMode.UNLESS_REPLACED, NEXT, LEASE_MILLIS, 0)))
                .isEqualTo(new LeaseReply.Granted(0));
        get(cache.release(key, MINE, 1, 5_000));
        long stamp = get(cache.invalidate(key.partition(), List.of(key), 0, 0)).stamp();

        assertThat(ByteBuffer.wrap(next(messages)).getLong(2)).isEqualTo(stamp);
        assertThat(messages).isEmpty();
    }

    private CompletableFuture<StoreReply> renew(long known, Renewal renewal) {
        return cache.renew(key, MINE, known, renewal, 0);
    }
}
