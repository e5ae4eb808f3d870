package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.InvalidateReply;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.StoreReply;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts of quarantines: begin, end, and what others do meanwhile. */
class QuarantineScriptTest extends ScriptTest {

    private static final long A = 0x0a0a0a0a0a0a0a0aL;
    private static final long B = 0x0b0b0b0b0b0b0b0bL;

    @Test
    void quarantine_value_leavesTheseBytes() {
        long before = stored(cache.put(key, versioned("x", 9), 0, 0)).stamp();

        long stamp = get(cache.quarantine(key, A, 30_000, 0));

        assertThat(stamp).isEqualTo(before + 1).isEqualTo(clock());
        byte[] record = plain.get(name);
        long now = ByteBuffer.wrap(record).getLong(20 - 2) & 0xffffffffffffL;
        assertThat(now).isBetween(serverMillis() - 10_000, serverMillis());
        ByteBuffer expected = ByteBuffer.allocate(72)
                .put(hex("c1030000"))
                .putLong(stamp)
                .putLong(0)
                .put(u48(now))
                .put(u48(0))
                .put(u48(now + 30_000))
                .putLong(9)
                .put(new byte[8 + 6 + 4])
                .putLong(A);
        assertThat(record).isEqualTo(expected.array());
        assertThat(plain.pttl(name)).isBetween(20_000L, 30_000L);
        assertThat(read()).isEqualTo(RemoteRecord.quarantine(stamp, RemoteRecord.NO_FLOOR));
    }

    @Test
    void quarantine_onAnother_addsItsHolderRenewsTheTimeAndIsShared() {
        get(cache.quarantine(key, A, 10_000, 0));
        get(cache.quarantine(key, B, 30_000, 0));

        assertHolders(true, A, B);
        assertThat(plain.pttl(name)).isBetween(20_000L, 30_000L);
        assertThat(ByteBuffer.wrap(plain.get(name)).getLong(30) & 0xffffffffffffL)
                .isBetween(serverMillis() + 20_000, serverMillis() + 30_000);
        get(cache.quarantine(key, A, 1_000, 0));
        assertHolders(true, A, B);
        assertThat(plain.pttl(name)).as("not shortened").isGreaterThan(20_000L);
    }

    @Test
    void quarantine_byItsOwnHolderAgain_staysUnshared() {
        get(cache.quarantine(key, A, 10_000, 0));
        get(cache.quarantine(key, A, 30_000, 0));
        assertHolders(false, A);
        assertThat(plain.pttl(name)).isGreaterThan(20_000L);
        stored(cache.put(key, value("x"), A, 0));
    }

    @Test
    void put_soleHolder_isStoredAndEndsIt() {
        long begun = get(cache.quarantine(key, A, 30_000, 0));
        assertThat(stored(cache.put(key, value("x"), A, 0)).stamp()).isEqualTo(begun + 1);
        assertThat(text(read().payload())).isEqualTo("x");
        assertThat(plain.get(name)).startsWith(hex("c1010000"));
    }

    @Test
    void put_sharedQuarantine_isRefusedAndTheLastOneOutRemovesIt() {
        get(cache.quarantine(key, A, 30_000, 0));
        get(cache.quarantine(key, B, 30_000, 0));

        assertThat(get(cache.put(key, value("a"), A, 0))).isEqualTo(new StoreReply.Refused());
        assertHolders(true, B);
        long clock = clock();
        assertThat(get(cache.put(key, value("b"), B, 0))).isEqualTo(new StoreReply.Refused());
        assertThat(plain.exists(name)).isZero();
        assertThat(clock()).isEqualTo(clock + 1);
    }

    @Test
    void put_withoutAHolder_isRefusedAndSharesIt() {
        long begun = get(cache.quarantine(key, A, 30_000, 0));
        assertThat(get(cache.put(key, value("x"), 0, 0))).isEqualTo(new StoreReply.Refused());
        assertThat(clock()).isEqualTo(begun + 1);
        assertHolders(true, A);
        assertThat(get(cache.put(key, value("a"), A, 0))).isEqualTo(new StoreReply.Refused());
        assertThat(plain.exists(name)).isZero();
    }

    @Test
    void put_holderWithoutAQuarantine_isAnInvalidation() {
        long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();
        assertThat(get(cache.put(key, value("late"), A, 0))).isEqualTo(new StoreReply.Refused());
        assertThat(plain.exists(name)).isZero();
        assertThat(clock()).isEqualTo(stamp + 1);

        get(cache.quarantine(key, B, 30_000, 0));
        assertThat(get(cache.put(key, value("late"), A, 0))).isEqualTo(new StoreReply.Refused());
        assertHolders(true, B);
    }

