package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.LeaseState;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The part of {@link RemoteTierContract} on origin versions, and on the tombstones that remember the least one. */
abstract class RemoteVersionContract extends RemoteRepairContract {

    private final long tokenA = newToken();
    private final long tokenB = newToken();

    @Test
    void put_olderThanTheValue_isTooOldAndChangesNothing() {
        RemoteKey key = newKey();
        long before = stored(a.put(key, value("v5", 5), 0, 0)).stamp();

        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);

        assertThat(textOf(key)).isEqualTo("v5");
        assertThat(read(key).originVersion()).isEqualTo(5);
        assertThat(stored(b.put(key, value("v6", 6), 0, 0)).stamp()).isEqualTo(before + 1);
        assertThat(textOf(key)).isEqualTo("v6");
    }

    @Test
    void put_sameVersion_isStored() {
        RemoteKey key = newKey();
        stored(a.put(key, value("first", 5), 0, 0));

        stored(b.put(key, value("second", 5), 0, 0));

        assertThat(textOf(key)).isEqualTo("second");
    }

    /** Where a signed comparison, one of doubles, or one of halves would err. */
    @ParameterizedTest
    @CsvSource({
        "1, 2",
        "9223372036854775807, -9223372036854775808",
        "1, -1",
        "-2, -1",
        "1152921504606846976, 1152921504606846977",
        "4294967295, 4294967296",
        "8589934591, 12884901888",
        "2147483648, 4294967295"
    })
    void put_versions_areComparedAsUnsignedNumbers(long older, long newer) {
        RemoteKey key = newKey();
        RemoteKey other = newKey();
        stored(a.put(key, value("newer", newer), 0, 0));
        stored(a.put(other, value("older", older), 0, 0));

        assertTooOld(a.put(key, value("older", older), 0, 0), newer);
        stored(a.put(other, value("newer", newer), 0, 0));
    }

    @Test
    void put_withoutVersion_isNeverTooOld() {
        RemoteKey key = newKey();
        stored(a.put(key, value("v5", 5), 0, 0));

        stored(b.put(key, value("none"), 0, 0));

        assertThat(textOf(key)).isEqualTo("none");
        assertThat(read(key).originVersion()).isZero();
    }

    @Test
    void invalidate_withVersion_leavesATombstoneThatTakesThatOrNewer() {
        RemoteKey value = newKey();
        RemoteKey absent = newKeyIn(value.partition());
        stored(a.put(value, value("v4", 4), 0, 0));

        long stamp = await(a.invalidate(value.partition(), List.of(value, absent), 5, 0))
                .stamp();

        for (RemoteKey key : List.of(value, absent)) {
            assertThat(read(key)).isEqualTo(RemoteRecord.tombstone(stamp, LeaseState.FREE, RemoteRecord.NO_FLOOR));
            assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
            assertTooOld(b.putIfAbsent(key, value("v4", 4), 0), 5);
            assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.TOMBSTONE);
        }
        stored(b.put(value, value("v5", 5), 0, 0));
        stored(b.putIfAbsent(absent, value("v6", 6), 0));
        assertThat(textOf(value)).isEqualTo("v5");
        assertThat(textOf(absent)).isEqualTo("v6");
    }

    @Test
    void invalidate_olderVersion_keepsTheNewerMinimum() {
        RemoteKey key = tombstone(5);

        await(b.invalidate(key.partition(), List.of(key), 3, 0));

        assertTooOld(a.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void invalidate_newerVersion_raisesTheMinimum() {
        RemoteKey key = tombstone(5);

        await(b.invalidate(key.partition(), List.of(key), -1, 0));

        assertTooOld(a.put(key, value("v6", 6), 0, 0), -1);
    }

    @Test
    void invalidate_withoutVersion_keepsTheMinimumOfATombstone() {
        RemoteKey key = tombstone(5);
        assertGranted(lease(key, tokenA));

        assertThat(await(b.invalidate(key.partition(), List.of(key), 0, 0)).removed())
                .containsExactly(false);

        assertRefused(fill(a, key, tokenA, value("v5", 5)));
        assertTooOld(a.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void invalidate_versionedValueWithoutVersion_leavesATombstoneOfItsVersion() {
        RemoteKey key = newKey();
        stored(a.put(key, value("v5", 5), 0, 0));

        InvalidateReply reply = await(b.invalidate(key.partition(), List.of(key), 0, 0));

        assertThat(reply.removed()).containsExactly(true);
        assertThat(read(key)).isEqualTo(RemoteRecord.tombstone(reply.stamp(), LeaseState.FREE, RemoteRecord.NO_FLOOR));
        assertTooOld(a.put(key, value("v4", 4), 0, 0), 5);
        assertGranted(lease(key, tokenA));
        assertTooOld(fill(a, key, tokenA, value("v4", 4)), 5);
        assertStored(fill(a, key, tokenA, value("v5", 5)));
    }

    @Test
    void invalidate_versionedValueWithOlderVersion_leavesATombstoneOfItsVersion() {
        RemoteKey key = newKey();
        stored(a.put(key, value("v5", 5), 0, 0));

        await(b.invalidate(key.partition(), List.of(key), 3, 0));

        assertTooOld(a.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void invalidate_versionedValueBelowFloor_leavesATombstoneOfItsVersion() {
        RemoteKey key = newKey();
        stored(a.put(key, value("v5", 5), 0, 0));
        await(a.clear(key.partition(), 0));

        assertThat(await(b.invalidate(key.partition(), List.of(key), 0, 0)).removed())
                .containsExactly(false);

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.TOMBSTONE);
        assertTooOld(a.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void expire_versionedValueWithoutVersion_keepsItWithItsVersion() {
        RemoteKey key = newKey();
        stored(a.put(key, value("v5", 5), 0, 0));

        await(b.expire(key.partition(), List.of(key), 0, 0));

        assertThat(textOf(key)).isEqualTo("v5");
        assertThat(read(key).originVersion()).isEqualTo(5);
        assertTooOld(a.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void quarantine_versionedValue_keepsItsVersionAsTheMinimum() {
        RemoteKey key = newKey();
        stored(a.put(key, value("v5", 5), 0, 0));

        await(a.quarantine(key, 1, LONG_MILLIS, 0));
        await(a.endQuarantine(key, 1, 0));

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.TOMBSTONE);
        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
        stored(b.put(key, value("v5", 5), 0, 0));
    }

    @Test
    void lease_tombstone_isGrantedToOneAndKeepsTheMinimum() {
        RemoteKey key = tombstone(5);

        assertGranted(lease(key, tokenA));

        assertThat(refused(lease(key, tokenB)).kind()).isEqualTo(RemoteRecord.Kind.TOMBSTONE);
        assertTooOld(await(a.fill(key, tokenA, value("v4", 4), 0)), 5);
        assertThat(refused(lease(key, tokenB)).kind())
                .as("a fill that is too old keeps its lease")
                .isEqualTo(RemoteRecord.Kind.TOMBSTONE);
        assertStored(fill(a, key, tokenA, value("v5", 5)));
        assertThat(textOf(key)).isEqualTo("v5");
    }

    @Test
    void lease_tombstoneWhoseLeaseIsOver_isTaken() {
        RemoteKey key = tombstone(5);
        assertGranted(await(a.lease(key, tokenA, LeaseMode.UNLESS_FRESH, SHORT_MILLIS, 0)));
        pass(LONGER_THAN_SHORT);

        assertGranted(lease(key, tokenB));

        assertRefused(fill(a, key, tokenA, value("a", 5)));
        assertStored(fill(b, key, tokenB, value("b", 5)));
    }

    @Test
    void release_leaseOnATombstone_keepsTheMinimum() {
        RemoteKey key = tombstone(5);
        assertGranted(lease(key, tokenA));

        await(a.release(key, tokenA));

        assertRefused(fill(a, key, tokenA, value("v5", 5)));
        assertGranted(lease(key, tokenB));
        assertTooOld(fill(b, key, tokenB, value("v4", 4)), 5);
    }

    @Test
    void fill_withoutVersion_isNeverTooOld() {
        RemoteKey key = tombstone(5);
        assertGranted(lease(key, tokenA));

        assertStored(fill(a, key, tokenA, nullValue()));

        assertThat(read(key).cachedNull()).isTrue();
    }

    @Test
    void fill_refreshOlderThanTheValue_isTooOldAndKeepsTheLease() {
        RemoteKey key = newKey();
        stored(a.put(key, value("v5", 5), 0, 0));
        assertGranted(await(a.lease(key, tokenA, LeaseMode.EVEN_IF_FRESH, LONG_MILLIS, 0)));

        assertTooOld(fill(a, key, tokenA, value("v4", 4)), 5);

        assertThat(textOf(key)).isEqualTo("v5");
        assertStored(fill(a, key, tokenA, value("v6", 6)));
        assertThat(textOf(key)).isEqualTo("v6");
    }

    @Test
    void lease_versionedValueBelowFloor_keepsItsVersionAsTheMinimum() {
        RemoteKey key = clearedValue(5);

        assertGranted(lease(key, tokenA));

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.TOMBSTONE);
        assertThat(refused(lease(key, tokenB)).kind()).isEqualTo(RemoteRecord.Kind.TOMBSTONE);
        assertTooOld(fill(a, key, tokenA, value("v4", 4)), 5);
        assertStored(fill(a, key, tokenA, value("v5", 5)));
    }

    @Test
    void release_leaseOnAVersionedValueBelowFloor_keepsTheMinimum() {
        RemoteKey key = clearedValue(5);
        assertGranted(lease(key, tokenA));

        await(a.release(key, tokenA));

        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void lease_onAVersionedValueBelowFloorThenOver_keepsTheMinimum() {
        RemoteKey key = clearedValue(5);
        assertGranted(await(a.lease(key, tokenA, LeaseMode.UNLESS_FRESH, SHORT_MILLIS, 0)));
        pass(LONGER_THAN_SHORT);

        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
        assertGranted(lease(key, tokenB));
        assertRefused(fill(a, key, tokenA, value("a", 5)));
        assertTooOld(fill(b, key, tokenB, value("v4", 4)), 5);
    }

    @Test
    void fill_leaseOnAVersionedValueAfterAnotherClear_isRefusedAndKeepsTheMinimum() {
        RemoteKey key = clearedValue(5);
        assertGranted(lease(key, tokenA));
        await(b.clear(key.partition(), 0));

        assertRefused(fill(a, key, tokenA, value("v5", 5)));

        assertTooOld(b.put(key, value("v4", 4), 0, 0), 5);
    }

    @Test
    void lease_tombstoneBelowFloor_isTakenAndKeepsTheMinimum() {
        RemoteKey key = tombstone(5);
        assertGranted(lease(key, tokenA));
        await(a.clear(key.partition(), 0));

        assertGranted(lease(key, tokenB));

        assertRefused(fill(a, key, tokenA, value("a", 5)));
        assertTooOld(fill(b, key, tokenB, value("v4", 4)), 5);
        assertStored(fill(b, key, tokenB, value("b", 5)));
        assertThat(textOf(key)).isEqualTo("b");
    }

    @Test
    void putIfAbsent_olderThanAFreshValue_isRefused() {
        RemoteKey key = newKey();
        stored(a.put(key, value("v5", 5), 0, 0));

        assertRefused(await(b.putIfAbsent(key, value("v4", 4), 0)));
    }

    /** A key whose value must have at least this version. */
    RemoteKey tombstone(long least) {
        RemoteKey key = newKey();
        await(a.invalidate(key.partition(), List.of(key), least, 0));
        return key;
    }

    /** A key whose value has this version, and was cleared. */
    private RemoteKey clearedValue(long version) {
        RemoteKey key = newKey();
        stored(a.put(key, value("cleared", version), 0, 0));
        await(a.clear(key.partition(), 0));
        return key;
    }

    RemoteValue value(String text, long version) {
        return value(text).withOriginVersion(version);
    }

    static void assertTooOld(CompletableFuture<StoreReply> reply, long least) {
        assertTooOld(await(reply), least);
    }

    static void assertTooOld(StoreReply reply, long least) {
        assertThat(reply).isEqualTo(new StoreReply.TooOld(least));
    }

    private LeaseReply lease(RemoteKey key, long token) {
        RemoteCache cache = token == tokenA ? a : b;
        return await(cache.lease(key, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0));
    }
}
