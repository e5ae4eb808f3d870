package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.LeaseState;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of {@link RemoteTierContract} on keys that are held back only for those who wait for somebody's load. */
abstract class RemoteAwaitedContract extends RemoteHoldContract {

    private final long tokenA = newToken();
    private final long tokenB = newToken();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void releaseIfAwaited_nobodyWaits_freesTheKeyAtOnce(boolean withValue) {
        RemoteKey key = leased(withValue);

        releaseIfAwaited(key, LONG_MILLIS);

        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
        assertThat(kindOf(key)).isEqualTo(withValue ? Kind.VALUE : Kind.ABSENT);
        assertThat(lease(b, key, tokenB, LeaseMode.UNLESS_FRESH)).isEqualTo(FIRST);
    }

    @ParameterizedTest
    @EnumSource
    void releaseIfAwaited_oneWasRefusedAMarker_holdsTheKeyBack(LeaseMode mode) {
        RemoteKey key = leased(false);
        assertLoading(refused(lease(b, key, tokenB, mode)));
        assertLoading(read(key));

        releaseIfAwaited(key, LONG_MILLIS);

        assertHeldBack(read(key), 1);
        assertHeldBack(refused(lease(b, key, tokenB, LeaseMode.UNLESS_FRESH)), 1);
        assertRefused(fill(a, key, tokenA, value("late")));
        assertThat(lease(b, key, tokenB, LeaseMode.EVEN_IF_FRESH)).isEqualTo(new LeaseReply.Granted(1));
    }

    @ParameterizedTest
    @EnumSource
    void releaseIfAwaited_oneWasRefusedAStaleValue_holdsItBack(LeaseMode mode) {
        RemoteKey key = leased(true);
        refused(lease(b, key, tokenB, mode));

        releaseIfAwaited(key, LONG_MILLIS);

        assertHeldBack(read(key), 1);
        assertThat(textOf(key)).isEqualTo("stale");
    }

    @ParameterizedTest
    @EnumSource
    void releaseIfAwaited_oneWasRefusedATombstone_holdsItBack(LeaseMode mode) {
        RemoteKey key = tombstone(5);
        assertThat(lease(a, key, tokenA, LeaseMode.UNLESS_FRESH)).isEqualTo(FIRST);
        refused(lease(b, key, tokenB, mode));

        releaseIfAwaited(key, LONG_MILLIS);

        assertHeldBack(read(key), 1);
        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
    }

    @ParameterizedTest
    @EnumSource
    void releaseIfAwaited_refusedOverAFreshValue_countsIfItWouldHaveBeenReplaced(LeaseMode mode) {
        RemoteKey key = newKey();
        RemoteValue known = value("fresh");
        stored(a.put(key, known, 0, 0));
        assertThat(lease(a, key, tokenA, LeaseMode.EVEN_IF_FRESH)).isEqualTo(FIRST);
        refused(await(b.lease(key, tokenB, mode, known.token(), LONG_MILLIS, 0)));

        releaseIfAwaited(key, LONG_MILLIS);

        if (mode == LeaseMode.UNLESS_FRESH) {
            assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
        } else {
            assertHeldBack(read(key), 1);
        }
        assertThat(textOf(key)).isEqualTo("fresh");
    }

    @Test
    void releaseIfAwaited_refusedForAFreshValueOfAnotherToken_doesNotCount() {
        RemoteKey key = newKey();
        stored(a.put(key, value("fresh"), 0, 0));
        assertThat(lease(a, key, tokenA, LeaseMode.EVEN_IF_FRESH)).isEqualTo(FIRST);
        refused(await(b.lease(key, tokenB, LeaseMode.UNLESS_REPLACED, newToken(), LONG_MILLIS, 0)));

        releaseIfAwaited(key, LONG_MILLIS);

        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
    }

    @ParameterizedTest
    @EnumSource
    void releaseIfAwaited_othersOnlyRead_freesTheKey(ReadMode mode) {
        RemoteKey key = leased(false);
        assertLoading(await(b.read(key, mode)));
        assertLoading(await(b.readAll(List.of(key), mode)).get(0));

        releaseIfAwaited(key, LONG_MILLIS);

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
    }

