package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crema.spi.Invalidation;
import io.crema.spi.InvalidationBus;
import io.crema.spi.LeaseMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.Repair;
import io.crema.spi.StoreReply;
import io.crema.testkit.RecordingListener.Cleared;
import io.crema.testkit.RecordingListener.Invalidated;
import io.crema.testkit.RecordingListener.Unreadable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The part of {@link InvalidationBusContract} on messages: which write is told how. */
abstract class BusMessageContract extends RemoteFixture {

    final RecordingListener listener = new RecordingListener(PATIENCE);
    InvalidationBus bus;

    /** A bus is started once. */
    @Override
    boolean needsOwnTiers() {
        return true;
    }

    @BeforeEach
    void start() {
        bus = tierA.invalidations();
        bus.start(listener);
        listener.awaitCarried(a);
    }

    @Test
    void put_ofAnother_isTold() {
        subscribe(a);
        RemoteKey key = newKey();

        long stamp = stored(b.put(key, value("v"), 0, 0)).stamp();

        assertWritten(stamp, key);
    }

    @Test
    void put_own_isToldToo() {
        subscribe(a);
        RemoteKey key = newKey();

        long stamp = stored(a.put(key, value("v"), 0, 0)).stamp();

        assertWritten(stamp, key);
    }

    @Test
    void put_tooOld_isNotTold() {
        needValues();
        subscribe(a);
        RemoteKey key = newKey();
        long first = stored(b.put(key, value("v5").withOriginVersion(5), 0, 0)).stamp();
        await(b.put(key, value("v4").withOriginVersion(4), 0, 0));

        long second = stored(b.put(key, value("v6").withOriginVersion(6), 0, 0)).stamp();

        assertWritten(first, key);
        assertWritten(second, key);
    }

    @Test
    void putIfAbsent_stored_isToldRefusedIsNot() {
        needValues();
        subscribe(a);
        RemoteKey key = newKey();
        long stamp = stored(b.putIfAbsent(key, value("stored"), 0)).stamp();
        assertRefused(await(b.putIfAbsent(key, value("refused"), 0)));
        long floor = await(b.clear(key.partition(), 0));

        assertWritten(stamp, key);
        assertThat(listener.next(Cleared.class)).isEqualTo(new Cleared(name, key.partition(), floor));
        assertThat(floor).isEqualTo(stamp + 1);
    }

    @Test
    void message_serverMicros_isTheServersTimeOfTheWrite() {
        subscribe(a);
        long loadedAt = stored(b.put(newKey(), value("v"), 0, 0)).loadedAt();

        long millis = TimeUnit.MICROSECONDS.toMillis(nextInvalidation().serverMicros());

        assertThat(millis).isCloseTo(loadedAt, within(1L));
    }

    @Test
    void invalidate_manyKeys_isOneMessageThatCountsThem() {
        subscribe(a);
        RemoteKey first = newKey();
        RemoteKey second = newKeyIn(first.partition());
        long before = stored(b.put(first, value("v"), 0, 0)).stamp();

        long stamp = await(b.invalidate(first.partition(), List.of(first, second), 0, before))
                .stamp();

        assertWritten(before, first);
        assertThat(stamp).isEqualTo(before + 2);
        assertWritten(stamp, first, second);
    }

    @Test
    void expire_manyKeys_isOneMessageThatSaysSo() {
        subscribe(a);
        RemoteKey first = newKey();
        RemoteKey second = newKeyIn(first.partition());

        long stamp =
                await(b.expire(first.partition(), List.of(first, second), 0, 0)).stamp();

        assertTold(Invalidation.Kind.EXPIRED, stamp, first, second);
    }

    @Test
    void quarantine_beginAndEnd_areToldAsInvalidations() {
        needValues();
        subscribe(a);
        RemoteKey key = newKey();
        long holder = newToken();
        List<Long> stamps = List.of(
                await(b.quarantine(key, holder, LONG_MILLIS, 0)),
                await(b.endQuarantine(key, holder, 0)),
                await(b.endQuarantine(key, holder, 0)));

        for (long stamp : stamps) {
            assertWritten(stamp, key);
        }
    }

    @Test
    void put_refusedByAQuarantine_isToldAllTheSame() {
        needValues();
        subscribe(a);
        RemoteKey key = newKey();
        long holder = newToken();
        long begun = await(b.quarantine(key, holder, LONG_MILLIS, 0));
        assertWritten(begun, key);

        assertRefused(await(b.put(key, value("refused"), 0, 0)));
        assertThat(await(b.putIfAbsent(key, value("undecided"), 0))).isInstanceOf(StoreReply.Undecided.class);
        assertRefused(await(b.put(key, value("refused too"), holder, 0)));
        assertRefused(await(b.put(key, value("not in quarantine"), holder, 0)));

        assertWritten(begun + 1, key);
        assertWritten(begun + 2, key);
        assertWritten(begun + 3, key);
        listener.heartbeat();
        listener.nextResult("heartbeat", String.class);
    }

    @Test
    void put_ofTheHolderOfAQuarantine_isTold() {
        needValues();
        subscribe(a);
        RemoteKey key = newKey();
        long holder = newToken();
        assertWritten(await(b.quarantine(key, holder, LONG_MILLIS, 0)), key);

        assertWritten(stored(b.put(key, value("v"), holder, 0)).stamp(), key);
    }

