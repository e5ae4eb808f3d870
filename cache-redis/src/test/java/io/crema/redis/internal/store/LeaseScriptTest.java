package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.StoreReply;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scripts of lease and release. */
class LeaseScriptTest extends ScriptTest {

    @Test
    void lease_absentKey_leavesThisMarker() {
        long stamp =
                stored(cache.put(key(cache, samePartition()), value("x"), 0, 0)).stamp();

        assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class);

        byte[] marker = plain.get(name);
        long made = u48(marker, 20);
        assertThat(made).isBetween(serverMillis() - 10_000, serverMillis());
        ByteBuffer expected = ByteBuffer.allocate(64)
                .put(hex("c1020000"))
                .putLong(stamp)
                .putLong(0)
                .put(u48(made))
                .put(u48(0))
                .put(u48(made + LEASE_MILLIS + 60_000))
                .putLong(0)
                .putLong(MINE)
                .put(u48(made + LEASE_MILLIS - made % 2))
                .put(new byte[4]);
        assertThat(marker).isEqualTo(expected.array());
        assertThat(plain.pttl(name)).isBetween(LEASE_MILLIS + 50_000, LEASE_MILLIS + 60_000);
        assertThat(clock()).isEqualTo(stamp);
        assertLoading(read(), Kind.LEASE, stamp);
    }

    @ParameterizedTest
    @EnumSource
    void lease_runningMarker_isRefused(LeaseMode mode) {
        lease(OTHERS);
        long stamp = clock();
        assertLoading(refused(cache.lease(key, MINE, mode, LEASE_MILLIS, 0)), Kind.LEASE, stamp);
        assertThat(get(cache.fill(key, OTHERS, value("theirs"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void lease_markerRunOut_isTaken() {
        get(cache.lease(key, OTHERS, LeaseMode.UNLESS_FRESH, 100, 0));
        Awaitility.await().untilAsserted(() -> assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class));
        assertThat(get(cache.fill(key, OTHERS, value("theirs"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(get(cache.fill(key, MINE, value("mine"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void lease_freshValue_isRefusedWithIt() {
        long stamp = stored(cache.put(key, value("fresh"), 0, 0)).stamp();
        LeaseReply reply = lease(MINE);
        assertThat(reply).isInstanceOf(LeaseReply.Refused.class);
        RemoteRecord current = ((LeaseReply.Refused) reply).current();
        assertThat(current.kind()).isEqualTo(Kind.VALUE);
        assertThat(current.stamp()).isEqualTo(stamp);
        assertThat(text(current.payload())).isEqualTo("fresh");
        assertThat(current.freshMillis()).isBetween(40_000L, 60_000L);
    }

    @Test
    void lease_freshValueAnyway_isGrantedInItsHeader() {
        stored(cache.put(key, value("fresh"), 0, 0));
        byte[] before = plain.get(name);
        long ttl = plain.pttl(name);

        assertThat(get(cache.lease(key, MINE, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0)))
                .isInstanceOf(LeaseReply.Granted.class);

        ByteBuffer after = ByteBuffer.wrap(plain.get(name));
        assertThat(after.getLong(46)).isEqualTo(MINE);
        assertThat(after.getLong(52) & 0xffffffffffffL).isBetween(serverMillis(), serverMillis() + LEASE_MILLIS);
        assertThat(after.put(46, new byte[14]).array()).isEqualTo(before);
        assertThat(plain.pttl(name)).isBetween(ttl - 10_000, ttl);
        assertThat(text(read().payload())).isEqualTo("fresh");
    }

    @Test
    void lease_staleValue_isGrantedOnceAndThenRefusedWithIt() {
        putStale("old");
        assertThat(lease(OTHERS)).isInstanceOf(LeaseReply.Granted.class);

        LeaseReply reply = lease(MINE);
        assertThat(reply).isInstanceOf(LeaseReply.Refused.class);
        assertThat(text(((LeaseReply.Refused) reply).current().payload())).isEqualTo("old");
        assertThat(((LeaseReply.Refused) reply).current().freshMillis()).isNegative();
    }

    @Test
    void lease_headerLeaseRunOut_isTaken() {
        putStale("old");
        get(cache.lease(key, OTHERS, LeaseMode.UNLESS_FRESH, 100, 0));
        Awaitility.await().untilAsserted(() -> assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class));
        assertThat(get(cache.fill(key, OTHERS, value("theirs"), 0))).isEqualTo(new StoreReply.Refused());
    }

    @Test
    void lease_belowTheFloor_isGrantedByAMarkerWhoeverHeldOne() {
        stored(cache.put(key, value("old"), 0, 0));
        get(cache.lease(key, OTHERS, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0));
        long floor = get(cache.clear(key.partition(), 0));

        assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class);

        assertLoading(read(), Kind.LEASE, floor);
        assertThat(get(cache.fill(key, OTHERS, value("theirs"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(get(cache.fill(key, MINE, value("mine"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void lease_markerBelowTheFloor_isReplaced() {
        lease(OTHERS);
        get(cache.clear(key.partition(), 0));
        assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class);
        assertThat(get(cache.fill(key, MINE, value("mine"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void lease_unknownRecord_isRefusedAndLeftAlone() {
        plain.set(name, bytes("foreign"));
        assertThat(get(cache.lease(key, MINE, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0)))
                .isEqualTo(new LeaseReply.Refused(RemoteRecord.opaque(0)));
        assertThat(get(cache.fill(key, MINE, value("x"), 0))).isEqualTo(new StoreReply.Refused());
        get(cache.release(key, MINE));
        assertThat(plain.get(name)).asString().isEqualTo("foreign");
    }

    @Test
    void release_ownMarker_isDeleted() {
        lease(MINE);
        get(cache.release(key, OTHERS));
        assertThat(plain.exists(name)).isEqualTo(1);
        get(cache.release(key, MINE));
        assertThat(plain.exists(name)).isZero();
        get(cache.release(key, MINE));
    }

    @Test
    void release_ownHeaderLease_leavesTheValueAsItWas() {
        putStale("old");
        byte[] before = plain.get(name);
        lease(MINE);
        get(cache.release(key, MINE));
        assertThat(butForItsKeeping(plain.get(name))).isEqualTo(butForItsKeeping(before));
        assertThat(plain.pttl(name)).as("as long as a late fill may come").isGreaterThan(60_000);
        assertThat(lease(OTHERS)).isInstanceOf(LeaseReply.Granted.class);
    }

    @Test
    void lease_tombstone_isGrantedInItsHeaderOnce() {
        get(cache.invalidate(key.partition(), List.of(key), 7, 0));
        byte[] before = plain.get(name);

        assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class);

        ByteBuffer after = ByteBuffer.wrap(plain.get(name));
        assertThat(after.getLong(46)).isEqualTo(MINE);
        assertThat(butForItsKeeping(after.put(46, new byte[14]).array())).isEqualTo(butForItsKeeping(before));
        long stamp = ByteBuffer.wrap(before).getLong(4);
        assertLoading(
                refused(cache.lease(key, OTHERS, LeaseMode.UNLESS_FRESH, LEASE_MILLIS, 0)), Kind.TOMBSTONE, stamp);
        get(cache.release(key, MINE));
        assertThat(butForItsKeeping(plain.get(name))).isEqualTo(butForItsKeeping(before));
        assertThat(lease(OTHERS)).isInstanceOf(LeaseReply.Granted.class);
    }

    @Test
    void lease_tombstoneBelowTheFloor_getsTheClockAsStampWhoeverHeldALease() {
        get(cache.invalidate(key.partition(), List.of(key), 7, 0));
        lease(OTHERS);
        long floor = get(cache.clear(key.partition(), 0));

        assertThat(lease(MINE)).isEqualTo(new LeaseReply.Granted(0));

        ByteBuffer record = ByteBuffer.wrap(plain.get(name));
        assertThat(record.get(1)).isEqualTo((byte) 4);
        assertThat(record.getLong(4)).isEqualTo(floor);
        assertThat(record.getLong(38)).isEqualTo(7);
        assertThat(get(cache.fill(key, OTHERS, versioned("theirs", 7), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(get(cache.fill(key, MINE, versioned("mine", 7), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void lease_versionedValueBelowTheFloor_leavesThisTombstone() {
        stored(cache.put(key, versioned("old", 9), 0, 0));
        get(cache.lease(key, OTHERS, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0));
        long floor = get(cache.clear(key.partition(), 0));

        assertThat(lease(MINE)).isEqualTo(new LeaseReply.Granted(0));

        byte[] tombstone = plain.get(name);
        long made = u48(tombstone, 20);
        assertThat(made).isBetween(serverMillis() - 10_000, serverMillis());
        ByteBuffer expected = ByteBuffer.allocate(64)
                .put(hex("c1040000"))
                .putLong(floor)
                .putLong(0)
                .put(u48(made))
                .put(u48(0))
                .put(u48(made + LEASE_MILLIS + 60_000))
                .putLong(9)
                .putLong(MINE)
                .put(u48(made + LEASE_MILLIS - made % 2))
                .put(new byte[4]);
        assertThat(tombstone).isEqualTo(expected.array());
        assertThat(plain.pttl(name)).isBetween(LEASE_MILLIS + 50_000, LEASE_MILLIS + 60_000);
        get(cache.release(key, MINE));
        assertThat(plain.get(name)).isEqualTo(expected.put(46, new byte[14]).array());
        lease(OTHERS);
        assertThat(get(cache.fill(key, OTHERS, versioned("lagging", 8), 0))).isEqualTo(new StoreReply.TooOld(9));
    }

    @ParameterizedTest
    @EnumSource
    void lease_quarantine_isRefused(LeaseMode mode) {
        long stamp = get(cache.quarantine(key, 5, 60_000, 0));
        get(cache.clear(key.partition(), 0));
        LeaseReply reply = get(cache.lease(key, MINE, mode, LEASE_MILLIS, 0));
        assertThat(reply).isEqualTo(new LeaseReply.Refused(RemoteRecord.quarantine(stamp, stamp + 1)));
    }

    private static RemoteRecord refused(CompletableFuture<LeaseReply> reply) {
        LeaseReply found = get(reply);
        assertThat(found).isInstanceOf(LeaseReply.Refused.class);
        return ((LeaseReply.Refused) found).current();
    }

    private static void assertLoading(RemoteRecord found, Kind kind, long stamp) {
        assertThat(found.kind()).isEqualTo(kind);
        assertThat(found.stamp()).isEqualTo(stamp);
        assertThat(found.lease().isLoading()).isTrue();
        assertThat(found.lease().leftMillis()).isBetween(1L, LEASE_MILLIS);
    }
}
