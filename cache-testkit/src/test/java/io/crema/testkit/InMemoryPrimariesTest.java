package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.crema.spi.BusConnection;
import io.crema.spi.BusPosition;
import io.crema.spi.CacheTerms;
import io.crema.spi.Opening;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.testkit.RecordingListener.Answered;
import io.crema.testkit.RecordingListener.Assigned;
import io.crema.testkit.RecordingListener.Connected;
import io.crema.testkit.RecordingListener.Disconnected;
import io.crema.testkit.RecordingListener.Invalidated;
import io.crema.testkit.RecordingListener.Unsubscribed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server in memory of two primaries: partitions 0, 2 and that of the tags, 4, lie at the first, 1 and 3 at the other. */
final class InMemoryPrimariesTest {

    private static final String NAME = "cache";
    private static final RemoteValue VALUE = RemoteValue.of(1, (byte) 1, new byte[] {2}, 100_000, 100_000, 0);

    private final ManualTime time = new ManualTime();
    private final InMemoryServer server = InMemoryServer.create(time, 2);
    private final InMemoryRemote remote = server.connect();
    private final RemoteCache cache = open(remote);
    private final RecordingListener listener = new RecordingListener(Duration.ofSeconds(10));
    private BusConnection first;
    private BusConnection other;

    @BeforeEach
    void subscribe() {
        remote.invalidations().start(listener);
        listener.subscribe(cache);
        listener.next(Connected.class);
        listener.next(Connected.class);
        listener.next(Answered.class);
        first = listener.connectionOf(NAME, 0);
        other = listener.connectionOf(NAME, 1);
    }

