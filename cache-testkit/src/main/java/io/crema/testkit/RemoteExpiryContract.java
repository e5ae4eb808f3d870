package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.TagVersion;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The part of {@link RemoteTierContract} on values that are expired by a call, and stay as a reserve. */
abstract class RemoteExpiryContract extends RemoteVersionContract {

    @Test
    void expire_value_staysStaleWithAnotherToken() {
        RemoteKey key = newKey();
        List<TagVersion> tags = List.of(new TagVersion("t", 5, -7));
        RemoteValue value = value("text", 9).withTags(tags);
        long loadedAt = stored(a.put(key, value, 0, 0)).loadedAt();

        assertThat(expire(key, 0).removed()).containsExactly(true);

        RemoteRecord found = read(key);
        assertThat(text(found)).isEqualTo("text");
        assertThat(found.freshMillis()).isNotPositive();
        assertThat(found.token()).isNotEqualTo(value.token());
        assertThat(found.loadedAt()).isEqualTo(loadedAt);
        assertThat(found.codec()).isEqualTo(CODEC);
        assertThat(found.originVersion()).isEqualTo(9);
        assertThat(found.tags()).isEqualTo(tags);
    }

    @Test
    void expire_cachedNull_staysStale() {
        RemoteKey key = newKey();
        stored(a.put(key, nullValue(), 0, 0));

        expire(key, 0);

        assertThat(read(key).cachedNull()).isTrue();
        assertThat(read(key).freshMillis()).isNotPositive();
    }

    @Test
    void expire_again_hasAnotherTokenAgain() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text"), 0, 0));
        expire(key, 0);
        long token = read(key).token();

        assertThat(expire(key, 0).removed()).as("a live value").containsExactly(false);

        assertThat(textOf(key)).isEqualTo("text");
        assertThat(read(key).token()).isNotEqualTo(token);
    }

    @Test
    void expire_valueBeingRefreshed_takesTheLease() {
        RemoteKey key = newKey();
        long token = newToken();
        stored(a.put(key, value("old"), 0, 0));
        assertGranted(await(a.lease(key, token, LeaseMode.EVEN_IF_FRESH, LONG_MILLIS, 0)));

        expire(key, 0);

        assertRefused(fill(a, key, token, value("late")));
        long next = newToken();
        assertGranted(await(a.lease(key, next, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));
        assertThat(textOf(key)).isEqualTo("old");
        assertStored(fill(a, key, next, value("new")));
        assertThat(read(key).freshMillis()).isPositive();
    }

    @Test
    void expire_value_goesWhenItWouldHaveGoneAnyway() {
        RemoteKey key = newKey();
        stored(a.put(key, value("text", SHORT_MILLIS, SHORT_MILLIS), 0, 0));

        expire(key, 0);
        pass(Duration.ofMillis(2 * SHORT_MILLIS));

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.ABSENT);
    }

    @Test
    void expire_leaseMarker_isAnInvalidation() {
        RemoteKey key = newKey();
        long token = newToken();
        assertGranted(await(a.lease(key, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));

        assertThat(expire(key, 0).removed()).containsExactly(false);

        assertRefused(fill(a, key, token, value("late")));
        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.ABSENT);
    }

    @Test
    void expire_valueBelowFloor_isAnInvalidation() {
        RemoteKey key = newKey();
        stored(a.put(key, value("cleared"), 0, 0));
        await(a.clear(key.partition(), 0));

        assertThat(expire(key, 0).removed()).containsExactly(false);

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.ABSENT);
    }

    @Test
    void expire_manyKeys_tellsWhichHadAFreshValue() {
        RemoteKey stale = staleKey();
        RemoteKey fresh = newKeyIn(stale.partition());
        RemoteKey absent = newKeyIn(stale.partition());
        stored(a.put(fresh, value("fresh"), 0, 0));

        InvalidateReply reply = await(b.expire(stale.partition(), List.of(stale, fresh, absent), 0, 0));

        assertThat(reply.removed()).containsExactly(false, true, false);
        assertThat(textOf(stale)).isEqualTo("stale");
        assertThat(textOf(fresh)).isEqualTo("fresh");
        assertThat(kindOf(absent)).isEqualTo(RemoteRecord.Kind.ABSENT);
    }

    @Test
    void expire_withVersion_raisesTheMinimumOfTheValue() {
        RemoteKey key = newKey();
        stored(a.put(key, value("v3", 3), 0, 0));

        expire(key, 5);

        assertThat(textOf(key)).isEqualTo("v3");
        assertTooOld(a.put(key, value("v4", 4), 0, 0), 5);
        long token = newToken();
        assertGranted(await(a.lease(key, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));
        assertTooOld(fill(a, key, token, value("v4", 4)), 5);
        assertStored(fill(a, key, token, value("v5", 5)));
    }

    @Test
    void expire_olderVersion_keepsTheNewerMinimum() {
        RemoteKey value = newKey();
        stored(a.put(value, value("v5", 5), 0, 0));
        RemoteKey tombstone = tombstone(5);

        expire(value, 3);
        expire(tombstone, 3);

        assertTooOld(a.put(value, value("v4", 4), 0, 0), 5);
        assertTooOld(a.put(tombstone, value("v4", 4), 0, 0), 5);
    }

    @Test
    void expire_absentWithVersion_leavesATombstone() {
        RemoteKey key = newKey();

        expire(key, 5);

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.TOMBSTONE);
        assertTooOld(a.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void putIfAbsent_expired_isStored() {
        RemoteKey key = newKey();
        stored(a.put(key, value("old"), 0, 0));
        expire(key, 0);

        stored(b.putIfAbsent(key, value("new"), 0));

        assertThat(textOf(key)).isEqualTo("new");
    }

    private InvalidateReply expire(RemoteKey key, long least) {
        return await(b.expire(key.partition(), List.of(key), least, 0));
    }
}