    @Test
    void invalidateTag_any_isToldInThePartitionOfTheTags() {
        subscribe(a);
        String tag = "r\u00e4t \u20ac";

        long stamp = await(b.invalidateTag(tag, newToken(), 0));

        assertWritten(stamp, new RemoteKey(a.tagPartition(), tag.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void tagVersions_newOnes_tellNothing() {
        subscribe(a);
        await(b.tagVersions(List.of("t1", "t2"), LONG_MILLIS, 0));

        long floor = await(b.clear(a.tagPartition(), 0));

        assertThat(listener.next(Cleared.class)).isEqualTo(new Cleared(name, a.tagPartition(), floor));
    }

    @Test
    void leaseFillAndRelease_tellNothing() {
        needValues();
        subscribe(a);
        RemoteKey filled = newKey();
        RemoteKey released = newKeyIn(filled.partition());
        long token = newToken();
        await(b.lease(filled, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0));
        assertStored(fill(b, filled, token, value("v")));
        await(b.lease(released, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0));
        await(b.release(released, token));

        await(b.clear(filled.partition(), 0));

        listener.next(Cleared.class);
    }

    @Test
    void clear_partition_isTold() {
        subscribe(a);

        long floor = await(b.clear(0, 0));

        assertThat(listener.next(Cleared.class)).isEqualTo(new Cleared(name, 0, floor));
    }

    @Test
    void repair_clear_isToldAsClearOnce() {
        subscribe(a);
        RemoteKey key = newKey();
        String history = history(key.partition());

        long moved = await(b.repair(key.partition(), history, Repair.CLEAR, 0));
        await(b.repair(key.partition(), history, Repair.CLEAR, 0));
        await(b.repair(key.partition(), history, Repair.KEEP, 0));
        long stamp = stored(a.put(key, value("v"), 0, 0)).stamp();

        assertThat(listener.next(Cleared.class)).isEqualTo(new Cleared(name, key.partition(), moved));
        assertWritten(stamp, key);
        assertThat(stamp).isEqualTo(moved + 1);
    }

    @Test
    void repair_keep_isToldAsAJumpOnce() {
        subscribe(a);
        RemoteKey key = newKey();
        String history = history(key.partition());

        long moved = await(b.repair(key.partition(), history, Repair.KEEP, 0));
        await(b.repair(key.partition(), history, Repair.KEEP, 0));
        long stamp = stored(a.put(key, value("v"), 0, 0)).stamp();

        assertThat(listener.next(Unreadable.class)).isEqualTo(new Unreadable(name, key.partition()));
        assertWritten(stamp, key);
        assertThat(stamp).isEqualTo(moved + 1);
    }

    @Test
    void repair_ofAnotherHistory_failsAndIsNotTold() {
        subscribe(a);
        String other = history(0) + "0";
        long floor = await(b.clear(0, 0));

        assertThatThrownBy(() -> await(b.repair(0, other, Repair.CLEAR, 0))).hasMessageContaining("history");

        assertThat(await(b.clear(0, 0))).isEqualTo(floor + 1);
        assertThat(listener.next(Cleared.class).stamp()).isEqualTo(floor);
        assertThat(listener.next(Cleared.class).stamp()).isEqualTo(floor + 1);
    }

    @Test
    void repair_clearAfterOthersKept_isToldAsClear() {
        subscribe(a);
        String history = history(0);
        await(b.repair(0, history, Repair.KEEP, 0));
        listener.next(Unreadable.class);

        await(b.repair(0, history, Repair.CLEAR, 0));

        Cleared told = listener.next(Cleared.class);
        assertThat(await(b.clear(0, 0))).isEqualTo(told.stamp() + 1);
    }

    @Test
    void messages_ofManyWrites_comeInOrderWithoutGaps() {
        subscribe(a);
        RemoteKey key = newKey();
        int writes = 200;
        long before = await(b.invalidate(key.partition(), List.of(key), 0, 0)).stamp();
        assertWritten(before, key);

        List<CompletableFuture<?>> replies = new ArrayList<>();
        for (int i = 0; i < writes; i++) {
            RemoteCache writer = i % 2 == 0 ? a : b;
            replies.add(
                    i % 3 == 0
                            ? writer.put(key, value("v" + i), 0, 0)
                            : writer.invalidate(key.partition(), List.of(key), 0, 0));
        }
        replies.forEach(RemoteFixture::await);

        long last = before;
        for (int i = 0; i < writes; i++) {
            Invalidation message = nextInvalidation();
            assertThat(message.stamp() - message.count()).isEqualTo(last);
            last = message.stamp();
        }
    }

    void subscribe(RemoteCache cache) {
        listener.subscribe(cache);
        listener.nextResult("subscribe", Boolean.class);
    }

    Invalidation nextInvalidation() {
        Invalidated event = listener.next(Invalidated.class);
        assertThat(event.cache()).isEqualTo(name);
        return event.message();
    }

    /** The next event tells that keys of one partition were written. */
    void assertWritten(long stamp, RemoteKey... keys) {
        assertTold(Invalidation.Kind.WRITTEN, stamp, keys);
    }

    private void assertTold(Invalidation.Kind kind, long stamp, RemoteKey... keys) {
        Invalidation message = nextInvalidation();
        assertThat(message.kind()).isEqualTo(kind);
        assertThat(message.partition()).isEqualTo(keys[0].partition());
        assertThat(message.stamp()).isEqualTo(stamp);
        assertThat(message.count()).isEqualTo(keys.length);
        assertThat(message.keys())
                .containsExactly(List.of(keys).stream().map(RemoteKey::bytes).toArray(byte[][]::new));
    }

    void needValues() {
        assumeTrue(tierA.storesValues(), "the tier stores no values");
    }
}
