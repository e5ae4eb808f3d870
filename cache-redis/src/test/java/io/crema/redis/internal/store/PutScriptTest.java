package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.redis.RedisRemote;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.TagVersion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts of put, and put if absent. */
class PutScriptTest extends ScriptTest {

    @Test
    void put_absentKey_storesTheseBytes() {
        RemoteValue value = RemoteValue.of(MINE, (byte) 0x85, bytes("hello"), 5_000, 70_000, 300);

        StoreReply.Stored stored = stored(cache.put(key, value, 0, 0));

        long now = stored.loadedAt() + 300;
        assertThat(now).isBetween(serverMillis() - 10_000, serverMillis());
        ByteBuffer expected = ByteBuffer.allocate(69)
                .put(hex("c1010000"))
                .putLong(stored.stamp())
                .putLong(MINE)
                .put(u48(stored.loadedAt()))
                .put(u48(now + 5_000))
                .put(u48(now + 70_000))
                .put(new byte[8 + 8 + 6])
                .put(hex("012c8500"))
                .put(bytes("hello"));
        assertThat(plain.get(name)).isEqualTo(expected.array());
        assertThat(plain.pttl(name)).isBetween(50_000L, 70_000L);
        assertThat(clock()).isEqualTo(stored.stamp());
    }

    @Test
    void put_null_isFlagged() {
        stored(cache.put(key, RemoteValue.ofNull(MINE, 5_000, 5_000, 0), 0, 0));

        assertThat(plain.get(name)).hasSize(64).startsWith(hex("c1010001"));
        assertThat(read().cachedNull()).isTrue();
        assertThat(read().kind()).isEqualTo(Kind.VALUE);
    }

    @Test
    void put_again_theLastOneWinsWithAHigherStamp() {
        long first = stored(cache.put(key, value("first"), 0, 0)).stamp();
        long second = stored(cache.put(key, value("second"), 0, 0)).stamp();

        assertThat(second).isEqualTo(first + 1);
        assertThat(text(read().payload())).isEqualTo("second");
    }

    @Test
    void put_unknownRecord_isReplaced() {
        plain.set(name, bytes("foreign"));
        stored(cache.put(key, value("ours"), 0, 0));
        assertThat(text(read().payload())).isEqualTo("ours");
    }

