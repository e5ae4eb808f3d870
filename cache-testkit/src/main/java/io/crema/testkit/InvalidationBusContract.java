package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.crema.spi.BusConnection;
import io.crema.spi.BusPosition;
import io.crema.spi.Invalidation;
import io.crema.spi.InvalidationBus;
import io.crema.spi.LeaseMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.Repair;
import io.crema.testkit.RecordingListener.Answered;
import io.crema.testkit.RecordingListener.Cleared;
import io.crema.testkit.RecordingListener.Connected;
import io.crema.testkit.RecordingListener.Disconnected;
import io.crema.testkit.RecordingListener.Event;
import io.crema.testkit.RecordingListener.Invalidated;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link InvalidationBus} keeps, with the remote tier whose writes it carries. A test extends it as
 * {@link RemoteTierContract}.
 */
public abstract class InvalidationBusContract extends RemoteFixture {

    private RecordingListener listener;
    private InvalidationBus bus;

    @BeforeEach
    void start() {
        bus = tierA.invalidations();
        listener = new RecordingListener(PATIENCE);
        bus.start(listener);
        listener.awaitCarried(a);
    }

    @Test
    void invalidations_askedTwice_isOneObject() {
        assertThat(tierA.invalidations()).isSameAs(bus);
    }

    @Test
    void subscribe_cache_isAcknowledged() {
        listener.subscribe(a);

        assertThat(listener.nextResult("subscribe", Boolean.class)).isTrue();
    }

    @Test
    void subscribe_notYet_bringsNoMessages() {
        RemoteCache other = openCache(tierA, name + "-other");
        subscribe(other);
        RemoteKey key = newKey();

        stored(b.put(key, value("unseen"), 0, 0));
        await(other.clear(0, 0));

        assertThat(listener.next(Cleared.class).cache()).isEqualTo(other.name());
    }

    @Test
    void put_ofAnother_isTold() {
        subscribe(a);
        RemoteKey key = newKey();

        long stamp = stored(b.put(key, value("v"), 0, 0)).stamp();

        Invalidation message = nextInvalidation();
        assertThat(message.partition()).isEqualTo(key.partition());
        assertThat(message.stamp()).isEqualTo(stamp);
        assertThat(message.count()).isEqualTo(1);
        assertThat(message.keys()).containsExactly(key.bytes());
    }

    @Test
    void put_own_isToldToo() {
        subscribe(a);
        RemoteKey key = newKey();

        long stamp = stored(a.put(key, value("v"), 0, 0)).stamp();

        assertThat(nextInvalidation().stamp()).isEqualTo(stamp);
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

        assertThat(nextInvalidation().stamp()).isEqualTo(before);
        Invalidation message = nextInvalidation();
        assertThat(message.stamp()).isEqualTo(stamp).isEqualTo(before + 2);
        assertThat(message.count()).isEqualTo(2);
        assertThat(message.keys()).containsExactly(first.bytes(), second.bytes());
    }

    @Test
    void putIfAbsent_stored_isToldRefusedIsNot() {
        subscribe(a);
        RemoteKey key = newKey();
        await(b.putIfAbsent(key, value("stored"), 0));
        await(b.putIfAbsent(key, value("refused"), 0));
        long floor = await(b.clear(key.partition(), 0));

        long stamp = nextInvalidation().stamp();

        assertThat(listener.next(Cleared.class)).isEqualTo(new Cleared(name, key.partition(), floor));
        assertThat(floor).isEqualTo(stamp + 1);
    }

    @Test
    void leaseFillAndRelease_tellNothing() {
        subscribe(a);
        RemoteKey filled = newKey();
        RemoteKey released = newKeyIn(filled.partition());
        long token = newToken();
        await(b.lease(filled, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0));
        await(b.fill(filled, token, Long.MAX_VALUE, value("v"), 0));
        await(b.lease(released, token, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0));
        await(b.release(released, token));

        await(b.clear(filled.partition(), 0));

        listener.next(Cleared.class);
    }

    @Test
    void repair_firstOfAHistory_isToldAsClearOnce() {
        subscribe(a);
        RemoteKey key = newKey();

        await(b.repair(key.partition(), "history-x", Repair.CLEAR, 0));
        await(b.repair(key.partition(), "history-x", Repair.CLEAR, 0));
        long stamp = stored(b.put(key, value("v"), 0, 0)).stamp();

        Cleared told = listener.next(Cleared.class);
        assertThat(told.partition()).isEqualTo(key.partition());
        assertThat(nextInvalidation().stamp()).isEqualTo(stamp).isEqualTo(told.stamp() + 1);
    }

