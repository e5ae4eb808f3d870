package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.StoreReply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The part of {@link RemoteTierContract} on leases: who may fill a key, and until when. */
abstract class RemoteLeaseContract extends RemoteClockContract {

    private final long tokenA = newToken();
    private final long tokenB = newToken();

    @Test
    void lease_absent_isGrantedAndSeenByOthers() {
        RemoteKey key = newKey();

        assertGranted(lease(a, key, tokenA));

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.LEASE);
    }

    @Test
    void lease_anotherRuns_isRefused() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);

        assertThat(refused(lease(b, key, tokenB)).kind()).isEqualTo(RemoteRecord.Kind.LEASE);
        assertThat(refused(lease(b, key, tokenB, LeaseMode.EVEN_IF_FRESH)).kind())
                .isEqualTo(RemoteRecord.Kind.LEASE);
        assertStored(fill(a, key, tokenA, value("a")));
    }

    @Test
    void lease_anotherExpired_isGrantedAndFencesTheOld() {
        RemoteKey key = newKey();
        shortLease(a, key, tokenA);
        pass(LONGER_THAN_SHORT);

        assertGranted(lease(b, key, tokenB));

        assertRefused(fill(a, key, tokenA, value("a")));
        assertStored(fill(b, key, tokenB, value("b")));
        assertThat(textOf(key)).isEqualTo("b");
    }

    @Test
    void fill_leaseExpiredButNobodyTookIt_isStored() {
        RemoteKey key = newKey();
        shortLease(a, key, tokenA);
        pass(LONGER_THAN_SHORT);

        assertStored(fill(a, key, tokenA, value("a")));

        assertThat(textOf(key)).isEqualTo("a");
    }

    @Test
    void lease_freshValue_isRefusedWithTheValue() {
        RemoteKey key = newKey();
        stored(a.put(key, value("fresh"), 0, 0));

        assertThat(text(refused(lease(b, key, tokenB)))).isEqualTo("fresh");
        assertRefused(fill(b, key, tokenB, value("b")));
    }

    @Test
    void lease_freshCachedNull_isRefusedWithTheNull() {
        RemoteKey key = newKey();
        stored(a.put(key, nullValue(), 0, 0));

        assertThat(refused(lease(b, key, tokenB)).cachedNull()).isTrue();
    }

    @Test
    void lease_freshValueToBeRefreshed_isGrantedAndKeepsTheValueReadable() {
        RemoteKey key = newKey();
        stored(a.put(key, value("old"), 0, 0));

        assertGranted(lease(a, key, tokenA, LeaseMode.EVEN_IF_FRESH));

        assertThat(textOf(key)).isEqualTo("old");
        assertThat(text(refused(lease(b, key, tokenB, LeaseMode.EVEN_IF_FRESH))))
                .isEqualTo("old");
        assertStored(fill(a, key, tokenA, value("new")));
        assertThat(textOf(key)).isEqualTo("new");
    }

    @Test
    void lease_staleValue_isGrantedOnceAndKeepsTheReserve() {
        RemoteKey key = staleKey();

        assertGranted(lease(a, key, tokenA));

        RemoteRecord seen = refused(lease(b, key, tokenB));
        assertThat(text(seen)).isEqualTo("stale");
        assertThat(seen.freshMillis()).isNotPositive();
        assertThat(textOf(key)).isEqualTo("stale");
        assertStored(fill(a, key, tokenA, value("new")));
        assertThat(read(key).freshMillis()).isPositive();
    }

    @Test
    void lease_staleValueLeaseExpired_isGrantedAndFencesTheOld() {
        RemoteKey key = staleKey();
        shortLease(a, key, tokenA);
        pass(LONGER_THAN_SHORT);

        assertGranted(lease(b, key, tokenB));

        assertRefused(fill(a, key, tokenA, value("a")));
        assertStored(fill(b, key, tokenB, value("b")));
    }

    @Test
    void lease_valueBelowFloor_replacesIt() {
        RemoteKey key = newKey();
        stored(a.put(key, value("cleared"), 0, 0));
        long floor = await(a.clear(key.partition(), 0));

        assertGranted(lease(b, key, tokenB));

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.LEASE);
        assertThat(assertStored(fill(b, key, tokenB, value("b"))).stamp()).isGreaterThanOrEqualTo(floor);
    }

    @Test
    void lease_runningLeaseBelowFloor_isTaken() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);
        await(a.clear(key.partition(), 0));

        assertGranted(lease(b, key, tokenB));

        assertRefused(fill(a, key, tokenA, value("a")));
        assertStored(fill(b, key, tokenB, value("b")));
    }

    @Test
    void fill_leaseHeld_storesWithoutAdvancingTheClock() {
        RemoteKey key = newKey();
        long before = invalidate(key);
        lease(a, key, tokenA);

        StoreReply.Stored stored = assertStored(fill(a, key, tokenA, value("a")));

        assertThat(stored.stamp()).isEqualTo(before);
        RemoteRecord found = read(key);
        assertThat(text(found)).isEqualTo("a");
        assertThat(found.stamp()).isEqualTo(stored.stamp());
        assertThat(found.loadedAt()).isEqualTo(stored.loadedAt());
        assertThat(invalidate(key)).isEqualTo(before + 1);
    }

    @Test
    void fill_cachedNull_isStored() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);

        assertStored(fill(a, key, tokenA, nullValue()));

        assertThat(read(key).cachedNull()).isTrue();
    }

    @Test
    void fill_withoutLease_isRefused() {
        RemoteKey key = newKey();

        assertRefused(fill(a, key, tokenA, value("a")));

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.ABSENT);
    }

    @Test
    void fill_foreignToken_isRefusedAndLeavesTheLease() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);

        assertRefused(fill(b, key, tokenB, value("b")));

        assertStored(fill(a, key, tokenA, value("a")));
    }

    @Test
    void fill_secondWithOneLease_isRefused() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);
        fill(a, key, tokenA, value("first"));

        assertRefused(fill(a, key, tokenA, value("second")));

        assertThat(textOf(key)).isEqualTo("first");
    }

    @Test
    void fill_afterInvalidation_isRefused() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);
        invalidate(key);

        assertRefused(fill(a, key, tokenA, value("a")));

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.ABSENT);
    }

    @Test
    void fill_afterInvalidationAndAnotherLease_isRefused() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);
        invalidate(key);
        lease(b, key, tokenB);

        assertRefused(fill(a, key, tokenA, value("a")));

        assertStored(fill(b, key, tokenB, value("b")));
    }

    @Test
    void fill_afterClear_isRefusedAndGivesTheLeaseUp() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);
        await(b.clear(key.partition(), 0));

        assertRefused(fill(a, key, tokenA, value("a")));

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.ABSENT);
    }

    @Test
    void fill_refreshAfterClear_isRefused() {
        RemoteKey key = newKey();
        stored(a.put(key, value("old"), 0, 0));
        lease(a, key, tokenA, LeaseMode.EVEN_IF_FRESH);
        long floor = await(b.clear(key.partition(), 0));

        assertRefused(fill(a, key, tokenA, value("new")));

        assertThat(read(key).stamp()).isLessThan(floor);
    }

    @Test
    void fill_afterPut_isRefused() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);
        stored(b.put(key, value("put"), 0, 0));

        assertRefused(fill(a, key, tokenA, value("a")));

        assertThat(textOf(key)).isEqualTo("put");
    }

    @Test
    void release_ownMarker_letsOthersLoad() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);

        await(a.release(key, tokenA));

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.ABSENT);
        assertRefused(fill(a, key, tokenA, value("a")));
        assertGranted(lease(b, key, tokenB));
    }

    @Test
    void release_ownLeaseOnStaleValue_keepsTheReserve() {
        RemoteKey key = staleKey();
        lease(a, key, tokenA);

        await(a.release(key, tokenA));

        assertThat(textOf(key)).isEqualTo("stale");
        assertRefused(fill(a, key, tokenA, value("a")));
        assertGranted(lease(b, key, tokenB));
    }

    @Test
    void release_foreignToken_changesNothing() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);

        await(b.release(key, tokenB));

        assertStored(fill(a, key, tokenA, value("a")));
        await(a.release(key, tokenA));
        assertThat(textOf(key)).isEqualTo("a");
    }

    @Test
    void leaseAndFill_clockLost_stampIsNotBelowWhatTheCallerSaw() {
        RemoteKey key = newKey();
        long seen = invalidate(key) + 1_000_000_000_000L;
        loseClock(name, key.partition());

        assertGranted(await(a.lease(key, tokenA, LeaseMode.UNLESS_FRESH, LONG_MILLIS, seen)));
        loseClock(name, key.partition());

        assertThat(assertStored(await(a.fill(key, tokenA, value("a"), seen))).stamp())
                .isGreaterThanOrEqualTo(seen);
        assertThat(invalidate(key)).isGreaterThan(seen);
    }

    RemoteKey staleKey() {
        RemoteKey key = newKey();
        stored(a.put(key, value("stale", SHORT_MILLIS, LONG_MILLIS), 0, 0));
        pass(LONGER_THAN_SHORT);
        return key;
    }

    private long invalidate(RemoteKey key) {
        return await(b.invalidate(key.partition(), List.of(key), 0, 0)).stamp();
    }

    private static LeaseReply lease(RemoteCache cache, RemoteKey key, long token) {
        return lease(cache, key, token, LeaseMode.UNLESS_FRESH);
    }

    private static LeaseReply lease(RemoteCache cache, RemoteKey key, long token, LeaseMode mode) {
        return await(cache.lease(key, token, mode, LONG_MILLIS, 0));
    }

    private static void shortLease(RemoteCache cache, RemoteKey key, long token) {
        assertGranted(await(cache.lease(key, token, LeaseMode.UNLESS_FRESH, SHORT_MILLIS, 0)));
    }
}
