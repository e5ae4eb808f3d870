package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.CacheTerms;
import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.Opening;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteTier;
import io.crema.spi.RemoteValue;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RemoteTier} and every {@link RemoteCache} that it opens keep. A test extends it and says how to
 * {@link #connect}; the other protected methods let an implementation with a clock of its own go without waiting, and
 * run what is else skipped.
 *
 * <p>Each test opens a cache with a new name from two instances, so that one server can serve all tests.
 */
public abstract class RemoteTierContract extends RemoteLeaseContract {

    /** More than any clock will reach by itself in a test. */
    private static final long FAR = 1_000_000_000_000L;

    @Test
    void open_sameTerms_allAgree() {
        assertThat(b.name()).isEqualTo(a.name()).isEqualTo(name);
        assertThat(b.partitions()).isEqualTo(a.partitions()).isPositive();
        for (int i = 0; i < 100; i++) {
            RemoteKey key = newKey();
            assertThat(b.partitionOf(key.bytes())).isEqualTo(key.partition()).isBetween(0, b.partitions() - 1);
        }
    }

    @Test
    void open_otherKeyFormat_isRefusedWithBothNamed() {
        Opening opening = open(tierB, new CacheTerms(name, "contract-2"));

        assertThat(opening).isInstanceOf(Opening.Refused.class);
        assertThat(((Opening.Refused) opening).reason()).contains(name, FORMAT, "contract-2");
    }

    @Test
    void open_otherPartitionsWanted_adoptsThoseThere() {
        RemoteCache adopted = openCache(closed(connectWithOtherPartitions()), name);

        assertThat(adopted.partitions()).isEqualTo(a.partitions());
        RemoteKey key = newKey();
        assertThat(adopted.partitionOf(key.bytes())).isEqualTo(key.partition());
    }

    @Test
    void caches_sameKeyInAnother_areApart() {
        RemoteCache other = openCache(tierA, name + "-other");
        RemoteKey key = newKey();
        stored(a.put(key, value("a"), 0, 0));

        RemoteKey same = new RemoteKey(other.partitionOf(key.bytes()), key.bytes());

        assertThat(await(other.read(same, ReadMode.VALUE)).kind()).isEqualTo(RemoteRecord.Kind.ABSENT);
    }

    @Test
    void read_nothingThere_isAbsent() {
        assertThat(read(newKey())).isEqualTo(RemoteRecord.absent(RemoteRecord.NO_FLOOR));
    }

    @Test
    void read_value_hasAllThatWasStored() {
        RemoteKey key = newKey();
        RemoteValue value = value("text", LONG_MILLIS, 2 * LONG_MILLIS);
        StoreReply.Stored stored = stored(a.put(key, value, 0, 0));
        pass(LONGER_THAN_SHORT);

        RemoteRecord found = read(key);

        assertThat(text(found)).isEqualTo("text");
        assertThat(found.stamp()).isEqualTo(stored.stamp());
        assertThat(found.token()).isEqualTo(value.token());
        assertThat(found.loadedAt()).isEqualTo(stored.loadedAt());
        assertThat(found.cachedNull()).isFalse();
        assertThat(found.codec()).isEqualTo(CODEC);
        assertThat(found.ageMillis()).isBetween(SHORT_MILLIS, LONG_MILLIS);
        assertThat(found.freshMillis()).isBetween(1L, LONG_MILLIS - SHORT_MILLIS);
        assertThat(found.floor()).isEqualTo(RemoteRecord.NO_FLOOR);
    }

    @Test
    void read_header_hasAllButThePayload() {
        RemoteKey key = newKey();
        RemoteValue value = value("text");
        StoreReply.Stored stored = stored(a.put(key, value, 0, 0));

        RemoteRecord found = await(b.read(key, ReadMode.HEADER));

        assertThat(found.kind()).isEqualTo(RemoteRecord.Kind.VALUE);
        assertThat(found.payload().hasRemaining()).isFalse();
        assertThat(found.stamp()).isEqualTo(stored.stamp());
        assertThat(found.token()).isEqualTo(value.token());
        assertThat(found.loadedAt()).isEqualTo(stored.loadedAt());
        assertThat(found.codec()).isEqualTo(CODEC);
        assertThat(found.freshMillis()).isBetween(1L, LONG_MILLIS);
        assertThat(found.floor()).isNotNegative();
    }

    @Test
    void read_withFloor_tellsItForEveryKind() {
        RemoteKey value = newKey();
        RemoteKey absent = newKeyIn(value.partition());
        RemoteKey lease = newKeyIn(value.partition());
        long floor = await(a.clear(value.partition(), 0));
        stored(a.put(value, value("text"), 0, 0));
        await(a.lease(lease, newToken(), LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0));

        for (ReadMode mode : List.of(ReadMode.VALUE_AND_FLOOR, ReadMode.HEADER)) {
            assertThat(await(b.readAll(List.of(value, absent, lease), mode)))
                    .extracting(RemoteRecord::floor)
                    .containsExactly(floor, floor, floor);
        }
        assertThat(text(await(b.read(value, ReadMode.VALUE_AND_FLOOR)))).isEqualTo("text");
        assertThat(await(b.read(absent, ReadMode.HEADER))).isEqualTo(RemoteRecord.absent(floor));
    }

    @Test
    void read_freshnessOver_isStale() {
        RemoteKey key = newKey();
        stored(a.put(key, value("stale", SHORT_MILLIS, LONG_MILLIS), 0, 0));
        pass(LONGER_THAN_SHORT);

        assertThat(read(key).freshMillis()).isNotPositive();
        assertThat(textOf(key)).isEqualTo("stale");
    }

    @Test
    void read_keptNoLonger_isAbsent() {
        RemoteKey key = newKey();
        stored(a.put(key, value("gone", SHORT_MILLIS, SHORT_MILLIS), 0, 0));
        pass(Duration.ofMillis(2 * SHORT_MILLIS));

        assertThat(kindOf(key)).isEqualTo(RemoteRecord.Kind.ABSENT);
    }

    @Test
    void readAll_manyPartitions_answersInTheirOrder() {
        List<RemoteKey> keys = List.of(newKey(), newKey(), newKey(), newKey(), newKey(), newKey());
        for (int i = 0; i < keys.size(); i += 2) {
            stored(a.put(keys.get(i), value("v" + i), 0, 0));
        }

        List<RemoteRecord> found = await(b.readAll(keys, ReadMode.VALUE));

        assertThat(found).hasSize(6);
        for (int i = 0; i < keys.size(); i += 2) {
            assertThat(text(found.get(i))).isEqualTo("v" + i);
            assertThat(found.get(i + 1).kind()).isEqualTo(RemoteRecord.Kind.ABSENT);
        }
    }

    @Test
    void put_bigPayload_comesBackWhole() {
        RemoteKey key = newKey();
        byte[] payload = new byte[Math.min(1 << 20, tierA.limits().maxValueBytes())];
        random.nextBytes(payload);
        stored(a.put(key, RemoteValue.of(1, CODEC, payload, LONG_MILLIS, LONG_MILLIS, 0), 0, 0));

        assertThat(read(key).payload()).isEqualTo(ByteBuffer.wrap(payload));
    }

    @Test
    void put_emptyPayload_isNoNull() {
        RemoteKey key = newKey();
        stored(a.put(key, value(""), 0, 0));

        assertThat(textOf(key)).isEmpty();
        assertThat(read(key).cachedNull()).isFalse();
    }

    @Test
    void put_keyOfAllBytes_isKept() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        RemoteKey key = new RemoteKey(a.partitionOf(bytes), bytes);
        stored(a.put(key, value("v"), 0, 0));

        assertThat(textOf(key)).isEqualTo("v");
    }

    @Test
    void put_onValue_lastWinsAndClockAdvancesByOne() {
        RemoteKey key = newKey();
        long first = stored(a.put(key, value("first"), 0, 0)).stamp();
        long second = stored(b.put(key, nullValue(), 0, 0)).stamp();
        long third = stored(a.put(key, value("third"), 0, 0)).stamp();

        assertThat(List.of(second, third)).containsExactly(first + 1, first + 2);
        assertThat(textOf(key)).isEqualTo("third");
    }

    @Test
    void put_null_isCached() {
        RemoteKey key = newKey();
        stored(a.put(key, nullValue(), 0, 0));

        RemoteRecord found = read(key);

        assertThat(found.kind()).isEqualTo(RemoteRecord.Kind.VALUE);
        assertThat(found.cachedNull()).isTrue();
        assertThat(found.freshMillis()).isPositive();
    }

    @Test
    void putIfAbsent_absent_isStored() {
        RemoteKey key = newKey();
        long before = await(a.invalidate(key.partition(), List.of(key), 0, 0)).stamp();

        StoreReply.Stored stored = assertStored(await(a.putIfAbsent(key, value("a"), 0)));

        assertThat(stored.stamp()).isEqualTo(before + 1);
        assertThat(textOf(key)).isEqualTo("a");
    }

    @Test
    void putIfAbsent_freshValue_isRefusedAndChangesNothing() {
        RemoteKey key = newKey();
        long before = stored(a.put(key, value("a"), 0, 0)).stamp();

        assertRefused(await(b.putIfAbsent(key, value("b"), 0)));

        assertThat(textOf(key)).isEqualTo("a");
        assertThat(await(a.invalidate(key.partition(), List.of(key), 0, 0)).stamp())
                .isEqualTo(before + 1);
    }

    @Test
    void putIfAbsent_cachedNull_isRefused() {
        RemoteKey key = newKey();
        stored(a.put(key, nullValue(), 0, 0));

        assertRefused(await(b.putIfAbsent(key, value("b"), 0)));

        assertThat(read(key).cachedNull()).isTrue();
    }

    @Test
    void putIfAbsent_lease_isStoredAndRevokesIt() {
        RemoteKey key = newKey();
        long token = newToken();
        await(a.lease(key, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0));

        assertStored(await(b.putIfAbsent(key, value("b"), 0)));

        assertRefused(await(a.fill(key, token, Long.MAX_VALUE, value("a"), 0)));
        assertThat(textOf(key)).isEqualTo("b");
    }

    @Test
    void putIfAbsent_staleOrBelowFloor_isStored() {
        RemoteKey stale = newKey();
        RemoteKey cleared = newKey();
        stored(a.put(cleared, value("cleared"), 0, 0));
        await(a.clear(cleared.partition(), 0));
        stored(a.put(stale, value("stale", SHORT_MILLIS, LONG_MILLIS), 0, 0));
        pass(LONGER_THAN_SHORT);

        assertStored(await(b.putIfAbsent(stale, value("new 1"), 0)));
        assertStored(await(b.putIfAbsent(cleared, value("new 2"), 0)));

        assertThat(textOf(stale)).isEqualTo("new 1");
        assertThat(textOf(cleared)).isEqualTo("new 2");
    }

    @Test
    void invalidate_manyKeys_tellsWhichHadAValue() {
        RemoteKey cleared = newKey();
        int partition = cleared.partition();
        RemoteKey value = newKeyIn(partition);
        RemoteKey absent = newKeyIn(partition);
        RemoteKey lease = newKeyIn(partition);
        RemoteKey cachedNull = newKeyIn(partition);
        stored(a.put(cleared, value("cleared"), 0, 0));
        await(a.clear(partition, 0));
        stored(a.put(value, value("v"), 0, 0));
        await(a.lease(lease, newToken(), LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0));
        long before = stored(a.put(cachedNull, nullValue(), 0, 0)).stamp();
        List<RemoteKey> keys = List.of(cleared, value, absent, lease, cachedNull);

        InvalidateReply reply = await(b.invalidate(partition, keys, 0, 0));

        assertThat(reply.stamp()).isEqualTo(before + keys.size());
        assertThat(reply.removed()).containsExactly(false, true, false, false, true);
        assertThat(await(a.readAll(keys, ReadMode.VALUE)))
                .extracting(RemoteRecord::kind)
                .containsOnly(RemoteRecord.Kind.ABSENT);
    }

    @Test
    void invalidate_absentKey_advancesTheClock() {
        RemoteKey key = newKey();
        long first = await(a.invalidate(key.partition(), List.of(key), 0, 0)).stamp();

        assertThat(await(b.invalidate(key.partition(), List.of(key), 0, 0)).stamp())
                .isEqualTo(first + 1);
    }

    @Test
    void clear_partition_raisesItsFloorAboveAllThatWasThere() {
        RemoteKey key = newKey();
        long stamp = stored(a.put(key, value("old"), 0, 0)).stamp();

        long floor = await(b.clear(key.partition(), 0));

        assertThat(floor).isEqualTo(stamp + 1);
        RemoteRecord found = await(a.read(key, ReadMode.VALUE_AND_FLOOR));
        assertThat(found.floor()).isEqualTo(floor);
        assertThat(found.stamp()).isLessThan(floor);
        assertThat(stored(a.put(key, value("new"), 0, 0)).stamp()).isGreaterThan(floor);
    }

    @Test
    void clear_partition_leavesTheOthers() {
        RemoteKey key = newKey();
        long stamp = stored(a.put(key, value("kept"), 0, 0)).stamp();
        for (int partition = 0; partition < a.partitions(); partition++) {
            if (partition != key.partition()) {
                await(a.clear(partition, 0));
            }
        }

        assertThat(await(b.read(key, ReadMode.VALUE_AND_FLOOR)).floor()).isLessThanOrEqualTo(stamp);
    }

    @Test
    void repair_historyOfOneChange_isDoneOnce() {
        RemoteKey key = newKey();
        long seen = stored(a.put(key, value("before"), 0, 0)).stamp();

        await(a.repair(key.partition(), "history-x", Repair.CLEAR, seen));
        RemoteRecord before = await(b.read(key, ReadMode.VALUE_AND_FLOOR));
        long stamp = stored(a.put(key, value("after"), 0, 0)).stamp();
        await(b.repair(key.partition(), "history-x", Repair.CLEAR, seen));

        assertThat(before.stamp()).isLessThan(before.floor());
        assertThat(stamp).isGreaterThan(seen);
        assertThat(await(b.read(key, ReadMode.VALUE_AND_FLOOR)).floor()).isEqualTo(before.floor());
    }

    @Test
    void repair_anotherHistory_clearsAgain() {
        RemoteKey key = newKey();
        await(a.repair(key.partition(), "history-x", Repair.CLEAR, 0));
        long stamp = stored(a.put(key, value("between"), 0, 0)).stamp();

        await(b.repair(key.partition(), "history-y", Repair.CLEAR, 0));

        assertThat(await(b.read(key, ReadMode.HEADER)).floor()).isGreaterThan(stamp);
    }

    @Test
    void repair_clockBelowWhatTheCallerSaw_movesItAboveEvenInOneHistory() {
        RemoteKey key = newKey();
        await(a.repair(key.partition(), "history-x", Repair.CLEAR, 0));
        long seen = stored(a.put(key, value("between"), 0, 0)).stamp() + FAR;

        await(b.repair(key.partition(), "history-x", Repair.CLEAR, seen));

        assertThat(await(b.read(key, ReadMode.HEADER)).floor()).isGreaterThan(seen);
        assertThat(stored(b.put(key, value("after"), 0, 0)).stamp()).isGreaterThan(seen);
    }

    @Test
    void clock_lost_isSetAboveWhatTheCallerSaw() {
        RemoteKey key = newKey();
        int partition = key.partition();
        long seen = stored(a.put(key, value("x"), 0, 0)).stamp() + FAR;

        loseClock(name, partition);
        long put = stored(a.put(key, value("y"), 0, seen)).stamp();
        loseClock(name, partition);
        long invalidated =
                await(a.invalidate(partition, List.of(key), 0, put + FAR)).stamp();
        loseClock(name, partition);
        long cleared = await(a.clear(partition, invalidated + FAR));
        loseClock(name, partition);
        long stored = assertStored(await(a.putIfAbsent(key, value("z"), 0))).stamp();

        assertThat(put).isGreaterThan(seen);
        assertThat(invalidated).isGreaterThan(put + FAR);
        assertThat(cleared).isGreaterThan(invalidated + FAR);
        assertThat(stored).as("above the floor").isGreaterThan(cleared);
    }

    @Test
    void close_twice_failsItsOwnCommandsOnly() {
        RemoteKey key = newKey();

        tierA.close();
        tierA.close();

        assertThatThrownBy(() -> stored(a.put(key, value("a"), 0, 0))).isNotNull();
        stored(b.put(key, value("b"), 0, 0));
        assertThat(textOf(key)).isEqualTo("b");
    }

    @Test
    void toString_tier_namesIt() {
        assertThat(tierA.toString()).isNotBlank();
    }
}