    @Test
    void put_afterAClear_isRefused() {
        get(cache.quarantine(key, A, 30_000, 0));
        get(cache.clear(key.partition(), 0));
        get(cache.quarantine(key, A, 30_000, 0));
        assertThat(get(cache.put(key, value("x"), A, 0))).isEqualTo(new StoreReply.Refused());
        assertThat(plain.exists(name)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void invalidateOrExpire_quarantine_staysAndIsShared(boolean expire) {
        get(cache.quarantine(key, A, 30_000, 0));
        InvalidateReply reply = expire
                ? get(cache.expire(key.partition(), List.of(key), 0, 0))
                : get(cache.invalidate(key.partition(), List.of(key), 0, 0));
        assertThat(reply.removed()).containsExactly(false);
        assertHolders(true, A);
        assertThat(plain.pttl(name)).isGreaterThan(20_000L);
        assertThat(get(cache.put(key, value("x"), A, 0))).isEqualTo(new StoreReply.Refused());
    }

    @Test
    void end_holders_removesEachAndTheRecordWithTheLast() {
        get(cache.quarantine(key, A, 30_000, 0));
        get(cache.quarantine(key, B, 30_000, 0));
        long clock = clock();

        assertThat(get(cache.endQuarantine(key, A, 0))).isEqualTo(clock + 1);
        assertHolders(true, B);
        assertThat(plain.pttl(name)).isGreaterThan(20_000L);
        assertThat(get(cache.endQuarantine(key, A, 0))).isEqualTo(clock + 2);
        assertHolders(true, B);
        assertThat(get(cache.endQuarantine(key, B, 0))).isEqualTo(clock + 3);
        assertThat(plain.exists(name)).isZero();
    }

    @Test
    void end_ofAnother_sharesIt() {
        get(cache.quarantine(key, A, 30_000, 0));
        get(cache.endQuarantine(key, B, 0));
        assertHolders(true, A);
    }

    @Test
    void end_noQuarantine_isAnInvalidation() {
        long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();
        assertThat(get(cache.endQuarantine(key, A, 0))).isEqualTo(stamp + 1);
        assertThat(plain.exists(name)).isZero();
    }

    @Test
    void minimum_ofATombstoneOrWhileItLasts_isThereAfterTheEnd() {
        get(cache.invalidate(key.partition(), List.of(key), 10, 0));
        get(cache.quarantine(key, A, 30_000, 0));
        assertThat(get(cache.put(key, versioned("older", 9), A, 0))).isEqualTo(new StoreReply.TooOld(10));
        assertThat(read().kind()).isEqualTo(Kind.TOMBSTONE);

        get(cache.quarantine(key, A, 30_000, 0));
        get(cache.invalidate(key.partition(), List.of(key), 12, 0));
        get(cache.invalidate(key.partition(), List.of(key), 11, 0));
        get(cache.endQuarantine(key, A, 0));

        ByteBuffer tombstone = ByteBuffer.wrap(plain.get(name));
        assertThat(tombstone.get(1)).isEqualTo((byte) 4);
        assertThat(tombstone.getLong(38)).isEqualTo(12);
        assertThat(tombstone.getLong(4)).isEqualTo(clock());
    }

    @Test
    void put_soleHolderOfAMinimum_storesAnEqualVersion() {
        get(cache.invalidate(key.partition(), List.of(key), 10, 0));
        get(cache.quarantine(key, A, 30_000, 0));
        stored(cache.put(key, versioned("equal", 10), A, 0));
        assertThat(read().originVersion()).isEqualTo(10);
    }

    @Test
    void fillAndRelease_quarantineOverALease_leaveIt() {
        lease(MINE);
        get(cache.quarantine(key, A, 30_000, 0));
        byte[] before = plain.get(name);
        assertThat(get(cache.fill(key, MINE, value("x"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(get(cache.fill(key, A, value("x"), 0))).isEqualTo(new StoreReply.Refused());
        get(cache.release(key, MINE));
        assertThat(plain.get(name)).isEqualTo(before);
    }

    @Test
    void quarantine_noTimeOrHolder_isRefused() {
        assertThatThrownBy(() -> cache.quarantine(key, 0, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cache.quarantine(key, A, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private void assertHolders(boolean shared, long... holders) {
        byte[] record = plain.get(name);
        assertThat(record).hasSize(64 + 8 * holders.length).startsWith(hex(shared ? "c1030010" : "c1030000"));
        for (int i = 0; i < holders.length; i++) {
            assertThat(ByteBuffer.wrap(record).getLong(64 + 8 * i)).isEqualTo(holders[i]);
        }
    }
}