    @Test
    void put_leaseOnKey_revokesIt() {
        lease(MINE);
        stored(cache.put(key, value("put"), 0, 0));

        assertThat(get(cache.fill(key, MINE, value("filled"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(text(read().payload())).isEqualTo("put");
    }

    @Test
    void put_veryLongTimes_areCut() {
        RemoteValue value = RemoteValue.of(MINE, (byte) 1, bytes("x"), Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
        stored(cache.put(key, value, 0, 0));
        assertThat(read().freshMillis()).isGreaterThan(31_000_000_000_000L);
        assertThat(plain.get(name)[60]).isEqualTo((byte) 0xff);
    }

    @Test
    void open_newCache_startsTheClockAndLeavesItThen() {
        long started = clock();
        assertThat(started).isPositive();
        open(opened(RedisRemote.connect(redis.uri())));
        assertThat(clock()).isEqualTo(started);
    }

    @Test
    void put_noClock_startsAtTheServersTime() {
        plain.del(layout.clock(key.partition()));
        long before = serverMicros();
        long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();
        assertThat(stamp).isBetween(before + 1, serverMicros() + 1);
    }

    @Test
    void put_noClock_startsAboveFloorAndAtLeast() {
        plain.del(layout.clock(key.partition()));
        long ahead = serverMicros() + 3_600_000_000L;
        plain.set(layout.floor(key.partition()), bytes(Long.toString(ahead)));
        assertThat(stored(cache.put(key, value("x"), 0, 0)).stamp()).isEqualTo(ahead + 1);

        plain.del(layout.clock(key.partition()));
        assertThat(stored(cache.put(key, value("x"), 0, ahead + 50)).stamp()).isEqualTo(ahead + 51);
    }

    @Test
    void put_clockThere_atLeastDoesNotMoveIt() {
        plain.set(layout.clock(key.partition()), bytes("41"));
        assertThat(stored(cache.put(key, value("x"), 0, 1000)).stamp()).isEqualTo(42);
    }

    @Test
    void putIfAbsent_absentKey_stores() {
        StoreReply reply = get(cache.putIfAbsent(key, value("x"), 0));
        assertThat(reply).isInstanceOf(StoreReply.Stored.class);
        assertThat(((StoreReply.Stored) reply).stamp()).isEqualTo(clock());
        assertThat(text(read().payload())).isEqualTo("x");
    }

    @Test
    void putIfAbsent_freshValueOrNull_isRefusedWithoutATick() {
        long stamp = stored(cache.put(key, value("first"), 0, 0)).stamp();
        assertThat(get(cache.putIfAbsent(key, value("second"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(text(read().payload())).isEqualTo("first");
        assertThat(clock()).isEqualTo(stamp);

        stored(cache.put(key, RemoteValue.ofNull(1, 5_000, 5_000, 0), 0, 0));
        assertThat(get(cache.putIfAbsent(key, value("second"), 0))).isEqualTo(new StoreReply.Refused());
    }

    @Test
    void putIfAbsent_leaseMarker_stores() {
        lease(MINE);
        assertThat(get(cache.putIfAbsent(key, value("x"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void putIfAbsent_staleValue_stores() {
        putStale("old");
        assertThat(get(cache.putIfAbsent(key, value("new"), 0))).isInstanceOf(StoreReply.Stored.class);
        assertThat(text(read().payload())).isEqualTo("new");
    }

    @Test
    void putIfAbsent_valueBelowFloor_stores() {
        stored(cache.put(key, value("old"), 0, 0));
        get(cache.clear(key.partition(), 0));
        assertThat(get(cache.putIfAbsent(key, value("new"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void putIfAbsent_unknownRecord_isUndecidedAndLeavesIt() {
        plain.set(name, bytes("foreign"));
        assertThat(get(cache.putIfAbsent(key, value("x"), 0)))
                .isInstanceOfSatisfying(
                        StoreReply.Undecided.class,
                        undecided -> assertThat(undecided.reason()).contains("another version"));
        assertThat(plain.get(name)).asString().isEqualTo("foreign");
    }

    @Test
    void put_olderVersion_changesNothing() {
        stored(cache.put(key, versioned("newer", 10), 0, 0));
        byte[] before = plain.get(name);
        long clock = clock();

        assertThat(get(cache.put(key, versioned("older", 9), 0, 0))).isEqualTo(new StoreReply.TooOld(10));
        assertThat(plain.get(name)).isEqualTo(before);
        assertThat(clock()).isEqualTo(clock);

        stored(cache.put(key, versioned("same", 10), 0, 0));
        stored(cache.put(key, versioned("next", 11), 0, 0));
        stored(cache.put(key, value("none"), 0, 0));
        assertThat(text(read().payload())).isEqualTo("none");
    }

    @ParameterizedTest
    @CsvSource({
        "20000000000000, 20000000000001",
        "00000000ffffffff, 0000000100000000",
        "7fffffffffffffff, 8000000000000000",
        "8000000000000000, 8000000000000001",
        "fffffffffffffffe, ffffffffffffffff",
        "1, 8000000000000000"
    })
    void put_versionsOf64Bits_areComparedUnsignedAndWhole(String lower, String higher) {
        long low = Long.parseUnsignedLong(lower, 16);
        long high = Long.parseUnsignedLong(higher, 16);
        stored(cache.put(key, versioned("low", low), 0, 0));
        stored(cache.put(key, versioned("high", high), 0, 0));
        assertThat(get(cache.put(key, versioned("low", low), 0, 0))).isEqualTo(new StoreReply.TooOld(high));
        get(cache.invalidate(key.partition(), List.of(key), high, 0));
        assertThat(get(cache.put(key, versioned("low", low), 0, 0))).isEqualTo(new StoreReply.TooOld(high));
        stored(cache.put(key, versioned("high", high), 0, 0));
    }

    @Test
    void put_belowTheMinimumOfATombstone_isTooOldAlsoAfterAClear() {
        get(cache.invalidate(key.partition(), List.of(key), 10, 0));
        get(cache.clear(key.partition(), 0));
        assertThat(get(cache.put(key, versioned("older", 9), 0, 0))).isEqualTo(new StoreReply.TooOld(10));
        assertThat(get(cache.putIfAbsent(key, versioned("older", 9), 0))).isEqualTo(new StoreReply.TooOld(10));
        assertThat(get(cache.putIfAbsent(key, versioned("same", 10), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void putIfAbsent_tombstoneOrExpired_stores() {
        get(cache.invalidate(key.partition(), List.of(key), 10, 0));
        assertThat(get(cache.putIfAbsent(key, versioned("x", 10), 0))).isInstanceOf(StoreReply.Stored.class);
        get(cache.expire(key.partition(), List.of(key), 0, 0));
        assertThat(get(cache.putIfAbsent(key, versioned("y", 10), 0))).isInstanceOf(StoreReply.Stored.class);
        assertThat(text(read().payload())).isEqualTo("y");
    }

    @Test
    void putIfAbsent_quarantine_isUndecidedAndLeavesIt() {
        get(cache.quarantine(key, 5, 60_000, 0));
        byte[] before = plain.get(name);
        long clock = clock();
        assertThat(get(cache.putIfAbsent(key, value("x"), 0)))
                .isInstanceOfSatisfying(
                        StoreReply.Undecided.class,
                        undecided -> assertThat(undecided.reason()).contains("quarantine"));
        assertThat(plain.get(name)).isEqualTo(before);
        assertThat(clock()).isEqualTo(clock);
    }

    @Test
    void put_tooManyOrTooLongTags_areRefused() {
        List<TagVersion> many = new ArrayList<>();
        for (int i = 0; i <= TagVersion.MAX_TAGS; i++) {
            many.add(new TagVersion("t" + i, 1, 1));
        }
        assertThatThrownBy(() -> cache.put(key, value("x").withTags(many), 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65");
        List<TagVersion> longOne = List.of(new TagVersion("x".repeat(256), 1, 1));
        assertThatThrownBy(() -> cache.put(key, value("x").withTags(longOne), 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("256");
    }
}
