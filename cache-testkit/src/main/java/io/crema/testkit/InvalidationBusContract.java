package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crema.spi.BusConnection;
import io.crema.spi.BusPosition;
import io.crema.spi.InvalidationBus;
import io.crema.spi.LeaseMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.testkit.RecordingListener.Answered;
import io.crema.testkit.RecordingListener.Cleared;
import io.crema.testkit.RecordingListener.Connected;
import io.crema.testkit.RecordingListener.Disconnected;
import io.crema.testkit.RecordingListener.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link InvalidationBus} keeps, with the remote tier whose writes it carries, of one primary or of several,
 * with values or without. A test extends it as {@link RemoteTierContract}.
 */
public abstract class InvalidationBusContract extends BusMessageContract {

    private static final int FIRST = 0;

    @Test
    void invalidations_askedTwice_isOneObject() {
        assertThat(tierA.invalidations()).isSameAs(bus);
    }

    @Test
    void carries_eachPartition_onOneConnection() {
        List<BusConnection> connections = listener.connections();

        for (int partition = 0; partition <= a.tagPartition(); partition++) {
            assertThat(connections).contains(listener.connectionOf(name, partition));
        }
    }

    // Subscriptions

    @Test
    void subscribe_cache_isAcknowledged() {
        listener.subscribe(a);

        assertThat(listener.nextResult("subscribe", Boolean.class)).isTrue();
    }

    @Test
    void subscribe_anotherCache_bringsNoMessagesOfThis() {
        RemoteCache other = openCache(tierA, name + "-other");
        subscribe(other);

        stored(b.put(newKeyIn(FIRST), value("unseen"), 0, 0));
        await(other.clear(FIRST, 0));

        assertThat(listener.next(Cleared.class).cache()).isEqualTo(other.name());
    }

    @Test
    void subscribe_onePartition_bringsItsMessagesOnly() {
        subscribe(FIRST);
        RemoteKey key = newKeyIn(FIRST);

        await(b.invalidateTag("unseen", newToken(), 0));
        long stamp = stored(b.put(key, value("seen"), 0, 0)).stamp();
        heartbeat();

        assertWritten(stamp, key);
        listener.nextResult("heartbeat", String.class);
    }

