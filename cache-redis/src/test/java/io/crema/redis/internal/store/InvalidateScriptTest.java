package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.LeaseState;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.TagVersion;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The scripts of invalidate, expire and clear. */
class InvalidateScriptTest extends ScriptTest {

    @Test
    void invalidate_keys_removesThemAndTellsWhichWereThere() {
        long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();
        RemoteKey absent = key(cache, samePartition());

        InvalidateReply reply = get(cache.invalidate(key.partition(), List.of(absent, key), 0, 0));

        assertThat(reply).isEqualTo(new InvalidateReply(stamp + 2, List.of(false, true)));
        assertThat(plain.exists(name)).isZero();
        assertThat(clock()).isEqualTo(stamp + 2);
    }

    @Test
    void invalidate_nothingLive_saysSo() {
        putStale("old");
        assertThat(removed()).isFalse();
        lease(MINE);
        assertThat(removed()).isFalse();
        stored(cache.put(key, value("x"), 0, 0));
        get(cache.clear(key.partition(), 0));
        assertThat(removed()).isFalse();
        plain.set(name, bytes("foreign"));
        assertThat(removed()).isFalse();
        assertThat(plain.exists(name)).isZero();
    }

    @Test
    void invalidate_badArguments_areRefused() {
        assertThatThrownBy(() -> cache.invalidate(0, List.of(), 0, 0)).isInstanceOf(IllegalArgumentException.class);
        int other = (key.partition() + 1) % cache.partitions();
        assertThatThrownBy(() -> cache.invalidate(other, List.of(key), 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not of partition");
    }

    @Test
    void clear_partition_raisesTheFloorAboveItsValues() {
        long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();

        assertThat(get(cache.clear(key.partition(), 0))).isEqualTo(stamp + 1);

        assertThat(clock()).isEqualTo(stamp + 1);
        assertThat(get(cache.read(key, ReadMode.VALUE_AND_FLOOR)).floor()).isEqualTo(stamp + 1);
        assertThat(read().stamp()).isEqualTo(stamp);
        assertThat(stored(cache.put(key, value("y"), 0, 0)).stamp()).isGreaterThan(stamp + 1);
    }

    @Test
    void invalidate_withALeastVersion_leavesThisTombstone() {
        stored(cache.put(key, value("x"), 0, 0));

        InvalidateReply reply = get(cache.invalidate(key.partition(), List.of(key), 0xfedcba9876543210L, 0));

        assertThat(reply.removed()).containsExactly(true);
        byte[] tombstone = plain.get(name);
        long now = ByteBuffer.wrap(tombstone).getLong(20 - 2) & 0xffffffffffffL;
        assertThat(now).isBetween(serverMillis() - 10_000, serverMillis());
        ByteBuffer expected = ByteBuffer.allocate(64)
                .put(hex("c1040000"))
                .putLong(reply.stamp())
                .putLong(0)
                .put(u48(now))
                .put(u48(0))
                .put(u48(now + 60_000))
                .putLong(0xfedcba9876543210L);
        assertThat(tombstone).isEqualTo(expected.array());
        assertThat(plain.pttl(name)).isBetween(50_000L, 60_000L);
        assertThat(read()).isEqualTo(RemoteRecord.tombstone(reply.stamp(), LeaseState.FREE, RemoteRecord.NO_FLOOR));
    }

    @Test
    void invalidate_minimumThere_staysOrGrows() {
        get(cache.invalidate(key.partition(), List.of(key), 10, 0));
        lease(MINE);
        long stamp = get(cache.invalidate(key.partition(), List.of(key), 0, 0)).stamp();
        ByteBuffer tombstone = ByteBuffer.wrap(plain.get(name));
        assertThat(tombstone.getLong(4)).isEqualTo(stamp);
        assertThat(tombstone.getLong(38)).isEqualTo(10);
        assertThat(tombstone.getLong(46)).as("lease").isZero();
        assertThat(minimumAfterInvalidation(9)).isEqualTo(10);
        assertThat(minimumAfterInvalidation(11)).isEqualTo(11);
    }

    @Test
    void invalidate_versionedValue_leavesATombstoneOfItsVersion() {
        stored(cache.put(key, versioned("x", 10), 0, 0));
        assertThat(minimumAfterInvalidation(0)).isEqualTo(10);
        assertThat(plain.pttl(name)).isBetween(50_000L, 60_000L);

        stored(cache.put(key, versioned("x", 10), 0, 0));
        assertThat(minimumAfterInvalidation(9)).isEqualTo(10);
        stored(cache.put(key, versioned("x", -2), 0, 0));
        assertThat(minimumAfterInvalidation(11)).isEqualTo(-2);
        assertThat(minimumAfterInvalidation(-1)).isEqualTo(-1);
    }

    @Test
    void invalidate_unknownRecordWithALeast_isReplaced() {
        plain.set(name, bytes("foreign"));
        assertThat(minimumAfterInvalidation(9)).isEqualTo(9);
    }

    @Test
    void expire_value_leavesItInTheseBytesWithItsTimeToLive() {
        RemoteValue value = RemoteValue.of(MINE, (byte) 5, bytes("hello"), 5_000, 70_000, 300)
                .withOriginVersion(8)
                .withTags(List.of(new TagVersion("t", 5, 6)));
        stored(cache.put(key, value, 0, 0));
        get(cache.lease(key, OTHERS, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0));
        byte[] before = plain.get(name);
        long ttl = plain.pttl(name);
        RemoteKey absent = key(cache, samePartition());

        InvalidateReply reply = get(cache.expire(key.partition(), List.of(absent, key), 0, 0));

        assertThat(reply.removed()).containsExactly(false, true);
        byte[] after = plain.get(name);
        long token = ByteBuffer.wrap(after).getLong(12);
        assertThat(token).isNotEqualTo(MINE).isNotZero();
        ByteBuffer expected = ByteBuffer.wrap(before.clone())
                .put(3, (byte) 8)
                .putLong(4, reply.stamp())
                .putLong(12, token)
                .put(26, new byte[6])
                .put(46, new byte[14]);
        assertThat(after).isEqualTo(expected.array());
        assertThat(plain.pttl(name)).isBetween(ttl - 10_000, ttl);
        assertThat(read().freshMillis()).isNegative();
        assertThat(read().tags()).isEqualTo(value.tags());
        assertThat(text(read().payload())).isEqualTo("hello");
        assertThat(plain.exists(layout.entry(absent))).isZero();
    }

    @Test
    void expire_null_keepsItsFlag() {
        stored(cache.put(key, RemoteValue.ofNull(MINE, 5_000, 70_000, 0), 0, 0));
        expire(0);
        expire(0);
        assertThat(plain.get(name)).startsWith(hex("c1010009"));
        assertThat(read().cachedNull()).isTrue();
    }

    @Test
    void expire_again_tellsThatItWasStale() {
        stored(cache.put(key, value("x"), 0, 0));
        assertThat(expire(0).removed()).containsExactly(true);
        long token = read().token();
        assertThat(expire(0).removed()).containsExactly(false);
        assertThat(read().token()).isNotEqualTo(token);
        assertThat(removed()).isFalse();
    }

    @Test
    void expire_leaseOnTheValue_isRevoked() {
        putStale("old");
        lease(MINE);
        expire(0);
        assertThat(get(cache.fill(key, MINE, value("x"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(lease(OTHERS)).isInstanceOf(LeaseReply.Granted.class);
        assertThat(get(cache.fill(key, OTHERS, value("y"), 0))).isInstanceOf(StoreReply.Stored.class);
        assertThat(plain.get(name)).startsWith(hex("c1010000"));
    }

    @Test
    void expire_withALeastVersion_raisesTheValuesOwn() {
        stored(cache.put(key, versioned("x", 10), 0, 0));
        expire(9);
        assertThat(read().originVersion()).isEqualTo(10);
        expire(11);
        assertThat(read().originVersion()).isEqualTo(11);
        assertThat(get(cache.put(key, versioned("older", 10), 0, 0))).isEqualTo(new StoreReply.TooOld(11));
        stored(cache.put(key, versioned("equal", 11), 0, 0));
    }

    @Test
    void expire_noValue_isAnInvalidation() {
        lease(MINE);
        expire(0);
        assertThat(plain.exists(name)).isZero();

        stored(cache.put(key, value("x"), 0, 0));
        get(cache.clear(key.partition(), 0));
        assertThat(expire(0).removed()).containsExactly(false);
        assertThat(plain.exists(name)).as("below the floor").isZero();

        expire(10);
        assertThat(read().kind()).isEqualTo(Kind.TOMBSTONE);
        expire(0);
        assertThat(ByteBuffer.wrap(plain.get(name)).getLong(38)).isEqualTo(10);
    }

    @Test
    void clear_tombstone_keepsItsMinimum() {
        get(cache.invalidate(key.partition(), List.of(key), 10, 0));
        get(cache.clear(key.partition(), 0));
        get(cache.invalidate(key.partition(), List.of(key), 0, 0));
        assertThat(ByteBuffer.wrap(plain.get(name)).getLong(38)).isEqualTo(10);
    }

    private InvalidateReply expire(long least) {
        return get(cache.expire(key.partition(), List.of(key), least, 0));
    }

    private long minimumAfterInvalidation(long least) {
        get(cache.invalidate(key.partition(), List.of(key), least, 0));
        assertThat(read().kind()).isEqualTo(Kind.TOMBSTONE);
        return ByteBuffer.wrap(plain.get(name)).getLong(38);
    }
}
