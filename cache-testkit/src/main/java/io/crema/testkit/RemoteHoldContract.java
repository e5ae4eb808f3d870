package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.LeaseState;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of {@link RemoteTierContract} on keys that are held back after failed loads, and on who loads a key. */
abstract class RemoteHoldContract extends RemoteExpiryContract {

    static final LeaseReply.Granted FIRST = new LeaseReply.Granted(0);

    private final long tokenA = newToken();
    private final long tokenB = newToken();

    @ParameterizedTest
    @EnumSource
    void read_leasedValue_tellsThatSomebodyLoads(ReadMode mode) {
        RemoteKey key = newKey();
        stored(a.put(key, value("old"), 0, 0));
        assertThat(await(b.read(key, mode)).lease()).isEqualTo(LeaseState.FREE);

        assertThat(lease(a, key, tokenA, LeaseMode.EVEN_IF_FRESH)).isEqualTo(FIRST);

        assertLoading(await(b.read(key, mode)));
        assertLoading(await(b.readAll(List.of(newKey(), key), mode)).get(1));
        await(a.release(key, tokenA));
        assertThat(await(b.read(key, mode)).lease()).isEqualTo(LeaseState.FREE);
    }

    @Test
    void read_leasedWithoutValue_tellsThatSomebodyLoads() {
        RemoteKey marker = newKey();
        RemoteKey tombstone = tombstone(5);
        lease(a, marker, tokenA);
        lease(a, tombstone, tokenA);

        assertLoading(read(marker));
        assertLoading(read(tombstone));
        assertLoading(refused(lease(b, marker, tokenB)));
        assertLoading(refused(lease(b, tombstone, tokenB)));
    }

    @Test
    void read_leaseRunOut_isFree() {
        RemoteKey key = newKey();
        await(a.lease(key, tokenA, LeaseMode.UNLESS_FRESH, SHORT_MILLIS, 0));
        pass(LONGER_THAN_SHORT);

        assertThat(kindOf(key)).isEqualTo(Kind.LEASE);
        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
    }

    @Test
    void release_failuresWithoutValue_holdTheKeyBack() {
        RemoteKey key = newKey();
        holdBack(key, 3, LONG_MILLIS);

        assertHeldBack(read(key), 3);
        assertThat(kindOf(key)).isEqualTo(Kind.LEASE);
        assertHeldBack(refused(lease(b, key, tokenB)), 3);
        assertHeldBack(refused(lease(b, key, tokenB, LeaseMode.UNLESS_REPLACED)), 3);
        assertRefused(fill(a, key, tokenA, value("late")));
        assertThat(kindOf(key)).isEqualTo(Kind.LEASE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 254, 255})
    void lease_holdIsOver_isGrantedWithTheFailures(int failures) {
        RemoteKey key = newKey();
        holdBack(key, failures, SHORT_MILLIS);
        pass(LONGER_THAN_SHORT);
        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);

        assertThat(lease(b, key, tokenB)).isEqualTo(new LeaseReply.Granted(failures));

