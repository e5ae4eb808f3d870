package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.BusPosition;
import io.crema.spi.CacheTerms;
import io.crema.spi.InvalidateReply;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.Opening;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.testkit.RecordingListener.Answered;
import io.crema.testkit.RecordingListener.Connected;
import io.crema.testkit.RecordingListener.Disconnected;
import io.crema.testkit.RecordingListener.Invalidated;
import io.crema.testkit.RecordingListener.Unreadable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The faults of the server in memory do what they say, and only that. */
final class InMemoryFaultsTest {

    private static final String NAME = "cache";
    private static final RemoteKey KEY = new RemoteKey(0, new byte[] {1});
    private static final RemoteValue VALUE = RemoteValue.of(1, (byte) 1, new byte[] {2}, 1000, 1000, 0);

    private final ManualTime time = new ManualTime();
    private final InMemoryServer server = InMemoryServer.create(time);
    private final InMemoryRemote remoteA = server.connect();
    private final InMemoryRemote remoteB = server.connect();
    private final RemoteCache a = open(remoteA);
    private final RemoteCache b = open(remoteB);
    private final RecordingListener listener = new RecordingListener(Duration.ofSeconds(10));

    @BeforeEach
    void subscribe() {
        remoteA.invalidations().start(listener);
        listener.next(Connected.class);
        listener.subscribe(a);
        listener.next(Answered.class);
    }

    @Test
    void write_noFaults_isDeliveredBeforeItsReply() {
        RemoteGate gate = remoteB.holdReplies(Operation.PUT);

        CompletableFuture<StoreReply> reply = b.put(KEY, VALUE, 0, 0);

        gate.awaitHeld(1);
        listener.next(Invalidated.class);
        assertThat(reply).isNotDone();
    }

    @Test
    void holdDelivery_messagesAndReplies_comeLateButInOrder() {
        remoteA.holdDelivery();
        long stamp = invalidate();
        listener.heartbeat();
        assertThat(listener.isSilent()).isTrue();

        remoteA.releaseDelivery();

        assertThat(listener.next(Invalidated.class).message().stamp()).isEqualTo(stamp);
        listener.nextResult("heartbeat", String.class);
    }

    @Test
    void dropMessages_next_vanishLaterComes() {
        remoteA.dropMessages(2);
        invalidate();
        invalidate();
        long stamp = invalidate();

        assertThat(listener.next(Invalidated.class).message().stamp()).isEqualTo(stamp);
        assertThat(listener.isSilent()).isTrue();
    }

    @Test
    void duplicateMessages_next_comesTwice() {
        remoteA.duplicateMessages(1);
        long first = invalidate();
        long second = invalidate();

        assertThat(List.of(nextStamp(), nextStamp(), nextStamp())).containsExactly(first, first, second);
    }

    @Test
    void disconnect_heldMessages_areLostAndRequestsFail() {
        remoteA.holdDelivery();
        invalidate();
        listener.heartbeat();

        remoteA.disconnect();
        listener.connection().reset();
        invalidate();
        listener.position(a);

        assertThat(remoteA.isConnected()).isFalse();
        assertThat(listener.next(Answered.class).failure()).isInstanceOf(IOException.class);
        listener.next(Disconnected.class);
        assertThat(listener.next(Answered.class).failure()).isInstanceOf(IOException.class);
        assertThat(listener.isSilent()).isTrue();
    }

    @Test
    void reconnect_afterDisconnect_isANewConnection() {
        remoteA.disconnect();
        remoteA.reconnect();
        invalidate();

        listener.next(Disconnected.class);
        listener.next(Connected.class);
        assertThat(listener.isSilent()).as("not subscribed").isTrue();
    }

    @Test
    void holdRequests_command_isExecutedOnlyOnRelease() {
        RemoteGate gate = remoteA.holdRequests(Operation.PUT);
        CompletableFuture<StoreReply> put = a.put(KEY, VALUE, 0, 0);
        assertThat(kind()).isEqualTo(RemoteRecord.Kind.ABSENT);
        assertThat(gate.held()).isEqualTo(1);

        gate.releaseAll();

        assertThat(put).isCompleted();
        assertThat(kind()).isEqualTo(RemoteRecord.Kind.VALUE);
    }

