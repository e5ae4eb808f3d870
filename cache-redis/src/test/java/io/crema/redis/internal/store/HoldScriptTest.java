package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import java.nio.ByteBuffer;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the script of release leaves of a lease after failures, and what that of lease makes of it. */
class HoldScriptTest extends ScriptTest {

    private static final long HOLD_MILLIS = 30_000;

    @Test
    void release_ownMarker_leavesThisHold() {
        lease(MINE);
        byte[] before = plain.get(name);

        get(cache.release(key, MINE, 3, HOLD_MILLIS));

        byte[] after = plain.get(name);
        long until = u48(after, 54);
        assertThat(until - HOLD_MILLIS).isBetween(serverMillis() - 10_000, serverMillis());
        byte[] expected = ByteBuffer.wrap(before)
                .put(32, u48(until + 60_000))
                .put(46, hex("ffffffffffffff03"))
                .put(54, u48(until))
                .array();
        assertThat(after).isEqualTo(expected);
        assertThat(plain.pttl(name)).isBetween(HOLD_MILLIS + 50_000, HOLD_MILLIS + 60_000);
    }

    @Test
    void release_shortHold_leavesTheMarkersLife() {
        lease(MINE);
        byte[] before = plain.get(name);

        get(cache.release(key, MINE, 255, 200));

        byte[] after = plain.get(name);
        assertThat(ByteBuffer.wrap(after).getLong(46)).isEqualTo(-1);
        assertThat(u48(after, 32)).isEqualTo(u48(before, 32));
        assertThat(plain.pttl(name)).isBetween(LEASE_MILLIS + 50_000, LEASE_MILLIS + 60_000);
    }

    @Test
    void release_ownLeaseOnAValue_changesNothingButTheLease() {
        putStale("old");
        byte[] before = plain.get(name);
        lease(MINE);

        get(cache.release(key, MINE, 1, HOLD_MILLIS));

        byte[] after = plain.get(name);
        assertThat(u48(after, 54) - HOLD_MILLIS).isBetween(serverMillis() - 10_000, serverMillis());
        byte[] expected = ByteBuffer.wrap(before)
                .put(46, hex("ffffffffffffff01"))
                .put(54, u48(u48(after, 54)))
                .array();
        assertThat(butForItsKeeping(after)).isEqualTo(butForItsKeeping(expected));
        assertThat(plain.pttl(name)).as("as long as the lease let it").isGreaterThan(60_000);
    }

    @Test
    void release_ownLeaseOnATombstone_keepsItAsLongAsTheFailures() {
        get(cache.invalidate(key.partition(), List.of(key), 7, 0));
        byte[] before = plain.get(name);
        lease(MINE);

        get(cache.release(key, MINE, 2, HOLD_MILLIS));

        byte[] after = plain.get(name);
        long until = u48(after, 54);
        byte[] expected = ByteBuffer.wrap(before)
                .put(32, u48(until + 60_000))
                .put(46, hex("ffffffffffffff02"))
                .put(54, u48(until))
                .array();
        assertThat(after).isEqualTo(expected);
        assertThat(plain.pttl(name)).isBetween(HOLD_MILLIS + 50_000, HOLD_MILLIS + 60_000);
    }

    @Test
    void release_longestHold_staysWithinItsField() {
        lease(MINE);

        get(cache.release(key, MINE, 1, Long.MAX_VALUE));

        assertThat(u48(plain.get(name), 54)).isBetween(serverMillis() + 31_535_999_000_000L, 1L << 47);
        assertThat(lease(OTHERS)).isInstanceOf(LeaseReply.Refused.class);
    }

    @Test
    void lease_holdRunOut_leavesAnOrdinaryLease() {
        lease(MINE);
        byte[] fresh = plain.get(name);
        get(cache.release(key, MINE, 3, 50));
        Awaitility.await().untilAsserted(() -> assertThat(lease(MINE)).isEqualTo(new LeaseReply.Granted(3)));

        byte[] again = plain.get(name);
        long made = u48(again, 20);
        byte[] expected = ByteBuffer.wrap(fresh)
                .put(20, u48(made))
                .put(32, u48(made + LEASE_MILLIS + 60_000))
                .put(54, u48(made + LEASE_MILLIS - made % 2))
                .array();
        assertThat(again).isEqualTo(expected);
    }

