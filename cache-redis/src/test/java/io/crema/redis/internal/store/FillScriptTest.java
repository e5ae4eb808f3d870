package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.TagVersion;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The scripts of fill. */
class FillScriptTest extends ScriptTest {

    @Test
    void leaseAndFill_noClock_setItButDoNotAdvanceIt() {
        plain.del(layout.clock(key.partition()));
        long ahead = serverMicros() + 3_600_000_000L;
        assertThat(get(cache.lease(key, MINE, LeaseMode.UNLESS_FRESH, LEASE_MILLIS, ahead)))
                .isInstanceOf(LeaseReply.Granted.class);
        assertThat(clock()).isEqualTo(ahead);

        plain.del(layout.clock(key.partition()));
        StoreReply filled = get(cache.fill(key, MINE, value("x"), ahead + 7));
        assertThat(((StoreReply.Stored) filled).stamp()).isEqualTo(ahead + 7);
        assertThat(clock()).isEqualTo(ahead + 7);
    }

    @Test
    void fill_leaseHeld_storesWithTheClockAndPublishesNothing() {
        lease(MINE);
        long stamp =
                stored(cache.put(key(cache, samePartition()), value("x"), 0, 0)).stamp();

        StoreReply reply = get(cache.fill(key, MINE, value("loaded"), 0));

        assertThat(((StoreReply.Stored) reply).stamp()).isEqualTo(stamp);
        assertThat(clock()).isEqualTo(stamp);
        assertThat(read().stamp()).isEqualTo(stamp);
        assertThat(read().loadedAt()).isEqualTo(((StoreReply.Stored) reply).loadedAt());
        assertThat(text(read().payload())).isEqualTo("loaded");
        assertThat(get(cache.fill(key, MINE, value("twice"), 0))).isEqualTo(new StoreReply.Refused());
    }

    @Test
    void fill_headerLeaseHeld_replacesTheValue() {
        putStale("old");
        lease(MINE);
        assertThat(get(cache.fill(key, MINE, value("new"), 0))).isInstanceOf(StoreReply.Stored.class);
        assertThat(text(read().payload())).isEqualTo("new");
        assertThat(read().freshMillis()).isPositive();
    }

    @Test
    void fill_afterInvalidation_isRefused() {
        lease(MINE);
        get(cache.invalidate(key.partition(), List.of(key), 0, 0));
        assertThat(get(cache.fill(key, MINE, value("old"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(read().kind()).isEqualTo(Kind.ABSENT);
    }

    @Test
    void fill_afterClear_isRefusedAndDropsTheMarker() {
        lease(MINE);
        get(cache.clear(key.partition(), 0));
        assertThat(get(cache.fill(key, MINE, value("old"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(plain.exists(name)).isZero();
    }

    @Test
    void fill_headerLeaseAfterClear_isRefusedAndKeepsTheValue() {
        putStale("old");
        byte[] before = plain.get(name);
        lease(MINE);
        get(cache.clear(key.partition(), 0));
        assertThat(get(cache.fill(key, MINE, value("new"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(butForItsKeeping(plain.get(name))).isEqualTo(butForItsKeeping(before));
    }

    @Test
    void fill_someoneElsesLease_isRefusedAndLeavesIt() {
        lease(OTHERS);
        assertThat(get(cache.fill(key, MINE, value("mine"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(get(cache.fill(key, 0, value("mine"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(get(cache.fill(key, OTHERS, value("theirs"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void fill_leaseOfTokenZero_neverMatchesAValueWithoutLease() {
        stored(cache.put(key, value("put"), 0, 0));
        assertThat(get(cache.fill(key, 0, value("mine"), 0))).isEqualTo(new StoreReply.Refused());
    }

    @Test
    void fill_belowTheMinimumOfATombstone_isTooOldAndKeepsTheLease() {
        get(cache.invalidate(key.partition(), List.of(key), 10, 0));
        lease(MINE);

        assertThat(get(cache.fill(key, MINE, versioned("lagging", 9), 0))).isEqualTo(new StoreReply.TooOld(10));
        assertThat(get(cache.fill(key, MINE, versioned("right", 10), 0))).isInstanceOf(StoreReply.Stored.class);

        assertThat(read().originVersion()).isEqualTo(10);
        assertThat(ByteBuffer.wrap(plain.get(name)).getLong(46)).as("lease").isZero();
    }

    @Test
    void fill_belowTheVersionOfTheValue_isTooOld() {
        stored(cache.put(key, versioned("newer", 10), 0, 0));
        get(cache.lease(key, MINE, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0));

        assertThat(get(cache.fill(key, MINE, versioned("lagging", 9), 0))).isEqualTo(new StoreReply.TooOld(10));
        assertThat(text(read().payload())).isEqualTo("newer");
    }

    @Test
    void fill_withoutAVersion_isNotCompared() {
        get(cache.invalidate(key.partition(), List.of(key), 10, 0));
        lease(MINE);
        assertThat(get(cache.fill(key, MINE, value("x"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void fill_tagsAndVersion_areStoredInTheseBytes() {
        lease(MINE);
        RemoteValue value = RemoteValue.of(MINE, (byte) 2, bytes("hello"), 5_000, 70_000, 7)
                .withOriginVersion(0xfedcba9876543210L)
                .withTags(List.of(new TagVersion("t", 5, -1), new TagVersion("\u00e4", 0x0102030405060708L, 9)));

        assertThat(get(cache.fill(key, MINE, value, 0))).isInstanceOf(StoreReply.Stored.class);

        byte[] record = plain.get(name);
        assertThat(Arrays.copyOfRange(record, 38, record.length))
                .isEqualTo(hex("fedcba9876543210" + "0000000000000000" + "000000000000" + "0007" + "02" + "02"
                        + "0000000000000005" + "ffffffffffffffff" + "01" + "74"
                        + "0102030405060708" + "0000000000000009" + "02" + "c3a4"
                        + "68656c6c6f"));
        assertThat(read().tags()).isEqualTo(value.tags());
        assertThat(read().originVersion()).isEqualTo(0xfedcba9876543210L);
    }
}