    @Test
    void holdReplies_command_isExecutedButUnanswered() {
        RemoteGate gate = remoteA.holdReplies(Operation.PUT);
        CompletableFuture<StoreReply> first = a.put(KEY, VALUE, 0, 0);
        CompletableFuture<StoreReply> second = a.put(KEY, VALUE, 0, 0);
        assertThat(kind()).isEqualTo(RemoteRecord.Kind.VALUE);

        gate.releaseNext();
        gate.failNext();

        assertThat(first).isCompleted();
        assertThat(second).isCompletedExceptionally();
        assertThat(server.executed(Operation.PUT)).isEqualTo(2);
    }

    @Test
    void failAll_heldRequests_areNeverExecuted() {
        RemoteGate gate = remoteA.holdRequests(Operation.PUT);
        CompletableFuture<StoreReply> put = a.put(KEY, VALUE, 0, 0);

        gate.failAll();

        assertThat(put).isCompletedExceptionally();
        assertThat(server.executed(Operation.PUT)).isZero();
    }

    @Test
    void open_gate_letsLaterOnesPass() {
        RemoteGate gate = remoteA.holdRequests(Operation.PUT);
        CompletableFuture<StoreReply> held = a.put(KEY, VALUE, 0, 0);

        gate.open();

        assertThat(held).isCompleted();
        assertThat(a.put(KEY, VALUE, 0, 0)).isCompleted();
        assertThat(gate.held()).isZero();
    }

    @Test
    void gate_otherInstanceOrOperation_passes() {
        remoteA.holdRequests(Operation.PUT);

        assertThat(b.put(KEY, VALUE, 0, 0)).isCompleted();
        assertThat(a.read(KEY, ReadMode.VALUE)).isCompleted();
    }

