package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.LeaseState;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import io.crema.spi.StoreReply;
import io.crema.spi.TagVersion;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The part of {@link RemoteTierContract} on refreshing values: who may replace a fresh one, and values that are made
 * fresh again as they are.
 */
abstract class RemoteRenewalContract extends RemoteAwaitedContract {

    private final long tokenA = newToken();
    private final long tokenB = newToken();

    @Test
    void leaseUnlessReplaced_theKnownValue_isGranted() {
        RemoteKey key = newKey();
        RemoteValue known = value("old");
        stored(a.put(key, known, 0, 0));

        assertGranted(unlessReplaced(key, tokenA, known.token()));

        assertThat(textOf(key)).isEqualTo("old");
        assertThat(refused(unlessReplaced(key, tokenB, known.token())).lease().isLoading())
                .isTrue();
        assertStored(fill(a, key, tokenA, value("new")));
    }

    @Test
    void leaseUnlessReplaced_anotherFreshValue_isRefusedWithIt() {
        RemoteKey key = newKey();
        RemoteValue known = value("old");
        stored(a.put(key, known, 0, 0));
        stored(b.put(key, value("new"), 0, 0));

        RemoteRecord seen = refused(unlessReplaced(key, tokenA, known.token()));

        assertThat(text(seen)).isEqualTo("new");
        assertThat(seen.lease()).isEqualTo(LeaseState.FREE);
        assertRefused(fill(a, key, tokenA, value("newer")));
    }

    @Test
    void leaseUnlessReplaced_notFresh_isGrantedWhateverTheToken() {
        RemoteKey tombstone = tombstone(5);

        assertGranted(unlessReplaced(staleKey(), tokenA, newToken()));
        assertGranted(unlessReplaced(newKey(), tokenA, newToken()));
        assertGranted(unlessReplaced(tombstone, tokenA, newToken()));
    }

    @Test
    void leaseUnlessFresh_theKnownValue_isRefused() {
        RemoteKey key = newKey();
        RemoteValue known = value("old");
        stored(a.put(key, known, 0, 0));

        assertThat(text(refused(await(a.lease(key, tokenA, LeaseMode.UNLESS_FRESH, known.token(), LONG_MILLIS, 0)))))
                .isEqualTo("old");
    }

    @ParameterizedTest
    @EnumSource
    void read_expired_tellsThatACallDidIt(ReadMode mode) {
        RemoteKey expired = newKey();
        stored(a.put(expired, value("old"), 0, 0));
        assertThat(await(b.read(expired, mode)).isExpired()).isFalse();

        await(a.expire(expired.partition(), List.of(expired), 0, 0));

        assertThat(await(b.read(expired, mode)).isExpired()).isTrue();
        assertThat(await(b.read(staleKey(), mode)).isExpired()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "40000, 40000", "65535, 65535", "70000, 65535", "9000000000, 65535"})
    void read_value_tellsHowLongItsLoadTook(long took, long told) {
        RemoteKey key = newKey();
        stored(a.put(key, RemoteValue.of(newToken(), CODEC, new byte[3], LONG_MILLIS, LONG_MILLIS, took), 0, 0));

        for (ReadMode mode : ReadMode.values()) {
            assertThat(await(b.read(key, mode)).loadMillis()).isEqualTo(told);
        }
        long token = renewable(key);
        stored(renewal(key, token, new Renewal(newToken(), LONG_MILLIS, LONG_MILLIS, took, 0)));
        assertThat(read(key).loadMillis()).isEqualTo(told);
    }