    @Test
    void messages_ofManyWrites_comeInOrderWithoutGaps() {
        subscribe(a);
        RemoteKey key = newKey();
        int writes = 200;
        long before = await(b.invalidate(key.partition(), List.of(key), 0, 0)).stamp();
        assertThat(nextInvalidation().stamp()).isEqualTo(before);

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

    @Test
    void position_afterWrites_comesAfterTheirMessagesAndCountsThem() {
        subscribe(a);
        RemoteKey key = newKey();
        for (int i = 0; i < 50; i++) {
            stored(b.put(key, value("v" + i), 0, 0));
        }
        listener.position(a);

        long last = 0;
        for (int i = 0; i < 50; i++) {
            last = nextInvalidation().stamp();
        }
        BusPosition position = listener.nextPosition();
        assertThat(position.at(key.partition()).clock()).isEqualTo(last);
    }

    @Test
    void position_newCache_hasRunningClocks() {
        subscribe(a);
        listener.position(a);

        BusPosition before = listener.nextPosition();
        assertThat(before.partitions().keySet()).hasSize(a.partitions() + 1).contains(a.tagPartition());
        assertThat(before.partitions().values()).allMatch(at -> at.clock() > 0);
        RemoteKey key = newKey();
        await(b.lease(key, 1, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0));
        await(b.fill(key, 1, Long.MAX_VALUE, value("v"), 0));
        listener.position(a);
        assertThat(listener.nextPosition().partitions()).isEqualTo(before.partitions());
    }

    @Test
    void heartbeat_afterWrite_comesAfterItsMessage() {
        subscribe(a);
        long stamp = stored(b.put(newKey(), value("v"), 0, 0)).stamp();
        listener.heartbeat();

        assertThat(nextInvalidation().stamp()).isEqualTo(stamp);
        listener.nextResult("heartbeat", String.class);
    }

    @Test
    void requests_manyAtOnce_areEachAnsweredOnce() {
        listener.heartbeat();
        listener.subscribe(a);
        listener.position(a);
        listener.heartbeat();

        List<Answered> answers = List.of(
                listener.next(Answered.class),
                listener.next(Answered.class),
                listener.next(Answered.class),
                listener.next(Answered.class));

        assertThat(answers)
                .extracting(Answered::request)
                .containsExactlyInAnyOrder("heartbeat", "subscribe", "position", "heartbeat");
        assertThat(answers).extracting(Answered::failure).containsOnlyNulls();
    }

    @Test
    void position_afterClear_hasClockAndFloorOfThatPartition() {
        int partition = a.partitions() - 1;
        long floor = await(b.clear(partition, 0));
        long clock = stored(b.put(newKeyIn(partition), value("v"), 0, 0)).stamp();
        listener.position(a);

        BusPosition position = listener.nextPosition();

        assertThat(position.at(partition).clock()).isEqualTo(clock);
        assertThat(position.at(partition).floor()).isEqualTo(floor);
    }

    @Test
    void heartbeat_history_isThatOfThePositionForAllInstances() {
        InvalidationBus otherBus = tierB.invalidations();
        RecordingListener other = new RecordingListener(PATIENCE);
        otherBus.start(other);
        other.awaitCarried(b);

        listener.heartbeat();
        listener.position(a);
        other.heartbeat();

        String history = listener.nextResult("heartbeat", String.class);
        assertThat(history).isNotEmpty();
        assertThat(listener.nextPosition().history()).isEqualTo(history);
        assertThat(other.nextResult("heartbeat", String.class)).isEqualTo(history);
    }

    @Test
    void reset_connected_makesANewConnectionWithoutSubscriptions() {
        subscribe(a);

        listener.connection().reset();

        listener.next(Disconnected.class);
        listener.next(Connected.class);
        int carried = listener.connection().carries(name).stream()
                .filter(partition -> partition != a.tagPartition())
                .findFirst()
                .orElseThrow();
        stored(b.put(newKeyIn(carried), value("missed"), 0, 0));
        listener.heartbeat();
        listener.nextResult("heartbeat", String.class);
        subscribe(a);
        long stamp = stored(b.put(newKeyIn(carried), value("seen"), 0, 0)).stamp();
        assertThat(nextInvalidation().stamp()).isEqualTo(stamp);
    }

    @Test
    void reset_requestsUnderWay_areAnsweredOnceBeforeTheNewConnection() {
        int requests = 20;
        BusConnection connection = listener.connection();
        for (int i = 0; i < requests; i++) {
            listener.heartbeat(connection);
        }
        connection.reset();

        List<Event> seen = listener.upTo(Connected.class::isInstance);
        listener.position(a);

        assertThat(seen)
                .filteredOn(Answered.class::isInstance)
                .hasSize(requests)
                .allSatisfy(each -> {
                    Answered answer = (Answered) each;
                    assertThat(answer.result() == null).isNotEqualTo(answer.failure() == null);
                });
        listener.nextPosition();
    }

    @Test
    void request_afterClose_fails() {
        tierA.close();
        listener.heartbeat();

        List<Event> seen = listener.upTo(Answered.class::isInstance);

        assertThat(((Answered) seen.get(seen.size() - 1)).failure()).isNotNull();
    }

    private void subscribe(RemoteCache cache) {
        listener.subscribe(cache);
        listener.nextResult("subscribe", Boolean.class);
    }

    private Invalidation nextInvalidation() {
        Invalidated event = listener.next(Invalidated.class);
        assertThat(event.cache()).isEqualTo(name);
        return event.message();
    }
}