    @Test
    void gate_ofBusOperation_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> remoteA.holdReplies(Operation.HEARTBEAT));
    }

    @Test
    void fail_heartbeat_failsOnlyThat() {
        remoteA.fail(Operation.HEARTBEAT);
        listener.heartbeat();
        listener.position(a);

        assertThat(listener.next(Answered.class).failure()).isInstanceOf(IOException.class);
        listener.nextPosition();
        assertThat(a.read(KEY, ReadMode.VALUE)).isCompleted();
    }

    @Test
    void hang_heartbeat_isAnsweredByTheLossOfTheConnection() {
        remoteA.hang(Operation.HEARTBEAT);
        listener.heartbeat();
        assertThat(listener.isSilent()).isTrue();

        listener.connection().reset();

        assertThat(listener.next(Answered.class).failure()).isInstanceOf(IOException.class);
        listener.next(Disconnected.class);
        listener.next(Connected.class);
    }

    @Test
    void hang_command_failsOnClose() {
        remoteA.hang(Operation.READ);
        CompletableFuture<RemoteRecord> read = a.read(KEY, ReadMode.VALUE);
        assertThat(read).isNotDone();

        remoteA.close();

        assertThat(read).isCompletedExceptionally();
        assertThat(server.executed(Operation.READ)).isZero();
    }

    @Test
    void goOffline_commandsAndBus_failUntilItComesBack() {
        remoteA.goOffline();
        assertThatThrownBy(() -> a.put(KEY, VALUE, 0, 0).join()).hasCauseInstanceOf(IOException.class);
        listener.next(Disconnected.class);

        remoteA.comeBack();

        listener.next(Connected.class);
        assertThat(a.put(KEY, VALUE, 0, 0)).isCompleted();
    }

    @Test
    void flushAll_data_isGoneInTheSameHistory() {
        invalidateAndForget();
        String history = position().history();
        server.flushAll();

        BusPosition after = position();

        assertThat(after.history()).isEqualTo(history);
        assertThat(after.partitions().values()).allMatch(at -> at.clock() == 0);
        assertThat(remoteA.isConnected()).isTrue();
    }

    @Test
    void restartEmpty_connections_areMadeAnewInAnotherHistory() {
        invalidateAndForget();
        String history = position().history();

        server.restartEmpty();

        listener.next(Disconnected.class);
        listener.next(Connected.class);
        BusPosition after = position();
        assertThat(after.history()).isNotEqualTo(history);
        assertThat(after.partitions().values()).allMatch(at -> at.clock() == 0);
    }

    @Test
    void failover_toSnapshot_losesLaterWritesInAnotherHistory() {
        long kept = invalidateAndForget();
        InMemoryServer.Snapshot snapshot = server.snapshot();
        String history = position().history();
        invalidateAndForget();

        server.failover(snapshot);

        listener.next(Disconnected.class);
        listener.next(Connected.class);
        BusPosition after = position();
        assertThat(after.history()).isNotEqualTo(history);
        assertThat(after.at(0).clock()).isEqualTo(kept);
    }

    @Test
    void rollback_toSnapshot_losesLaterWritesUnnoticed() {
        long kept = invalidateAndForget();
        InMemoryServer.Snapshot snapshot = server.snapshot();
        String history = position().history();
        invalidateAndForget();

        server.rollback(snapshot);
        BusPosition once = position();
        invalidateAndForget();
        server.rollback(snapshot);
        BusPosition twice = position();

        assertThat(once).isEqualTo(twice);
        assertThat(once.history()).isEqualTo(history);
        assertThat(once.at(0).clock()).isEqualTo(kept);
    }

    @Test
    void plantOpaque_record_isLeftByLeaseAndFillReplacedByPut() {
        server.plantOpaque(NAME, 0, KEY.bytes());

        LeaseReply lease = a.lease(KEY, 5, LeaseMode.EVEN_IF_FRESH, 1000, 0).join();

        assertThat(lease).isEqualTo(new LeaseReply.Refused(RemoteRecord.opaque(RemoteRecord.NO_FLOOR)));
        assertThat(a.fill(KEY, 5, VALUE, 0).join()).isEqualTo(new StoreReply.Refused());
        assertThat(kind()).isEqualTo(RemoteRecord.Kind.OPAQUE);
        a.put(KEY, VALUE, 0, 0).join();
        assertThat(kind()).isEqualTo(RemoteRecord.Kind.VALUE);
    }

    @Test
    void loseRecord_lease_refusesItsFill() {
        a.lease(KEY, 5, LeaseMode.UNLESS_FRESH, 1000, 0).join();
        server.loseRecord(NAME, 0, KEY.bytes());

        assertThat(a.fill(KEY, 5, VALUE, 0).join()).isEqualTo(new StoreReply.Refused());
    }

    @Test
    void publishUnreadable_message_isTold() {
        server.publishUnreadable(NAME, 3);

        assertThat(listener.next(Unreadable.class)).isEqualTo(new Unreadable(NAME, 3));
    }

    @Test
    void executed_operations_areCountedByInstanceAndKind() {
        a.put(KEY, VALUE, 0, 0).join();
        b.put(KEY, VALUE, 0, 0).join();
        b.readAll(List.of(KEY, KEY), ReadMode.VALUE).join();

        assertThat(remoteA.executed(Operation.PUT)).isEqualTo(1);
        assertThat(server.executed(Operation.PUT)).isEqualTo(2);
        assertThat(remoteB.executed(Operation.READ_ALL)).isEqualTo(1);
        assertThat(server.executed(Operation.READ)).isZero();
    }

    @Test
    void micros_timeAdvances_moveWithIt() {
        long before = server.micros();
        time.advance(Duration.ofMillis(5));

        assertThat(server.micros() - before).isEqualTo(5000);
    }

    @Test
    void writes_ofManyThreads_areToldOneAtATimeWithoutGaps() {
        int threads = 4;
        int writes = 500;
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            RemoteCache writer = thread % 2 == 0 ? a : b;
            running.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < writes; i++) {
                    writer.put(KEY, VALUE, 0, 0).join();
                }
            }));
        }
        running.forEach(each -> each.orTimeout(10, TimeUnit.SECONDS).join());

        long last = nextStamp();
        for (int i = 1; i < threads * writes; i++) {
            assertThat(nextStamp()).isEqualTo(++last);
        }
    }

    @Test
    void listener_thatWritesWhileItIsTold_isToldOfThatAfterwards() {
        InMemoryRemote remote = server.connect();
        RemoteCache cache = open(remote);
        StringBuilder order = new StringBuilder();
        remote.invalidations().start(new WritingListener(cache, order));

        b.put(KEY, VALUE, 0, 0).join();

        assertThat(order).hasToString("(write reply)(told)");
    }

    private long nextStamp() {
        return listener.next(Invalidated.class).message().stamp();
    }

    private long invalidate() {
        return b.invalidate(0, List.of(KEY), 0, 0)
                .thenApply(InvalidateReply::stamp)
                .join();
    }

    private long invalidateAndForget() {
        long stamp = invalidate();
        listener.forget();
        return stamp;
    }

    private BusPosition position() {
        listener.position(a);
        return listener.nextPosition();
    }

    private RemoteRecord.Kind kind() {
        return b.read(KEY, ReadMode.HEADER).join().kind();
    }

    private static RemoteCache open(InMemoryRemote remote) {
        return ((Opening.Agreed) remote.open(new CacheTerms(NAME, "format")).join()).cache();
    }
}
