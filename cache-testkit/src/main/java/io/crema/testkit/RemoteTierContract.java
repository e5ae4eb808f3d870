package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteTier;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.TagVersion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RemoteTier} that stores values, and every {@link RemoteCache} that it opens, keep. A test extends it
 * and says how to {@link #connect}; the other protected methods let an implementation with a clock of its own go without
 * waiting, and run what is else skipped.
 *
 * <p>Each test opens a cache with a new name from two instances, so that one server can serve all tests.
 */
public abstract class RemoteTierContract extends RemoteJournalContract {

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

        assertRefused(await(a.fill(key, token, value("a"), 0)));
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
    void readAndPut_tagsAndOriginVersion_comeBackWithValueAndHeader() {
        RemoteKey key = newKey();
        String longest = "\u00e4".repeat(TagVersion.MAX_TAG_BYTES / 2) + "x";
        List<TagVersion> tags =
                List.of(new TagVersion("t", 5, -7), new TagVersion(longest, Long.MAX_VALUE >> 10, Long.MIN_VALUE));
        stored(a.put(key, value("text").withTags(tags).withOriginVersion(-2), 0, 0));

        for (ReadMode mode : ReadMode.values()) {
            RemoteRecord found = await(b.read(key, mode));
            assertThat(found.tags()).isEqualTo(tags);
            assertThat(found.originVersion()).isEqualTo(-2);
        }
        assertThat(textOf(key)).isEqualTo("text");
    }

    @Test
    void fill_asManyTagsAsMayBe_comeBack() {
        RemoteKey key = newKey();
        List<TagVersion> tags = IntStream.range(0, TagVersion.MAX_TAGS)
                .mapToObj(i -> new TagVersion("tag-" + i, i, random.nextLong()))
                .toList();
        long token = newToken();
        assertGranted(await(a.lease(key, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0)));

        assertStored(fill(a, key, token, nullValue().withTags(tags)));

        assertThat(read(key).tags()).isEqualTo(tags);
        assertThat(read(key).cachedNull()).isTrue();
    }

    @Test
    void close_ofOne_leavesWhatOthersRead() {
        RemoteKey key = newKey();
        RemoteTier third = closed(connect());
        RemoteCache unused = openCache(third, name);

        third.close();

        stored(b.put(key, value("b"), 0, 0));
        assertThat(textOf(key)).isEqualTo("b");
    }
}