        assertLoading(read(key));
        assertStored(fill(b, key, tokenB, value("loaded")));
        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
    }

    @Test
    void lease_afterALoadThatWorked_hasNoFailures() {
        RemoteKey key = newKey();
        holdBack(key, 3, SHORT_MILLIS);
        pass(LONGER_THAN_SHORT);
        lease(b, key, tokenB);
        assertStored(fill(b, key, tokenB, value("loaded")));

        assertThat(lease(a, key, tokenA, LeaseMode.EVEN_IF_FRESH)).isEqualTo(FIRST);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void release_failuresWithoutAHold_areOnlyRemembered(boolean withValue) {
        RemoteKey key = withValue ? staleKey() : newKey();
        lease(a, key, tokenA);

        await(a.release(key, tokenA, 3, 0));

        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
        assertThat(lease(b, key, tokenB)).isEqualTo(new LeaseReply.Granted(3));
    }

    @Test
    void release_withoutFailures_forgetsThem() {
        RemoteKey key = staleKey();
        holdBack(key, 3, SHORT_MILLIS);
        pass(LONGER_THAN_SHORT);
        lease(b, key, tokenB);

        await(b.release(key, tokenB));

        assertThat(lease(a, key, tokenA)).isEqualTo(FIRST);
    }

    @Test
    void lease_evenIfFresh_isGrantedOverAHold() {
        RemoteKey key = newKey();
        holdBack(key, 3, LONG_MILLIS);

        assertThat(lease(b, key, tokenB, LeaseMode.EVEN_IF_FRESH)).isEqualTo(new LeaseReply.Granted(3));

        assertLoading(refused(lease(a, key, newToken(), LeaseMode.EVEN_IF_FRESH)));
        assertStored(fill(b, key, tokenB, value("b")));
    }

    @Test
    void release_failuresOnAReserve_keepItAndHoldItBack() {
        RemoteKey key = staleKey();
        holdBack(key, 2, LONG_MILLIS);

        assertThat(textOf(key)).isEqualTo("stale");
        assertHeldBack(read(key), 2);
        RemoteRecord seen = refused(lease(b, key, tokenB));
        assertThat(text(seen)).isEqualTo("stale");
        assertHeldBack(seen, 2);
        assertRefused(fill(a, key, tokenA, value("late")));
        assertThat(lease(b, key, tokenB, LeaseMode.EVEN_IF_FRESH)).isEqualTo(new LeaseReply.Granted(2));
        assertStored(fill(b, key, tokenB, value("new")));
        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
    }

    @Test
    void lease_holdOnAReserveIsOver_isGrantedWithTheFailures() {
        RemoteKey key = staleKey();
        holdBack(key, 2, SHORT_MILLIS);
        pass(LONGER_THAN_SHORT);

        assertThat(lease(b, key, tokenB)).isEqualTo(new LeaseReply.Granted(2));

        assertThat(textOf(key)).isEqualTo("stale");
    }

    @Test
    void release_failuresOnAFreshValue_onlyKeepItFromBeingRefreshed() {
        RemoteKey key = newKey();
        stored(a.put(key, value("fresh"), 0, 0));
        long known = read(key).token();
        holdBack(key, 1, LONG_MILLIS);

        assertThat(read(key).freshMillis()).isPositive();
        assertThat(read(key).token()).isEqualTo(known);
        assertHeldBack(refused(await(b.lease(key, tokenB, LeaseMode.UNLESS_REPLACED, known, LONG_MILLIS, 0))), 1);
        assertHeldBack(refused(lease(b, key, tokenB)), 1);
    }

    @Test
    void release_failuresOnATombstone_holdItBackAndKeepTheMinimum() {
        RemoteKey key = tombstone(5);
        holdBack(key, 4, SHORT_MILLIS);
        assertThat(kindOf(key)).isEqualTo(Kind.TOMBSTONE);
        pass(LONGER_THAN_SHORT);

        assertThat(lease(b, key, tokenB)).isEqualTo(new LeaseReply.Granted(4));

        assertTooOld(fill(b, key, tokenB, value("v4", 4)), 5);
        await(b.release(key, tokenB, 5, LONG_MILLIS));
        assertHeldBack(refused(lease(a, key, tokenA)), 5);
        assertTooOld(a.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void release_failures_aValueOutlivesItsKeeping_asTheLeaseLetIt() {
        RemoteKey key = newKey();
        Duration life = Duration.ofMillis(500);
        stored(a.put(key, value("short", life.toMillis(), life.toMillis()), 0, 0));
        holdBack(key, 1, LONG_MILLIS);

        pass(life.plusMillis(5));

        assertThat(read(key).freshMillis()).isNotPositive();
        assertHeldBack(read(key), 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invalidate_heldBack_endsThat(boolean withValue) {
        RemoteKey key = heldBack(withValue);

        await(b.invalidate(key.partition(), List.of(key), 0, 0));

        assertThat(lease(b, key, tokenB)).isEqualTo(FIRST);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void invalidateWithVersion_heldBack_endsThat(boolean withValue) {
        RemoteKey key = heldBack(withValue);

        await(b.invalidate(key.partition(), List.of(key), 5, 0));

        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
        assertThat(lease(b, key, tokenB)).isEqualTo(FIRST);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void expire_heldBack_endsThat(boolean withValue) {
        RemoteKey key = heldBack(withValue);

        await(b.expire(key.partition(), List.of(key), 0, 0));

        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
        assertThat(kindOf(key)).isEqualTo(withValue ? Kind.VALUE : Kind.ABSENT);
        assertThat(lease(b, key, tokenB)).isEqualTo(FIRST);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void clear_heldBack_endsThat(boolean withValue) {
        RemoteKey key = heldBack(withValue);

        await(b.clear(key.partition(), 0));

        assertThat(lease(b, key, tokenB)).isEqualTo(FIRST);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void put_heldBack_endsThat(boolean withValue) {
        RemoteKey key = heldBack(withValue);

        stored(b.put(key, value("put"), 0, 0));

        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
        assertThat(lease(b, key, tokenB, LeaseMode.EVEN_IF_FRESH)).isEqualTo(FIRST);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void putIfAbsent_heldBack_isStored(boolean withValue) {
        RemoteKey key = heldBack(withValue);

        stored(b.putIfAbsent(key, value("put"), 0));

        assertThat(textOf(key)).isEqualTo("put");
    }

    @Test
    void release_failuresWithAForeignToken_changeNothing() {
        RemoteKey key = newKey();
        await(a.lease(key, tokenA, LeaseMode.UNLESS_FRESH, SHORT_MILLIS, 0));
        pass(LONGER_THAN_SHORT);
        lease(b, key, tokenB);

        await(a.release(key, tokenA, 1, LONG_MILLIS));

        assertLoading(read(key));
        assertStored(fill(b, key, tokenB, value("b")));
    }

    @Test
    void release_failuresAfterTheLeaseRanOut_holdTheKeyBackIfNobodyTookIt() {
        RemoteKey key = newKey();
        await(a.lease(key, tokenA, LeaseMode.UNLESS_FRESH, SHORT_MILLIS, 0));
        pass(LONGER_THAN_SHORT);

        await(a.release(key, tokenA, 1, LONG_MILLIS));

        assertHeldBack(refused(lease(b, key, tokenB)), 1);
    }

    @Test
    void release_failuresAfterAnInvalidation_leaveNothing() {
        RemoteKey key = newKey();
        lease(a, key, tokenA);
        await(b.invalidate(key.partition(), List.of(key), 0, 0));

        await(a.release(key, tokenA, 1, LONG_MILLIS));

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
    }

    @ParameterizedTest
    @CsvSource({"-1, 20", "256, 20", "1, -1", "0, -1"})
    void release_impossibleHold_isAnError(int failures, long holdMillis) {
        RemoteKey key = newKey();

        assertThatThrownBy(() -> a.release(key, tokenA, failures, holdMillis))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("" + failures);
    }

    /** A key that nobody may load for long, with a reserve or without any value. */
    private RemoteKey heldBack(boolean withValue) {
        RemoteKey key = withValue ? staleKey() : newKey();
        holdBack(key, 3, LONG_MILLIS);
        assertHeldBack(read(key), 3);
        return key;
    }

    private void holdBack(RemoteKey key, int failures, long holdMillis) {
        assertGranted(lease(a, key, tokenA, LeaseMode.EVEN_IF_FRESH));
        await(a.release(key, tokenA, failures, holdMillis));
    }

    private static LeaseReply lease(RemoteCache cache, RemoteKey key, long token) {
        return lease(cache, key, token, LeaseMode.UNLESS_FRESH);
    }

    private static LeaseReply lease(RemoteCache cache, RemoteKey key, long token, LeaseMode mode) {
        return await(cache.lease(key, token, mode, LONG_MILLIS, 0));
    }

    static void assertLoading(RemoteRecord found) {
        assertThat(found.lease().isLoading()).isTrue();
        assertThat(found.lease().isHeldBack()).isFalse();
        assertThat(found.lease().leftMillis()).isBetween(1L, LONG_MILLIS);
    }

    static void assertHeldBack(RemoteRecord found, int failures) {
        assertThat(found.lease().isHeldBack()).isTrue();
        assertThat(found.lease().isLoading()).isFalse();
        assertThat(found.lease().failures()).isEqualTo(failures);
        assertThat(found.lease().leftMillis()).isBetween(1L, LONG_MILLIS);
    }
}