    @Test
    void lease_refusedForALease_makesItOneLongerOnce() {
        lease(MINE);
        byte[] before = plain.get(name);
        long ttl = plain.pttl(name);
        assertThat(u48(before, 54)).isEven();

        assertThat(lease(OTHERS)).isInstanceOf(LeaseReply.Refused.class);

        byte[] expected =
                ByteBuffer.wrap(before).put(54, u48(u48(before, 54) + 1)).array();
        assertThat(plain.get(name)).isEqualTo(expected);
        assertThat(plain.pttl(name)).isBetween(ttl - 10_000, ttl);
        assertThat(lease(OTHERS)).isInstanceOf(LeaseReply.Refused.class);
        assertThat(get(cache.lease(key, OTHERS, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0)))
                .isInstanceOf(LeaseReply.Refused.class);
        assertThat(plain.get(name)).isEqualTo(expected);
    }

    @Test
    void lease_refusedForALeaseOnAValue_changesNothingButItsEnd() {
        putStale("old");
        lease(OTHERS);
        byte[] before = plain.get(name);

        assertThat(lease(MINE)).isInstanceOf(LeaseReply.Refused.class);

        assertThat(plain.get(name))
                .isEqualTo(ByteBuffer.wrap(before.clone())
                        .put(59, (byte) (before[59] + 1))
                        .array());
    }

    @Test
    void lease_refusedForAFreshValueOrAHold_changesNothing() {
        stored(cache.put(key, value("fresh"), 0, 0));
        get(cache.lease(key, MINE, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0));
        byte[] leased = plain.get(name);
        assertThat(lease(OTHERS)).isInstanceOf(LeaseReply.Refused.class);
        assertThat(plain.get(name)).isEqualTo(leased);
        get(cache.release(key, MINE, 2, HOLD_MILLIS));
        byte[] held = plain.get(name);

        assertThat(lease(OTHERS)).isInstanceOf(LeaseReply.Refused.class);
        assertThat(get(cache.lease(key, OTHERS, LeaseMode.UNLESS_REPLACED, read().token(), LEASE_MILLIS, 0)))
                .isInstanceOf(LeaseReply.Refused.class);

        assertThat(plain.get(name)).isEqualTo(held);
    }

    @Test
    void release_awaitedWithATimeOnly_leavesThisHold() {
        lease(MINE);
        lease(OTHERS);
        byte[] before = plain.get(name);

        get(cache.release(key, MINE, 0, 200));

        byte[] after = plain.get(name);
        assertThat(u48(after, 54) - 200).isBetween(serverMillis() - 10_000, serverMillis());
        byte[] expected = ByteBuffer.wrap(before)
                .put(46, hex("ffffffffffffff01"))
                .put(54, u48(u48(after, 54)))
                .array();
        assertThat(after).isEqualTo(expected);
    }

    @Test
    void release_notAwaitedWithATimeOnly_leavesNoLease() {
        putStale("old");
        byte[] before = plain.get(name);
        lease(MINE);

        get(cache.release(key, MINE, 0, HOLD_MILLIS));

        assertThat(butForItsKeeping(plain.get(name))).isEqualTo(butForItsKeeping(before));
        plain.del(name);
        lease(MINE);
        get(cache.release(key, MINE, 0, HOLD_MILLIS));
        assertThat(plain.exists(name)).isZero();
    }

    /** A version that does not know holds sees somebody else's lease there: it waits, then takes it. */
    @Test
    void hold_isALeaseOfATokenThatNobodyHas() {
        lease(MINE);
        get(cache.release(key, MINE, 1, HOLD_MILLIS));

        byte[] record = plain.get(name);
        assertThat(record).hasSize(64).startsWith(hex("c1020000"));
        assertThat(ByteBuffer.wrap(record).getLong(46)).isNotIn(0L, MINE, OTHERS);
        assertThat(get(cache.lease(key, OTHERS, LeaseMode.UNLESS_REPLACED, 5, LEASE_MILLIS, 0)))
                .isInstanceOf(LeaseReply.Refused.class);
    }

    @Test
    void release_recordLost_leavesNothing() {
        lease(MINE);
        plain.del(name);

        get(cache.release(key, MINE, 1, HOLD_MILLIS));

        assertThat(plain.exists(name)).isZero();
    }
}