    @Test
    void create_withoutPrimaries_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> InMemoryServer.create(time, 0));
    }

    @Test
    void carries_partitions_areSpread() {
        assertThat(first.carries(NAME)).containsExactlyInAnyOrder(0, 2, 4);
        assertThat(other.carries(NAME)).containsExactlyInAnyOrder(1, 3);
        assertThat(first.carries("unknown")).isEmpty();
    }

    @Test
    void requests_forWhatLiesElsewhere_fail() {
        listener.subscribe(first, NAME, Set.of(0, 1));
        listener.position(other, NAME, Set.of(0));

        assertThat(listener.next(Answered.class).failure()).isNotNull();
        assertThat(listener.next(Answered.class).failure()).isNotNull();
    }

    @Test
    void position_ofEach_hasItsOwnHistory() {
        assertThat(position(first, 0).history())
                .isEqualTo(position(first, 2).history())
                .isNotEqualTo(position(other, 1).history());
    }

    @Test
    void movePartition_subscribed_goesWithAllThatIsInIt() {
        long stamp = invalidate(1);
        put(1);
        listener.forget();

        server.movePartition(NAME, 1, 0);

        assertThat(listener.next(Unsubscribed.class)).isEqualTo(new Unsubscribed(NAME, 1));
        listener.next(Assigned.class);
        assertThat(first.carries(NAME)).containsExactlyInAnyOrder(0, 1, 2, 4);
        assertThat(other.carries(NAME)).containsExactly(3);
        assertThat(kind(1)).isEqualTo(RemoteRecord.Kind.VALUE);
        assertThat(position(first, 1).at(1).clock()).isEqualTo(stamp + 1);
        assertThat(position(first, 1).history()).isEqualTo(position(first, 0).history());
    }

    @Test
    void movePartition_messages_comeOnceItIsSubscribedThere() {
        server.movePartition(NAME, 1, 0);
        listener.forget();
        invalidate(1);
        assertThat(listener.isSilent()).isTrue();

        listener.subscribe(first, NAME, Set.of(1));
        listener.next(Answered.class);
        long stamp = invalidate(1);

        assertThat(listener.next(Invalidated.class).message().stamp()).isEqualTo(stamp);
    }

    @Test
    void movePartition_messagesUnderWay_comeBeforeItIsToldToHaveGone() {
        remote.holdDelivery();
        long stamp = invalidate(1);
        server.movePartition(NAME, 1, 0);
        listener.forget();

        remote.releaseDelivery();

        assertThat(listener.next(Invalidated.class).message().stamp()).isEqualTo(stamp);
        listener.next(Unsubscribed.class);
    }

    @Test
    void movePartition_whereItIs_doesNothing() {
        server.movePartition(NAME, 1, 1);

        assertThat(listener.isSilent()).isTrue();
    }

    @Test
    void disconnect_one_leavesTheOther() {
        remote.disconnect(0);
        invalidate(0);
        long stamp = invalidate(1);

        listener.next(Disconnected.class);
        assertThat(listener.next(Invalidated.class).message().stamp()).isEqualTo(stamp);
        assertThat(listener.connections()).containsExactly(other);
        assertThat(remote.isConnected()).isFalse();

        remote.reconnect(0);

        listener.next(Connected.class);
        assertThat(remote.isConnected()).isTrue();
    }

    @Test
    void failover_one_losesItsLaterWritesOnly() {
        long kept = invalidate(0);
        String history = position(first, 0).history();
        InMemoryServer.Snapshot earlier = server.snapshot();
        invalidate(0);
        long untouched = invalidate(1);
        listener.forget();

        server.failover(0, earlier);

        listener.next(Disconnected.class);
        listener.next(Connected.class);
        assertThat(listener.isSilent()).isTrue();
        BusPosition after = position(listener.connectionOf(NAME, 0), 0);
        assertThat(after.history()).isNotEqualTo(history);
        assertThat(after.at(0).clock()).isEqualTo(kept);
        assertThat(position(other, 1).at(1).clock()).isEqualTo(untouched);
    }

    @Test
    void rollback_one_losesItsLaterWritesUnnoticed() {
        long kept = invalidate(0);
        String history = position(first, 0).history();
        InMemoryServer.Snapshot earlier = server.snapshot();
        invalidate(0);
        long untouched = invalidate(1);
        listener.forget();

        server.rollback(0, earlier);

        assertThat(listener.isSilent()).isTrue();
        assertThat(position(first, 0)).isEqualTo(new BusPosition(history, Map.of(0, at(kept))));
        assertThat(position(other, 1).at(1)).isEqualTo(at(untouched));
    }

    @Test
    void restartEmpty_one_losesItsPartitionsOnly() {
        put(0);
        put(1);
        listener.forget();

        server.restartEmpty(1);

        listener.next(Disconnected.class);
        listener.next(Connected.class);
        assertThat(kind(0)).isEqualTo(RemoteRecord.Kind.VALUE);
        assertThat(kind(1)).isEqualTo(RemoteRecord.Kind.ABSENT);
        assertThat(listener.connectionOf(NAME, 1).carries(NAME)).containsExactlyInAnyOrder(1, 3);
    }

    @Test
    void relayMessages_connections_saySo() {
        assertThat(first.isRelayed()).isFalse();

        server.relayMessages();

        assertThat(first.isRelayed()).isTrue();
    }

    @Test
    void lostMillis_afterFailover_isTheTimeBetweenTheHeartbeats() {
        beat(first);
        InMemoryServer.Snapshot earlier = server.snapshot();
        time.advance(Duration.ofMillis(300));
        beat(first);
        time.advance(Duration.ofSeconds(1));

        server.failover(earlier);

        assertThat(listener.connectionOf(NAME, 0).lostMillis()).isEqualTo(300);
    }

    @Test
    void lostMillis_heartbeatWhoseAnswerWasLost_countsNot() {
        beat(first);
        InMemoryServer.Snapshot earlier = server.snapshot();
        time.advance(Duration.ofMillis(300));
        remote.holdDelivery();
        listener.heartbeat(first);

        server.failover(earlier);

        assertThat(listener.connectionOf(NAME, 0).lostMillis()).isZero();
    }

    @Test
    void lostMillis_afterFailoverToWhatNeverSawAHeartbeat_isUnknown() {
        InMemoryServer.Snapshot earlier = server.snapshot();
        beat(first);

        server.failover(earlier);

        assertThat(listener.connectionOf(NAME, 0).lostMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void lostMillis_heartbeatOlderThanAMinute_isForgotten() {
        beat(first);
        time.advance(Duration.ofMinutes(1));

        first.reset();

        assertThat(listener.connectionOf(NAME, 0).lostMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void lostMillis_ofOnePrimary_isApartFromTheOther() {
        beat(first);

        first.reset();
        other.reset();

        assertThat(listener.connectionOf(NAME, 0).lostMillis()).isZero();
        assertThat(listener.connectionOf(NAME, 1).lostMillis()).isEqualTo(Long.MAX_VALUE);
    }

    private static BusPosition.At at(long clock) {
        return new BusPosition.At(clock, 0);
    }

    private static RemoteKey key(int partition) {
        return new RemoteKey(partition, new byte[] {1});
    }

    private long invalidate(int partition) {
        return cache.invalidate(partition, List.of(key(partition)), 0, 0).join().stamp();
    }

    private void put(int partition) {
        assertThat(cache.put(key(partition), VALUE, 0, 0)).isCompleted();
    }

    private RemoteRecord.Kind kind(int partition) {
        return cache.read(key(partition), ReadMode.HEADER).join().kind();
    }

    private void beat(BusConnection connection) {
        listener.heartbeat(connection);
        listener.nextResult("heartbeat", String.class);
    }

    private BusPosition position(BusConnection connection, int partition) {
        listener.forget();
        listener.position(connection, NAME, Set.of(partition));
        return listener.nextPosition();
    }

    private static RemoteCache open(InMemoryRemote remote) {
        return ((Opening.Agreed) remote.open(new CacheTerms(NAME, "format")).join()).cache();
    }
}
