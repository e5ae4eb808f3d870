package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.LeaseMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The part of {@link RemoteTierContract} on keys that are kept empty while their origin changes. */
abstract class RemoteQuarantineContract extends RemoteRenewalContract {

    /** More than any clock will reach by itself in a test. */
    private static final long FAR = 1_000_000_000_000L;

    private final long holderA = newToken();
    private final long holderB = newToken();

    @Test
    void quarantine_value_isGoneAndNobodyMayLoad() {
        RemoteKey key = newKey();
        long before = stored(a.put(key, value("old"), 0, 0)).stamp();

        long clock = begin(a, key, holderA);

        assertThat(clock).isEqualTo(before + 1);
        assertThat(read(key)).isEqualTo(RemoteRecord.quarantine(clock, RemoteRecord.NO_FLOOR));
        for (LeaseMode mode : LeaseMode.values()) {
            assertThat(refused(await(b.lease(key, newToken(), mode, LONG_MILLIS, 0)))
                            .kind())
                    .isEqualTo(Kind.QUARANTINE);
        }
    }

    @Test
    void quarantine_keyBeingLoaded_refusesTheFill() {
        RemoteKey key = newKey();
        long token = newToken();
        assertGranted(await(b.lease(key, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));

        begin(a, key, holderA);

        assertRefused(fill(b, key, token, value("late")));
        await(b.release(key, token));
        assertThat(kindOf(key)).isEqualTo(Kind.QUARANTINE);
    }

    @Test
    void beginAndEnd_clockLost_setItAboveWhatTheCallerSaw() {
        RemoteKey key = newKey();
        long seen = await(a.clear(key.partition(), 0)) + FAR;
        loseClock(name, key.partition());
        long begun = await(a.quarantine(key, holderA, LONG_MILLIS, seen));
        loseClock(name, key.partition());
        long ended = await(a.endQuarantine(key, holderA, begun + FAR));

        assertThat(begun).isGreaterThan(seen);
        assertThat(ended).isGreaterThan(begun + FAR);
    }

    @Test
    void endQuarantine_ofTheOnlyHolder_letsOthersLoad() {
        RemoteKey key = newKey();
        long clock = begin(a, key, holderA);

        assertThat(await(a.endQuarantine(key, holderA, 0))).isEqualTo(clock + 1);

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
        assertGranted(await(b.lease(key, newToken(), LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));
    }

    @Test
    void endQuarantine_oneOfTwo_staysUntilTheLast() {
        RemoteKey key = newKey();
        begin(a, key, holderA);
        begin(b, key, holderB);

        await(a.endQuarantine(key, holderA, 0));
        assertThat(kindOf(key)).isEqualTo(Kind.QUARANTINE);

        await(b.endQuarantine(key, holderB, 0));
        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
    }

    @Test
    void endQuarantine_withoutOne_isAnInvalidation() {
        RemoteKey key = newKey();
        long before = stored(a.put(key, value("old"), 0, 0)).stamp();

        assertThat(await(a.endQuarantine(key, holderA, 0))).isEqualTo(before + 1);

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
    }

    @Test
    void quarantine_timeOver_letsOthersLoad() {
        RemoteKey key = newKey();
        await(a.quarantine(key, holderA, SHORT_MILLIS, 0));
        pass(LONGER_THAN_SHORT);

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
        assertGranted(await(b.lease(key, newToken(), LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));
    }

    @Test
    void quarantine_second_lengthensTheTimeAndNeverShortensIt() {
        RemoteKey lengthened = newKey();
        RemoteKey notShortened = newKey();
        await(a.quarantine(lengthened, holderA, SHORT_MILLIS, 0));
        await(b.quarantine(lengthened, holderB, LONG_MILLIS, 0));
        await(a.quarantine(notShortened, holderA, LONG_MILLIS, 0));
        await(b.quarantine(notShortened, holderB, SHORT_MILLIS, 0));
        pass(LONGER_THAN_SHORT);

        assertThat(kindOf(lengthened)).isEqualTo(Kind.QUARANTINE);
        assertThat(kindOf(notShortened)).isEqualTo(Kind.QUARANTINE);
    }

    @Test
    void put_ofTheOnlyHolder_isStoredAndEndsIt() {
        RemoteKey key = newKey();
        long clock = begin(a, key, holderA);

        assertThat(stored(a.put(key, value("new"), holderA, 0)).stamp()).isEqualTo(clock + 1);

        assertThat(textOf(key)).isEqualTo("new");
    }

    /** What anybody does to a key in quarantine: it stays, and its holder's value may be old. */
    enum Touch {
        INVALIDATE,
        EXPIRE,
        PUT,
        PUT_OF_ANOTHER_HOLDER,
        CLEAR,
        SECOND_QUARANTINE,
        END_OF_ANOTHER,
        SECOND_QUARANTINE_AND_ITS_END
    }

    @ParameterizedTest
    @EnumSource
    void put_ofTheHolderAfterAnother_isRefusedAndEndsItsPart(Touch touch) {
        RemoteKey key = newKey();
        begin(a, key, holderA);
        touch(touch, key);
        assertThat(kindOf(key)).as("after " + touch).isEqualTo(Kind.QUARANTINE);
        assertThat(refused(await(b.lease(key, newToken(), LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)))
                        .kind())
                .isEqualTo(Kind.QUARANTINE);

        assertRefused(await(a.put(key, value("old"), holderA, 0)));

        Kind left = touch == Touch.SECOND_QUARANTINE ? Kind.QUARANTINE : Kind.ABSENT;
        assertThat(kindOf(key)).isEqualTo(left);
        if (left == Kind.QUARANTINE) {
            assertRefused(await(b.put(key, value("also old"), holderB, 0)));
            assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
        }
    }

    private void touch(Touch touch, RemoteKey key) {
        switch (touch) {
            case INVALIDATE ->
                assertThat(await(b.invalidate(key.partition(), List.of(key), 0, 0))
                                .removed())
                        .containsExactly(false);
            case EXPIRE ->
                assertThat(await(b.expire(key.partition(), List.of(key), 0, 0)).removed())
                        .containsExactly(false);
            case PUT -> assertRefused(await(b.put(key, value("b"), 0, 0)));
            case PUT_OF_ANOTHER_HOLDER -> assertRefused(await(b.put(key, value("b"), holderB, 0)));
            case CLEAR -> await(b.clear(key.partition(), 0));
            case SECOND_QUARANTINE -> begin(b, key, holderB);
            case END_OF_ANOTHER -> await(b.endQuarantine(key, holderB, 0));
            case SECOND_QUARANTINE_AND_ITS_END -> {
                begin(b, key, holderB);
                await(b.endQuarantine(key, holderB, 0));
            }
        }
    }

    @Test
    void put_ofAHolderWhoseQuarantineIsOver_isAnInvalidation() {
        RemoteKey key = newKey();
        await(a.quarantine(key, holderA, SHORT_MILLIS, 0));
        pass(LONGER_THAN_SHORT);
        long before = stored(b.put(key, value("b"), 0, 0)).stamp();

        assertRefused(await(a.put(key, value("a"), holderA, 0)));

        assertThat(kindOf(key)).isEqualTo(Kind.ABSENT);
        assertThat(await(a.clear(key.partition(), 0))).isEqualTo(before + 2);
    }

    @Test
    void put_refusedByAQuarantine_advancesTheClock() {
        RemoteKey key = newKey();
        long clock = begin(a, key, holderA);

        assertRefused(await(b.put(key, value("b"), 0, 0)));

        assertThat(await(b.clear(key.partition(), 0))).isEqualTo(clock + 2);
    }

    @Test
    void putIfAbsent_inQuarantine_isUndecidedAndChangesNothing() {
        RemoteKey key = newKey();
        long clock = begin(a, key, holderA);

        assertThat(await(b.putIfAbsent(key, value("b"), 0))).isInstanceOf(StoreReply.Undecided.class);

        assertThat(kindOf(key)).isEqualTo(Kind.QUARANTINE);
        assertThat(stored(a.put(key, value("a"), holderA, 0)).stamp()).isEqualTo(clock + 1);
    }

    @Test
    void quarantine_tombstone_keepsTheMinimum() {
        RemoteKey key = tombstone(5);
        begin(a, key, holderA);

        await(a.endQuarantine(key, holderA, 0));

        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void invalidate_withVersionInQuarantine_isRememberedAfterIt() {
        RemoteKey key = newKey();
        begin(a, key, holderA);
        await(b.invalidate(key.partition(), List.of(key), 5, 0));

        await(a.endQuarantine(key, holderA, 0));

        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
        stored(b.put(key, value("v5", 5), 0, 0));
    }

    @Test
    void put_withVersionRefusedByAQuarantine_isRememberedAfterIt() {
        RemoteKey key = newKey();
        begin(a, key, holderA);
        assertRefused(await(b.put(key, value("v5", 5), 0, 0)));

        await(a.endQuarantine(key, holderA, 0));

        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
        stored(b.put(key, value("v5", 5), 0, 0));
    }

    @Test
    void put_withVersionOfAHolderAmongOthers_isRememberedAfterThem() {
        RemoteKey key = newKey();
        begin(a, key, holderA);
        begin(b, key, holderB);
        assertRefused(await(a.put(key, value("v5", 5), holderA, 0)));

        await(b.endQuarantine(key, holderB, 0));

        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void put_ofTheOnlyHolderButTooOld_isNotStoredAndEndsIt() {
        RemoteKey key = tombstone(5);
        begin(a, key, holderA);

        assertTooOld(a.put(key, value("v4", 4), holderA, 0), 5);

        assertThat(kindOf(key)).isEqualTo(Kind.TOMBSTONE);
        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void put_tooOldInQuarantine_isRefusedAsAnyOther() {
        RemoteKey key = tombstone(5);
        begin(a, key, holderA);

        assertRefused(await(b.put(key, value("v4", 4), 0, 0)));

        assertRefused(await(a.put(key, value("v5", 5), holderA, 0)));
    }

    @Test
    void put_ofTheOnlyHolder_isComparedWithTheMinimum() {
        RemoteKey key = tombstone(5);
        begin(a, key, holderA);
        RemoteValue value = value("v5", 5);

        stored(a.put(key, value, holderA, 0));

        assertThat(textOf(key)).isEqualTo("v5");
        assertThat(read(key).originVersion()).isEqualTo(5);
    }

    private static long begin(RemoteCache cache, RemoteKey key, long holder) {
        return await(cache.quarantine(key, holder, LONG_MILLIS, 0));
    }
}