    @Test
    void fillAndRenew_slowLoad_countTheAgeFromItsBeginning() {
        RemoteKey key = newKey();
        assertGranted(await(a.lease(key, tokenA, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));

        assertStored(fill(a, key, tokenA, RemoteValue.ofNull(newToken(), LONG_MILLIS, LONG_MILLIS, 100_000)));

        assertThat(read(key).ageMillis()).isGreaterThanOrEqualTo(100_000);
        long known = renewable(key);
        stored(renewal(key, known, new Renewal(newToken(), LONG_MILLIS, LONG_MILLIS, 200_000, 0)));
        assertThat(read(key).ageMillis()).isGreaterThanOrEqualTo(200_000);
        assertThat(read(key).freshMillis()).isPositive();
    }

    @Test
    void renew_staleValue_isFreshUnderANewTokenAndElseAsItWas() {
        List<TagVersion> tags = List.of(new TagVersion("t", 5, -7), new TagVersion("\u00e4", 6, 8));
        RemoteValue old =
                value("text", SHORT_MILLIS, LONG_MILLIS).withTags(tags).withOriginVersion(9);
        RemoteKey key = newKey();
        stored(a.put(key, old, 0, 0));
        pass(LONGER_THAN_SHORT);
        long clock =
                stored(a.put(newKeyIn(key.partition()), value("other"), 0, 0)).stamp();
        long known = renewable(key);
        assertThat(known).isEqualTo(old.token());
        Renewal renewal = new Renewal(newToken(), LONG_MILLIS, LONG_MILLIS, 7, 0);

        StoreReply.Stored reply = stored(renewal(key, known, renewal));

        RemoteRecord found = read(key);
        assertThat(text(found)).isEqualTo("text");
        assertThat(found.tags()).isEqualTo(tags);
        assertThat(found.codec()).isEqualTo(CODEC);
        assertThat(found.cachedNull()).isFalse();
        assertThat(found.originVersion()).isEqualTo(9);
        assertThat(found.token()).isEqualTo(renewal.token());
        assertThat(found.freshMillis()).isBetween(1L, LONG_MILLIS);
        assertThat(found.loadMillis()).isEqualTo(7);
        assertThat(found.lease()).isEqualTo(LeaseState.FREE);
        assertThat(found.stamp()).isEqualTo(reply.stamp()).isEqualTo(clock);
        assertThat(found.loadedAt()).isEqualTo(reply.loadedAt());
        assertThat(stored(b.put(key, value("next"), 0, 0)).stamp())
                .as("not advanced")
                .isEqualTo(clock + 1);
    }

    @Test
    void renew_expiredValue_isNotExpiredAnyMore() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text"), 0, 0));
        await(a.expire(key.partition(), List.of(key), 0, 0));
        long known = renewable(key);

        stored(renewal(key, known, LONG_MILLIS));

        assertThat(read(key).isExpired()).isFalse();
        assertThat(read(key).freshMillis()).isPositive();
        assertThat(textOf(key)).isEqualTo("text");
    }

    @Test
    void renew_cachedNull_staysOne() {
        RemoteKey key = newKey();
        stored(a.put(key, nullValue(), 0, 0));
        long known = renewable(key);

        stored(renewal(key, known, LONG_MILLIS));

        assertThat(read(key).cachedNull()).isTrue();
        assertThat(read(key).payload().hasRemaining()).isFalse();
    }

    @Test
    void renew_times_areThoseOfTheRenewal() {
        RemoteKey longer = newKey();
        RemoteKey shorter = newKey();
        stored(a.put(longer, value("longer", 500, 500), 0, 0));
        stored(a.put(shorter, value("shorter"), 0, 0));
        stored(renewal(longer, renewable(longer), LONG_MILLIS));
        stored(renewal(shorter, renewable(shorter), 500));
        assertThat(read(shorter).freshMillis()).isLessThanOrEqualTo(500);

        pass(Duration.ofMillis(505));

        assertThat(textOf(longer)).isEqualTo("longer");
        assertThat(read(longer).freshMillis()).isPositive();
        assertThat(kindOf(shorter)).isEqualTo(Kind.ABSENT);
    }

    @Test
    void renew_twice_needsALeaseAndTheNewToken() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text"), 0, 0));
        long first = renewable(key);
        stored(renewal(key, first, LONG_MILLIS));