    @Test
    void releaseIfAwaited_othersHadNoLease_freesTheKey() {
        RemoteKey key = leased(false);
        await(b.release(key, tokenB, 0, LONG_MILLIS));
        assertRefused(fill(b, key, tokenB, value("b")));

        releaseIfAwaited(key, LONG_MILLIS);

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void releaseIfAwaited_oneWasRefusedAnEarlierLease_freesTheKey(boolean withValue) {
        RemoteKey key = leased(withValue);
        refused(lease(b, key, tokenB, LeaseMode.UNLESS_FRESH));
        await(a.release(key, tokenA));
        assertThat(lease(a, key, tokenA, LeaseMode.UNLESS_FRESH)).isEqualTo(FIRST);

        releaseIfAwaited(key, LONG_MILLIS);

        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
    }

    @Test
    void releaseIfAwaited_oneWasRefusedForAHoldBeforeTheLease_freesTheKey() {
        RemoteKey key = leased(false);
        await(a.release(key, tokenA, 3, LONG_MILLIS));
        assertHeldBack(refused(lease(b, key, tokenB, LeaseMode.UNLESS_FRESH)), 3);
        assertHeldBack(read(key), 3);
        assertThat(lease(a, key, tokenA, LeaseMode.EVEN_IF_FRESH)).isEqualTo(new LeaseReply.Granted(3));

        releaseIfAwaited(key, LONG_MILLIS);

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void releaseIfAwaited_refusedLeaseRanOut_holdsTheKeyBackIfNobodyTookIt(boolean withValue) {
        RemoteKey key = runOut(withValue);

        releaseIfAwaited(key, LONG_MILLIS);

        assertHeldBack(read(key), 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void releaseIfAwaited_refusedLeaseRanOutAndTheOtherTookTheKey_freesItForTheOther(boolean withValue) {
        RemoteKey key = runOut(withValue);
        assertThat(lease(b, key, tokenB, LeaseMode.UNLESS_FRESH)).isEqualTo(FIRST);

        releaseIfAwaited(key, LONG_MILLIS);
        assertLoading(read(key));
        await(b.release(key, tokenB, 0, LONG_MILLIS));

        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void releaseIfAwaited_holdIsOver_isGrantedWithOneFailure(boolean withValue) {
        RemoteKey key = awaited(withValue);
        releaseIfAwaited(key, SHORT_MILLIS);
        pass(LONGER_THAN_SHORT);
        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);

        assertThat(lease(b, key, tokenB, LeaseMode.UNLESS_FRESH)).isEqualTo(new LeaseReply.Granted(1));

        await(b.release(key, tokenB, 0, LONG_MILLIS));
        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void release_awaited_freesTheKey(boolean withValue) {
        RemoteKey key = awaited(withValue);

        await(a.release(key, tokenA));

        assertThat(lease(b, key, tokenB, LeaseMode.UNLESS_FRESH)).isEqualTo(FIRST);
    }

    @Test
    void releaseWithFailures_awaited_countsThoseOnly() {
        RemoteKey key = awaited(false);

        await(a.release(key, tokenA, 3, LONG_MILLIS));

        assertHeldBack(read(key), 3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fill_awaited_isStored(boolean withValue) {
        RemoteKey key = awaited(withValue);
        refused(lease(b, key, newToken(), LeaseMode.EVEN_IF_FRESH));

        assertStored(fill(a, key, tokenA, value("loaded")));

        assertThat(textOf(key)).isEqualTo("loaded");
        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
        releaseIfAwaited(key, LONG_MILLIS);
        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
    }

    @Test
    void fill_awaitedButTooOld_leavesTheLeaseAwaited() {
        RemoteKey key = tombstone(5);
        lease(a, key, tokenA, LeaseMode.UNLESS_FRESH);
        refused(lease(b, key, tokenB, LeaseMode.UNLESS_FRESH));
        assertTooOld(fill(a, key, tokenA, value("v4", 4)), 5);

        releaseIfAwaited(key, LONG_MILLIS);

        assertHeldBack(read(key), 1);
    }

    @Test
    void renew_awaited_isRenewed() {
        RemoteKey key = awaited(true);
        long next = newToken();

        assertStored(
                await(a.renew(key, tokenA, read(key).token(), new Renewal(next, LONG_MILLIS, LONG_MILLIS, 1, 0), 0)));

        assertThat(textOf(key)).isEqualTo("stale");
        assertThat(read(key).token()).isEqualTo(next);
        assertThat(read(key).freshMillis()).isPositive();
        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
    }

    @Test
    void releaseIfAwaited_invalidatedMeanwhile_leavesNothing() {
        RemoteKey key = awaited(false);
        await(b.invalidate(key.partition(), List.of(key), 0, 0));

        releaseIfAwaited(key, LONG_MILLIS);

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
    }

    private void releaseIfAwaited(RemoteKey key, long holdMillis) {
        await(a.release(key, tokenA, 0, holdMillis));
    }

    /** A key that one loads, with a reserve or without any value. */
    private RemoteKey leased(boolean withValue) {
        RemoteKey key = withValue ? staleKey() : newKey();
        assertThat(lease(a, key, tokenA, LeaseMode.UNLESS_FRESH)).isEqualTo(FIRST);
        return key;
    }

    /** A key that one loads and the other waits for. */
    private RemoteKey awaited(boolean withValue) {
        RemoteKey key = leased(withValue);
        assertLoading(refused(lease(b, key, tokenB, LeaseMode.UNLESS_FRESH)));
        return key;
    }

    /** As {@link #awaited}, but the lease is over. */
    private RemoteKey runOut(boolean withValue) {
        Duration time = Duration.ofMillis(500);
        RemoteKey key = withValue ? staleKey() : newKey();
        await(a.lease(key, tokenA, LeaseMode.UNLESS_FRESH, time.toMillis(), 0));
        refused(lease(b, key, tokenB, LeaseMode.UNLESS_FRESH));
        pass(time.plusMillis(5));
        return key;
    }

    private static LeaseReply lease(RemoteCache cache, RemoteKey key, long token, LeaseMode mode) {
        return await(cache.lease(key, token, mode, LONG_MILLIS, 0));
    }
}
