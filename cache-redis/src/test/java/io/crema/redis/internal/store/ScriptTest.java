package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.redis.RedisRemote;
import io.crema.redis.ServerTest;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each script, by what it answers and by the bytes that it leaves. */
class ScriptTest extends ServerTest {

    private static final long LEASE_MILLIS = 10_000;
    private static final long MINE = 0x8877665544332211L;
    private static final long OTHERS = 0x1122334455667788L;

    private RedisCommands<byte[], byte[]> plain;
    private RedisCache cache;
    private KeyLayout layout;
    private RemoteKey key;
    private byte[] name;

    @BeforeEach
    void openCache() {
        RedisRemote remote = remote();
        cache = (RedisCache) open(remote);
        layout = cache.layout();
        key = key(cache, "sA");
        name = layout.entry(key);
        plain = plain();
    }

    // put

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

        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("filled"), 0)))
                .isEqualTo(new StoreReply.Refused());
        assertThat(text(read().payload())).isEqualTo("put");
    }

    @Test
    void put_veryLongTimes_areCut() {
        RemoteValue value = RemoteValue.of(MINE, (byte) 1, bytes("x"), Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
        stored(cache.put(key, value, 0, 0));
        assertThat(read().freshMillis()).isGreaterThan(31_000_000_000_000L);
        assertThat(plain.get(name)[60]).isEqualTo((byte) 0xff);
    }

    // the clock

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
    void leaseAndFill_noClock_setItButDoNotAdvanceIt() {
        plain.del(layout.clock(key.partition()));
        long ahead = serverMicros() + 3_600_000_000L;
        assertThat(get(cache.lease(key, MINE, LeaseMode.UNLESS_FRESH, LEASE_MILLIS, ahead)))
                .isInstanceOf(LeaseReply.Granted.class);
        assertThat(clock()).isEqualTo(ahead);

        plain.del(layout.clock(key.partition()));
        StoreReply filled = get(cache.fill(key, MINE, Long.MAX_VALUE, value("x"), ahead + 7));
        assertThat(((StoreReply.Stored) filled).stamp()).isEqualTo(ahead + 7);
        assertThat(clock()).isEqualTo(ahead + 7);
    }

    // putIfAbsent

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
    void putIfAbsent_unknownRecord_failsAndLeavesIt() {
        plain.set(name, bytes("foreign"));
        assertThatThrownBy(() -> get(cache.putIfAbsent(key, value("x"), 0)))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("products")
                .hasMessageContaining("another version");
        assertThat(plain.get(name)).asString().isEqualTo("foreign");
    }

    // lease

    @Test
    void lease_absentKey_leavesThisMarker() {
        long stamp =
                stored(cache.put(key(cache, samePartition()), value("x"), 0, 0)).stamp();

        assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class);

        byte[] marker = plain.get(name);
        long until = ByteBuffer.wrap(marker).getLong(54 - 2) & 0xffffffffffffL;
        assertThat(until - LEASE_MILLIS).isBetween(serverMillis() - 10_000, serverMillis());
        ByteBuffer expected = ByteBuffer.allocate(64)
                .put(hex("c1020000"))
                .putLong(stamp)
                .putLong(0)
                .put(u48(until - LEASE_MILLIS))
                .put(u48(0))
                .put(u48(until + LEASE_MILLIS))
                .putLong(0)
                .putLong(MINE)
                .put(u48(until))
                .put(new byte[4]);
        assertThat(marker).isEqualTo(expected.array());
        assertThat(plain.pttl(name)).isBetween(10_000L, 20_000L);
        assertThat(clock()).isEqualTo(stamp);
        assertThat(read()).isEqualTo(RemoteRecord.lease(stamp, RemoteRecord.NO_FLOOR));
    }

    @ParameterizedTest
    @EnumSource
    void lease_runningMarker_isRefused(LeaseMode mode) {
        lease(OTHERS);
        long stamp = clock();
        assertThat(get(cache.lease(key, MINE, mode, LEASE_MILLIS, 0)))
                .isEqualTo(new LeaseReply.Refused(RemoteRecord.lease(stamp, 0)));
        assertThat(get(cache.fill(key, OTHERS, Long.MAX_VALUE, value("theirs"), 0)))
                .isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void lease_markerRunOut_isTaken() {
        get(cache.lease(key, OTHERS, LeaseMode.UNLESS_FRESH, 100, 0));
        Awaitility.await().untilAsserted(() -> assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class));
        assertThat(get(cache.fill(key, OTHERS, Long.MAX_VALUE, value("theirs"), 0)))
                .isEqualTo(new StoreReply.Refused());
        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("mine"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void lease_freshValue_isRefusedWithIt() {
        long stamp = stored(cache.put(key, value("fresh"), 0, 0)).stamp();
        LeaseReply reply = lease(MINE);
        assertThat(reply).isInstanceOf(LeaseReply.Refused.class);
        RemoteRecord current = ((LeaseReply.Refused) reply).current();
        assertThat(current.kind()).isEqualTo(Kind.VALUE);
        assertThat(current.stamp()).isEqualTo(stamp);
        assertThat(text(current.payload())).isEqualTo("fresh");
        assertThat(current.freshMillis()).isBetween(40_000L, 60_000L);
    }

    @Test
    void lease_freshValueAnyway_isGrantedInItsHeader() {
        stored(cache.put(key, value("fresh"), 0, 0));
        byte[] before = plain.get(name);
        long ttl = plain.pttl(name);

        assertThat(get(cache.lease(key, MINE, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0)))
                .isInstanceOf(LeaseReply.Granted.class);

        ByteBuffer after = ByteBuffer.wrap(plain.get(name));
        assertThat(after.getLong(46)).isEqualTo(MINE);
        assertThat(after.getLong(52) & 0xffffffffffffL).isBetween(serverMillis(), serverMillis() + LEASE_MILLIS);
        assertThat(after.put(46, new byte[14]).array()).isEqualTo(before);
        assertThat(plain.pttl(name)).isBetween(ttl - 10_000, ttl);
        assertThat(text(read().payload())).isEqualTo("fresh");
    }

    @Test
    void lease_staleValue_isGrantedOnceAndThenRefusedWithIt() {
        putStale("old");
        assertThat(lease(OTHERS)).isInstanceOf(LeaseReply.Granted.class);

        LeaseReply reply = lease(MINE);
        assertThat(reply).isInstanceOf(LeaseReply.Refused.class);
        assertThat(text(((LeaseReply.Refused) reply).current().payload())).isEqualTo("old");
        assertThat(((LeaseReply.Refused) reply).current().freshMillis()).isNegative();
    }

    @Test
    void lease_headerLeaseRunOut_isTaken() {
        putStale("old");
        get(cache.lease(key, OTHERS, LeaseMode.UNLESS_FRESH, 100, 0));
        Awaitility.await().untilAsserted(() -> assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class));
        assertThat(get(cache.fill(key, OTHERS, Long.MAX_VALUE, value("theirs"), 0)))
                .isEqualTo(new StoreReply.Refused());
    }

    @Test
    void lease_belowTheFloor_isGrantedByAMarkerWhoeverHeldOne() {
        stored(cache.put(key, value("old"), 0, 0));
        get(cache.lease(key, OTHERS, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0));
        long floor = get(cache.clear(key.partition(), 0));

        assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class);

        assertThat(read()).isEqualTo(RemoteRecord.lease(floor, RemoteRecord.NO_FLOOR));
        assertThat(get(cache.fill(key, OTHERS, Long.MAX_VALUE, value("theirs"), 0)))
                .isEqualTo(new StoreReply.Refused());
        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("mine"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void lease_markerBelowTheFloor_isReplaced() {
        lease(OTHERS);
        get(cache.clear(key.partition(), 0));
        assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class);
        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("mine"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void lease_unknownRecord_isRefusedAndLeftAlone() {
        plain.set(name, bytes("foreign"));
        assertThat(get(cache.lease(key, MINE, LeaseMode.EVEN_IF_FRESH, LEASE_MILLIS, 0)))
                .isEqualTo(new LeaseReply.Refused(RemoteRecord.opaque(0)));
        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("x"), 0))).isEqualTo(new StoreReply.Refused());
        get(cache.release(key, MINE));
        assertThat(plain.get(name)).asString().isEqualTo("foreign");
    }

    // fill

    @Test
    void fill_leaseHeld_storesWithTheClockAndPublishesNothing() {
        lease(MINE);
        long stamp =
                stored(cache.put(key(cache, samePartition()), value("x"), 0, 0)).stamp();

        StoreReply reply = get(cache.fill(key, MINE, Long.MAX_VALUE, value("loaded"), 0));

        assertThat(((StoreReply.Stored) reply).stamp()).isEqualTo(stamp);
        assertThat(clock()).isEqualTo(stamp);
        assertThat(read().stamp()).isEqualTo(stamp);
        assertThat(read().loadedAt()).isEqualTo(((StoreReply.Stored) reply).loadedAt());
        assertThat(text(read().payload())).isEqualTo("loaded");
        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("twice"), 0)))
                .isEqualTo(new StoreReply.Refused());
    }

    @Test
    void fill_headerLeaseHeld_replacesTheValue() {
        putStale("old");
        lease(MINE);
        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("new"), 0))).isInstanceOf(StoreReply.Stored.class);
        assertThat(text(read().payload())).isEqualTo("new");
        assertThat(read().freshMillis()).isPositive();
    }

    @Test
    void fill_afterInvalidation_isRefused() {
        lease(MINE);
        get(cache.invalidate(key.partition(), List.of(key), 0, 0));
        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("old"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(read().kind()).isEqualTo(Kind.ABSENT);
    }

    @Test
    void fill_afterClear_isRefusedAndDropsTheMarker() {
        lease(MINE);
        get(cache.clear(key.partition(), 0));
        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("old"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(plain.exists(name)).isZero();
    }

    @Test
    void fill_headerLeaseAfterClear_isRefusedAndKeepsTheValue() {
        putStale("old");
        byte[] before = plain.get(name);
        lease(MINE);
        get(cache.clear(key.partition(), 0));
        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("new"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(plain.get(name)).isEqualTo(before);
    }

    @Test
    void fill_someoneElsesLease_isRefusedAndLeavesIt() {
        lease(OTHERS);
        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("mine"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(get(cache.fill(key, 0, Long.MAX_VALUE, value("mine"), 0))).isEqualTo(new StoreReply.Refused());
        assertThat(get(cache.fill(key, OTHERS, Long.MAX_VALUE, value("theirs"), 0)))
                .isInstanceOf(StoreReply.Stored.class);
    }

    @Test
    void fill_leaseOfTokenZero_neverMatchesAValueWithoutLease() {
        stored(cache.put(key, value("put"), 0, 0));
        assertThat(get(cache.fill(key, 0, Long.MAX_VALUE, value("mine"), 0))).isEqualTo(new StoreReply.Refused());
    }

    // release

    @Test
    void release_ownMarker_isDeleted() {
        lease(MINE);
        get(cache.release(key, OTHERS));
        assertThat(plain.exists(name)).isEqualTo(1);
        get(cache.release(key, MINE));
        assertThat(plain.exists(name)).isZero();
        get(cache.release(key, MINE));
    }

    @Test
    void release_ownHeaderLease_leavesTheValueAsItWas() {
        putStale("old");
        byte[] before = plain.get(name);
        lease(MINE);
        get(cache.release(key, MINE));
        assertThat(plain.get(name)).isEqualTo(before);
        assertThat(plain.pttl(name)).isPositive();
        assertThat(lease(OTHERS)).isInstanceOf(LeaseReply.Granted.class);
    }

    // invalidate

    @Test
    void invalidate_keys_removesThemAndTellsWhichWereThere() {
        long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();
        RemoteKey absent = key(cache, samePartition());

        InvalidateReply reply = get(cache.invalidate(key.partition(), List.of(absent, key), 0, 0));

        assertThat(reply).isEqualTo(new InvalidateReply(stamp + 2, List.of(false, true)));
        assertThat(plain.exists(name)).isZero();
        assertThat(clock()).isEqualTo(stamp + 2);
    }

    @Test
    void invalidate_nothingLive_saysSo() {
        putStale("old");
        assertThat(removed()).isFalse();
        lease(MINE);
        assertThat(removed()).isFalse();
        stored(cache.put(key, value("x"), 0, 0));
        get(cache.clear(key.partition(), 0));
        assertThat(removed()).isFalse();
        plain.set(name, bytes("foreign"));
        assertThat(removed()).isFalse();
        assertThat(plain.exists(name)).isZero();
    }

    @Test
    void invalidate_badArguments_areRefused() {
        assertThatThrownBy(() -> cache.invalidate(0, List.of(), 0, 0)).isInstanceOf(IllegalArgumentException.class);
        int other = (key.partition() + 1) % cache.partitions();
        assertThatThrownBy(() -> cache.invalidate(other, List.of(key), 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not of partition");
    }

    // clear

    @Test
    void clear_partition_raisesTheFloorAboveItsValues() {
        long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();

        assertThat(get(cache.clear(key.partition(), 0))).isEqualTo(stamp + 1);

        assertThat(clock()).isEqualTo(stamp + 1);
        assertThat(get(cache.read(key, ReadMode.VALUE_AND_FLOOR)).floor()).isEqualTo(stamp + 1);
        assertThat(read().stamp()).isEqualTo(stamp);
        assertThat(stored(cache.put(key, value("y"), 0, 0)).stamp()).isGreaterThan(stamp + 1);
    }

    // repair

    @Test
    void repair_newHistory_jumpsAndClearsOnce() {
        long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();
        long ahead = stamp + 5_000_000;

        get(cache.repair(key.partition(), "run:repl", Repair.CLEAR, ahead));

        long clock = clock();
        assertThat(clock).isGreaterThanOrEqualTo(ahead + 1_048_576);
        assertThat(number(layout.floor(key.partition()))).isEqualTo(clock);
        assertThat(plain.get(layout.epoch(key.partition()))).asString().isEqualTo("run:repl");

        get(cache.repair(key.partition(), "run:repl", Repair.CLEAR, clock));
        assertThat(clock()).isEqualTo(clock);
        get(cache.repair(key.partition(), "run:repl", Repair.CLEAR, clock + 1));
        assertThat(clock()).isEqualTo(clock + 1 + 1_048_576);
        get(cache.repair(key.partition(), "run:other", Repair.CLEAR, 0));
        assertThat(clock()).isGreaterThan(clock + 1 + 1_048_576);
    }

    @Test
    void repair_termsLost_setsThemAgainOrRefusesOthers() {
        byte[] meta = KeyLayout.meta("crema", "products");
        byte[] terms = plain.get(meta);
        plain.flushall();
        get(cache.repair(0, "run:repl", Repair.CLEAR, 0));
        assertThat(plain.get(meta)).isEqualTo(terms);

        plain.set(meta, bytes(new String(terms, StandardCharsets.UTF_8).replace("partitions=16", "partitions=8")));
        assertThatThrownBy(() -> get(cache.repair(0, "run:repl2", Repair.CLEAR, 0)))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("8")
                .hasMessageContaining("16 partitions");
    }

    // all

    @Test
    void scriptFlush_atAnyTime_isSurvived() {
        plain.scriptFlush();
        long stamp = stored(cache.put(key, value("x"), 0, 0)).stamp();
        plain.scriptFlush();
        assertThat(get(cache.invalidate(key.partition(), List.of(key), 0, 0)).stamp())
                .isEqualTo(stamp + 1);
        plain.scriptFlush();
        assertThat(lease(MINE)).isInstanceOf(LeaseReply.Granted.class);
        plain.scriptFlush();
        assertThat(get(cache.fill(key, MINE, Long.MAX_VALUE, value("y"), 0))).isInstanceOf(StoreReply.Stored.class);
    }

    private void putStale(String text) {
        stored(cache.put(key, value(text, 1), 0, 0));
        Awaitility.await().until(() -> read().freshMillis() < -1);
    }

    private LeaseReply lease(long token) {
        return get(cache.lease(key, token, LeaseMode.UNLESS_FRESH, LEASE_MILLIS, 0));
    }

    private boolean removed() {
        return get(cache.invalidate(key.partition(), List.of(key), 0, 0))
                .removed()
                .get(0);
    }

    private RemoteRecord read() {
        return get(cache.read(key, ReadMode.VALUE));
    }

    /** Another key that lies in the partition of the first. */
    private String samePartition() {
        for (int i = 0; ; i++) {
            if (cache.partitionOf(bytes("s" + i)) == key.partition()) {
                return "s" + i;
            }
        }
    }

    private long clock() {
        return number(layout.clock(key.partition()));
    }

    private long number(byte[] at) {
        return Long.parseLong(new String(plain.get(at), StandardCharsets.US_ASCII));
    }

    private long serverMicros() {
        List<byte[]> time = plain.time();
        return Long.parseLong(new String(time.get(0), StandardCharsets.US_ASCII)) * 1_000_000
                + Long.parseLong(new String(time.get(1), StandardCharsets.US_ASCII));
    }

    private long serverMillis() {
        return serverMicros() / 1000;
    }

    private static byte[] u48(long value) {
        byte[] bytes = ByteBuffer.allocate(8).putLong(value).array();
        return Arrays.copyOfRange(bytes, 2, 8);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