        assertRefused(await(renewal(key, first, LONG_MILLIS)));
        assertRefused(await(renewal(key, read(key).token(), LONG_MILLIS)));
        long second = renewable(key);
        assertThat(second).isNotEqualTo(first);
        stored(renewal(key, second, LONG_MILLIS));
        assertThat(textOf(key)).isEqualTo("text");
    }

    @Test
    void renew_withoutLease_isRefused() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text"), 0, 0));
        RemoteRecord before = read(key);

        assertRefused(await(renewal(key, before.token(), LONG_MILLIS)));
        assertRefused(await(renewal(newKey(), before.token(), LONG_MILLIS)));

        assertThat(read(key).token()).isEqualTo(before.token());
    }

    @Test
    void renew_foreignLease_isRefusedAndLeavesIt() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text"), 0, 0));
        long known = read(key).token();
        assertGranted(await(b.lease(key, tokenB, LeaseMode.EVEN_IF_FRESH, LONG_MILLIS, 0)));

        assertRefused(await(renewal(key, known, LONG_MILLIS)));

        assertThat(read(key).token()).isEqualTo(known);
        assertStored(fill(b, key, tokenB, value("b")));
    }

    @Test
    void renew_anotherValue_isRefusedAndGivesTheLeaseUp() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text"), 0, 0));
        long token = renewable(key);

        assertRefused(await(renewal(key, token + 1, LONG_MILLIS)));

        assertThat(read(key).token()).isEqualTo(token);
        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
        assertRefused(fill(a, key, tokenA, value("a")));
    }

    @Test
    void renew_belowTheFloor_isRefusedAndGivesTheLeaseUp() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text"), 0, 0));
        long known = renewable(key);
        long floor = await(b.clear(key.partition(), 0));

        assertRefused(await(renewal(key, known, LONG_MILLIS)));

        assertThat(read(key).stamp()).isLessThan(floor);
        assertThat(read(key).lease()).isEqualTo(LeaseState.FREE);
    }

    @Test
    void renew_noValue_isRefusedAndGivesTheLeaseUp() {
        RemoteKey marker = newKey();
        RemoteKey tombstone = tombstone(5);
        renewable(marker);
        renewable(tombstone);

        assertRefused(await(renewal(marker, 0, LONG_MILLIS)));
        assertRefused(await(renewal(tombstone, 0, LONG_MILLIS)));

        assertThat(kindOf(marker)).isEqualTo(Kind.ABSENT);
        assertThat(kindOf(tombstone)).isEqualTo(Kind.TOMBSTONE);
        assertThat(read(tombstone).lease()).isEqualTo(LeaseState.FREE);
    }

    @Test
    void renew_afterAPutOrAnInvalidation_isRefused() {
        RemoteKey put = newKey();
        RemoteKey gone = newKey();
        RemoteKey expired = newKey();
        for (RemoteKey key : List.of(put, gone, expired)) {
            stored(a.put(key, value("text"), 0, 0));
        }
        long knownPut = renewable(put);
        long knownGone = renewable(gone);
        long knownExpired = renewable(expired);
        stored(b.put(put, value("put"), 0, 0));
        await(b.invalidate(gone.partition(), List.of(gone), 0, 0));
        await(b.expire(expired.partition(), List.of(expired), 0, 0));

        assertRefused(await(renewal(put, knownPut, LONG_MILLIS)));
        assertRefused(await(renewal(gone, knownGone, LONG_MILLIS)));
        assertRefused(await(renewal(expired, knownExpired, LONG_MILLIS)));

        assertThat(textOf(put)).isEqualTo("put");
        assertThat(kindOf(gone)).isEqualTo(Kind.ABSENT);
        assertThat(read(expired).isExpired()).isTrue();
    }

    @Test
    void renew_heldBack_isRefused() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text"), 0, 0));
        long known = renewable(key);
        await(a.release(key, tokenA, 1, LONG_MILLIS));

        assertRefused(await(renewal(key, known, LONG_MILLIS)));

        assertThat(read(key).lease().isHeldBack()).isTrue();
    }

    @Test
    void renew_newerVersion_isThatOfTheValue() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text", 5), 0, 0));
        long known = renewable(key);

        stored(renewal(key, known, new Renewal(newToken(), LONG_MILLIS, LONG_MILLIS, 1, -1)));

        assertThat(read(key).originVersion()).isEqualTo(-1);
        assertTooOld(b.put(key, value("v6", 6), 0, 0), -1);
    }

    @Test
    void renew_olderVersion_isTooOldAndKeepsTheLease() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text", 4), 0, 0));
        await(a.expire(key.partition(), List.of(key), 5, 0));
        long known = renewable(key);

        assertTooOld(renewal(key, known, new Renewal(newToken(), LONG_MILLIS, LONG_MILLIS, 1, 4)), 5);

        assertThat(read(key).isExpired()).isTrue();
        assertThat(read(key).lease().isLoading()).isTrue();
        stored(renewal(key, known, new Renewal(newToken(), LONG_MILLIS, LONG_MILLIS, 1, 5)));
        assertThat(read(key).originVersion()).isEqualTo(5);
    }

    @Test
    void renew_withoutVersion_keepsTheLeastOne() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text", 4), 0, 0));
        await(a.expire(key.partition(), List.of(key), 5, 0));
        long known = renewable(key);

        stored(renewal(key, known, LONG_MILLIS));

        assertThat(read(key).originVersion()).isEqualTo(5);
        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void renew_clockLost_stampIsNotBelowWhatTheCallerSaw() {
        RemoteKey key = newKey();
        long seen = stored(a.put(key, value("text"), 0, 0)).stamp() + 1_000_000_000_000L;
        long known = renewable(key);
        loseClock(name, key.partition());

        StoreReply reply =
                await(a.renew(key, tokenA, known, new Renewal(newToken(), LONG_MILLIS, LONG_MILLIS, 1, 0), seen));

        assertThat(assertStored(reply).stamp()).isGreaterThanOrEqualTo(seen);
    }

    /** Takes the lease of a key; returns the token of its value. */
    private long renewable(RemoteKey key) {
        assertGranted(await(a.lease(key, tokenA, LeaseMode.EVEN_IF_FRESH, LONG_MILLIS, 0)));
        return read(key).token();
    }

    private CompletableFuture<StoreReply> renewal(RemoteKey key, long known, long millis) {
        return renewal(key, known, new Renewal(newToken(), millis, millis, 1, 0));
    }

    private CompletableFuture<StoreReply> renewal(RemoteKey key, long known, Renewal renewal) {
        return a.renew(key, tokenA, known, renewal, 0);
    }

    private LeaseReply unlessReplaced(RemoteKey key, long token, long known) {
        return await(a.lease(key, token, LeaseMode.UNLESS_REPLACED, known, LONG_MILLIS, 0));
    }
}