    @Test
    void subscribe_oneMore_keepsTheFirst() {
        subscribe(FIRST);
        subscribe(a.tagPartition());
        RemoteKey key = newKeyIn(FIRST);

        assertWritten(stored(b.put(key, value("seen"), 0, 0)).stamp(), key);
        assertWritten(
                await(b.invalidateTag("seen", newToken(), 0)),
                new RemoteKey(a.tagPartition(), "seen".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void subscribe_again_bringsMessagesOnce() {
        subscribe(FIRST);
        subscribe(FIRST);
        RemoteKey key = newKeyIn(FIRST);

        long first = stored(b.put(key, value("v1"), 0, 0)).stamp();
        long second = stored(b.put(key, value("v2"), 0, 0)).stamp();

        assertWritten(first, key);
        assertWritten(second, key);
    }

    // Positions and heartbeats

    @Test
    void position_afterWrites_comesAfterTheirMessagesAndCountsThem() {
        subscribe(a);
        RemoteKey key = newKeyIn(FIRST);
        for (int i = 0; i < 50; i++) {
            stored(b.put(key, value("v" + i), 0, 0));
        }
        position(FIRST);

        long last = 0;
        for (int i = 0; i < 50; i++) {
            last = nextInvalidation().stamp();
        }
        assertThat(listener.nextPosition().at(FIRST).clock()).isEqualTo(last);
    }

    @Test
    void position_newCache_hasRunningClocks() {
        listener.position(a);

        BusPosition position = listener.nextPosition();

        assertThat(position.partitions().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(0, a.tagPartition()).boxed().toList());
        assertThat(position.partitions().values()).allMatch(at -> at.clock() > 0);
    }

    @Test
    void position_afterLeasesFillsAndTagVersions_isAsBefore() {
        needValues();
        listener.position(a);
        BusPosition before = listener.nextPosition();
        RemoteKey key = newKey();
        await(b.lease(key, 1, LeaseMode.UNLESS_FRESH, LONG_MILLIS, 0));
        assertStored(fill(b, key, 1, value("v")));
        await(b.tagVersions(List.of("t"), LONG_MILLIS, 0));

        listener.position(a);

        assertThat(listener.nextPosition()).isEqualTo(before);
    }

    @Test
    void position_onePartition_hasThatOnly() {
        long clock = await(b.clear(FIRST, 0));

        position(FIRST);

        assertThat(listener.nextPosition().partitions())
                .hasSize(1)
                .containsEntry(FIRST, new BusPosition.At(clock, clock));
    }

    @Test
    void position_afterClear_hasClockAndFloorOfThatPartition() {
        int partition = a.partitions() - 1;
        long floor = await(b.clear(partition, 0));
        long clock = stored(b.put(newKeyIn(partition), value("v"), 0, 0)).stamp();
        long tagClock = await(b.invalidateTag("t", newToken(), 0));
        listener.position(a);

        BusPosition position = listener.nextPosition();

        assertThat(position.at(partition)).isEqualTo(new BusPosition.At(clock, floor));
        assertThat(position.at(a.tagPartition()).clock()).isEqualTo(tagClock);
    }

    @Test
    void heartbeat_afterWrite_comesAfterItsMessage() {
        subscribe(a);
        long stamp = stored(b.put(newKeyIn(FIRST), value("v"), 0, 0)).stamp();
        heartbeat();

        assertThat(nextInvalidation().stamp()).isEqualTo(stamp);
        listener.nextResult("heartbeat", String.class);
    }

    @Test
    void heartbeat_history_isThatOfThePositionForAllInstances() {
        RecordingListener other = new RecordingListener(PATIENCE);
        tierB.invalidations().start(other);
        other.awaitCarried(b);

        // One after the other: replies are in order with the messages, not with each other.
        heartbeat();
        String history = listener.nextResult("heartbeat", String.class);
        position(FIRST);
        other.heartbeat(other.connectionOf(name, FIRST));

        assertThat(history).isNotEmpty();
        assertThat(listener.nextPosition().history()).isEqualTo(history);
        assertThat(other.nextResult("heartbeat", String.class)).isEqualTo(history);
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

    // The end of a connection

    @Test
    void reset_connected_makesANewConnectionWithoutSubscriptions() {
        subscribe(a);
        BusConnection before = listener.connectionOf(name, FIRST);

        before.reset();

        listener.next(Disconnected.class);
        listener.next(Connected.class);
        listener.awaitCarried(a);
        assertThat(listener.connectionOf(name, FIRST)).isNotSameAs(before);
        stored(b.put(newKeyIn(FIRST), value("missed"), 0, 0));
        heartbeat();
        listener.nextResult("heartbeat", String.class);
        subscribe(FIRST);
        RemoteKey key = newKeyIn(FIRST);
        assertWritten(stored(b.put(key, value("seen"), 0, 0)).stamp(), key);
    }

    @Test
    void reset_one_leavesTheOthers() {
        assumeTrue(listener.connections().size() > 1, "one connection carries all");
        subscribe(a);
        Set<Integer> gone = listener.connectionOf(name, FIRST).carries(name);
        int other = IntStream.range(0, a.partitions())
                .filter(partition -> !gone.contains(partition))
                .findFirst()
                .orElseThrow();

        listener.connectionOf(name, FIRST).reset();

        listener.next(Disconnected.class);
        listener.next(Connected.class);
        RemoteKey key = newKeyIn(other);
        assertWritten(stored(b.put(key, value("v"), 0, 0)).stamp(), key);
    }

    @Test
    void reset_requestsUnderWay_areAnsweredOnceBeforeTheNewConnection() {
        BusConnection connection = listener.connectionOf(name, FIRST);
        int requests = 20;
        for (int i = 0; i < requests; i++) {
            listener.heartbeat(connection);
        }
        connection.reset();

        List<Event> seen = listener.upTo(Connected.class::isInstance);

        assertThat(seen)
                .filteredOn(Answered.class::isInstance)
                .hasSize(requests)
                .allSatisfy(each -> {
                    Answered answer = (Answered) each;
                    assertThat(answer.result() == null).isNotEqualTo(answer.failure() == null);
                });
    }

    @Test
    void request_onAConnectionThatIsLost_fails() {
        BusConnection lost = listener.connectionOf(name, FIRST);
        lost.reset();
        listener.next(Disconnected.class);
        listener.next(Connected.class);

        listener.heartbeat(lost);
        listener.position(lost, name, Set.of(FIRST));
        listener.subscribe(lost, name, Set.of(FIRST));

        for (int i = 0; i < 3; i++) {
            assertThat(listener.next(Answered.class).failure()).isNotNull();
        }
    }

    @Test
    void request_afterClose_fails() {
        tierA.close();
        listener.heartbeat();

        List<Event> seen = listener.upTo(Answered.class::isInstance);

        assertThat(((Answered) seen.get(seen.size() - 1)).failure()).isNotNull();
    }

    @Test
    void lostMillis_firstConnection_isUnknown() {
        assertThat(listener.connectionOf(name, FIRST).lostMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void lostMillis_connectionLostButNoData_isSmall() {
        needValues();
        heartbeat();
        listener.nextResult("heartbeat", String.class);
        pass(LONGER_THAN_SHORT);
        heartbeat();
        listener.nextResult("heartbeat", String.class);

        listener.connectionOf(name, FIRST).reset();

        listener.next(Disconnected.class);
        listener.next(Connected.class);
        listener.awaitCarried(a);
        assertThat(listener.connectionOf(name, FIRST).lostMillis()).isBetween(0L, 1000L);
    }

    private void heartbeat() {
        listener.heartbeat(listener.connectionOf(name, FIRST));
    }

    private void position(int partition) {
        listener.position(listener.connectionOf(name, partition), name, Set.of(partition));
    }

    private void subscribe(int partition) {
        listener.subscribe(listener.connectionOf(name, partition), name, Set.of(partition));
        listener.nextResult("subscribe", Boolean.class);
    }
}
