package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheException;
import io.crema.policy.HistoryChange;
import io.crema.spi.CacheTerms;
import io.crema.spi.KeyCodec;
import io.crema.spi.Opening;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteValue;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A remote tier that lost writes which it had acknowledged, and what each policy makes of it. */
@ParameterizedClass
@EnumSource(Style.class)
class HistoryPolicyTest {

    private static final Duration LONGER_THAN_THE_WINDOW = Duration.ofSeconds(40);

    private final Fleet fleet = new Fleet(1);
    private final Log log = new Log();
    private final Style style;
    private final Caller<String> a;
    private final Caller<String> b;

    HistoryPolicyTest(Style style) {
        this.style = style;
        a = style.caller(fleet.node());
        b = style.caller(fleet.node());
        b.put("k", "v1").await();
        b.put("other", "w1").await();
        fleet.pass(LONGER_THAN_THE_WINDOW);
        assertThat(a.read("k")).isEqualTo("v1");
        assertThat(a.read("other")).isEqualTo("w1");
    }

    @AfterEach
    void close() {
        log.close();
        fleet.close();
    }

    // What is lost, and known

    @Test
    void r44_lostInvalidation_isMadeAgainAndNothingElseIsGone() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.invalidate("k").await();

        fleet.server.failover(earlier);

        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
        assertThat(b.read("other")).isEqualTo("w1");
        assertThat(fleet.server.floor("texts", 0)).isZero();
        assertThat(a.load("k", "v2")).isEqualTo("v2");
        assertThat(b.read("k")).isEqualTo("v2");
    }

    @Test
    void r44_lostPut_doesNotLeaveTheValueBefore() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.put("k", "v2").await();
        assertThat(a.read("k")).isEqualTo("v2");

        fleet.server.failover(earlier);

        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
        assertThat(a.read("other")).isEqualTo("w1");
    }

    @Test
    void r44_lostPutIfAbsent_isNotLeftToThoseThatHaveIt() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        assertThat(b.cache().putIfAbsent("new", "v1")).isTrue();
        assertThat(b.read("new")).isEqualTo("v1");

        fleet.server.failover(earlier);

        assertThat(b.read("new")).isNull();
    }

    @Test
    void r44_lostClear_isMadeAgain() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.clear().await();

        fleet.server.failover(earlier);

        assertThat(a.read("k")).isNull();
        assertThat(b.read("other")).isNull();
        assertThat(fleet.server.floor("texts", 0)).isPositive();
    }

    @Test
    void r44_itsSenderIsGoneToo_whoReceivedItMakesItAgain() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.invalidate("k").await();
        b.node().crema().close();

        fleet.server.failover(earlier);

        assertThat(a.read("k")).isNull();
        assertThat(a.read("other")).isEqualTo("w1");
    }

    @Test
    void r44_nobodyReceivedIt_itsSenderMakesItAgain() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        a.remote().dropMessages(1);
        b.remote().dropMessages(1);
        b.invalidate("k").await();
        assertThat(a.read("k")).as("within the bound").isEqualTo("v1");

        fleet.server.failover(earlier);

        assertThat(a.read("k")).isNull();
    }

    @Test
    void r44_lostInvalidationOfATag_isMadeAgain() {
        RemoteCache raw = raw();
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        long before = fleet.server.clock("texts", 1);
        raw.invalidateTag("t", 7, 0).join();

        fleet.server.failover(earlier);

        assertThat(a.remote().executed(Operation.INVALIDATE_TAG)).isEqualTo(1);
        assertThat(b.remote().executed(Operation.INVALIDATE_TAG)).isEqualTo(1);
        assertThat(fleet.server.clock("texts", 1)).isGreaterThan(before);
    }

    /** The other history has come as far as the lost one had. */
    @Test
    void r45_sameClockInADivergedHistory_isNoticedAndMadeAgain() {
        RemoteCache raw = raw();
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.put("k", "v2").await();
        long clock = fleet.server.clock("texts", 0);
        a.remote().disconnect();
        b.remote().disconnect();
        fleet.server.failover(earlier);
        raw.put(key("unrelated"), value(), 0, 0).join();
        assertThat(fleet.server.clock("texts", 0)).isEqualTo(clock);

        a.remote().reconnect();
        b.remote().reconnect();

        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
        assertThat(b.read("other")).isEqualTo("w1");
    }

    /** The near tier holds what only the lost history had, under a stamp that the present one has not reached. */
    @Test
    void r44_nearEntryOfTheLostHistory_isNotTakenForThePresentOne() {
        Caller<String> trusting = style.caller(fleet.node(c -> c.onHistoryChange(HistoryChange.TRUST)));
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        IntStream.range(0, 50).forEach(i -> b.put("k", "lost-" + i).await());
        assertThat(trusting.read("k")).isEqualTo("lost-49");

        fleet.server.failover(earlier);

        assertThat(trusting.read("k")).isNull();
        assertThat(trusting.load("k", "v3")).isEqualTo("v3");
        b.put("k", "v4").await();
        assertThat(trusting.read("k")).isEqualTo("v4");
        assertThat(a.read("k")).isEqualTo("v4");
    }

    /** It has the very record that is there again, and never heard that it was invalidated. */
    @Test
    void r44_nearEntryWhoseInvalidationWasMissedAndLost_isGoneOnceItIsMadeAgain() {
        a.remote().dropMessages(1);
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.invalidate("k").await();
        RemoteGate repairs = b.remote().holdRequests(Operation.REPAIR);
        fleet.server.failover(earlier);
        repairs.awaitHeld(1);
        assertThat(a.read("k")).as("nobody has said otherwise").isEqualTo("v1");

        repairs.open();

        assertThat(a.read("k")).isNull();
    }

    // Repairs

    @Test
    void repair_ofTwoInstancesAtOnce_movesTheClockOnce() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.invalidate("k").await();
        long jumped = fleet.server.micros() + (1 << 20);
        RemoteGate mine = a.remote().holdRequests(Operation.REPAIR);
        RemoteGate theirs = b.remote().holdRequests(Operation.REPAIR);
        fleet.server.failover(earlier);
        mine.awaitHeld(2);
        theirs.awaitHeld(2);

        mine.open();
        theirs.open();

        assertThat(fleet.server.executed(Operation.REPAIR)).isEqualTo(4);
        assertThat(fleet.server.clock("texts", 0)).isBetween(jumped, jumped + 100);
        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
        assertThat(a.read("other")).isEqualTo("w1");
    }

    @Test
    void repair_failsHalfway_nothingIsReadUntilItIsDone() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.invalidate("k").await();
        a.remote().fail(Operation.INVALIDATE);
        b.remote().fail(Operation.INVALIDATE);
        fleet.server.failover(earlier);
        assertThat(a.remote().executed(Operation.REPAIR)).isEqualTo(2);

        fleet.pass(Duration.ofSeconds(3));
        int reads = a.reads();
        assertThat(a.read("k")).isNull();
        assertThat(a.latest("k").await()).isNull();
        assertThat(a.read("other")).isNull();
        assertThat(a.reads()).isEqualTo(reads);
        a.remote().recover();
        b.remote().recover();
        fleet.pass(Duration.ofMillis(600));

        assertThat(a.read("k")).isNull();
        assertThat(a.read("other")).isEqualTo("w1");
        assertThat(log.lines()).anyMatch(line -> line.contains("not read until a next attempt succeeds"));
    }

    @Test
    void invalidationAnsweredAfterTheRepair_ofAServerThatIsGone_isMadeAgain() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        RemoteGate replies = b.remote().holdReplies(Operation.INVALIDATE);
        a.remote().dropMessages(1);
        b.remote().dropMessages(1);
        Call<Boolean> invalidation = b.invalidate("k");
        replies.awaitHeld(1);
        fleet.server.failover(earlier);
        assertThat(a.read("k")).isEqualTo("v1");

        replies.open();
        invalidation.await();

        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
    }

    @Test
    void putAnsweredAfterTheRepair_ofAServerThatIsGone_isNotConfirmed() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        RemoteGate replies = b.remote().holdReplies(Operation.PUT);
        a.remote().dropMessages(1);
        b.remote().dropMessages(1);
        Call<Void> put = b.put("k", "v2");
        replies.awaitHeld(1);
        fleet.server.failover(earlier);

        replies.open();

        assertThat(put.failure()).isInstanceOf(CacheException.class).hasMessageContaining("repeat the call");
        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
    }

    @Test
    void clearAnsweredAfterTheRepair_ofAServerThatIsGone_isMadeAgain() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        RemoteGate replies = b.remote().holdReplies(Operation.CLEAR);
        a.remote().dropMessages(1);
        b.remote().dropMessages(1);
        Call<Void> clear = b.clear();
        replies.awaitHeld(1);
        fleet.server.failover(earlier);
        assertThat(a.read("k")).isEqualTo("v1");

        replies.open();
        clear.await();

        assertThat(a.read("k")).isNull();
        assertThat(a.read("other")).isNull();
    }

    // What cannot be known

    @Test
    void oldSnapshot_moreIsLostThanIsRemembered_everythingIsCleared() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.invalidate("k").await();
        fleet.pass(Duration.ofSeconds(32));

        fleet.server.failover(earlier);

        assertThat(a.read("k")).isNull();
        assertThat(a.read("other")).isNull();
        assertThat(log.lines()).anyMatch(line -> line.contains("cleared 2, because the writes of 32000 ms are lost"));
    }

    @Test
    void snapshotWithinTheWindow_isReplayed() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.invalidate("k").await();
        fleet.pass(Duration.ofSeconds(29));

        fleet.server.failover(earlier);

        assertThat(a.read("k")).isNull();
        assertThat(a.read("other")).isEqualTo("w1");
        assertThat(log.lines()).anyMatch(line -> line.contains("replayed 1 invalidations and kept all else in 2"));
    }

    /** Nothing is dropped while there is no heartbeat, however long. */
    @Test
    void longOutageBeforeTheFailover_whatIsRememberedIsStillThere() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.invalidate("k").await();
        a.remote().disconnect();
        b.remote().disconnect();
        fleet.pass(Duration.ofSeconds(55));
        fleet.server.failover(earlier);

        a.remote().reconnect();
        b.remote().reconnect();

        assertThat(a.read("k")).isNull();
        assertThat(b.read("other")).isEqualTo("w1");
    }

    @Test
    void secondConnectionDuringTheRepair_doesNotMakeTheLossSmaller() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.invalidate("k").await();
        fleet.pass(Duration.ofSeconds(32));
        b.remote().disconnect();
        a.remote().fail(Operation.REPAIR);
        fleet.server.failover(earlier);
        fleet.pass(Duration.ofSeconds(1));

        a.remote().disconnect();
        a.remote().recover();
        a.remote().reconnect();

        assertThat(a.read("k")).isNull();
        assertThat(a.read("other")).isNull();
    }

    @Test
    void moreKeysThanAreRemembered_everythingIsCleared() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.cache()
                .invalidateAll(
                        IntStream.range(0, 70_000).mapToObj(i -> "key-" + i).toList());

        fleet.server.failover(earlier);

        assertThat(a.read("k")).isNull();
        assertThat(log.lines()).anyMatch(line -> line.contains("too many keys"));
    }

    // Other policies

    @Test
    void clear_everythingIsGone() {
        Caller<String> clearing = style.caller(fleet.node(c -> c.onHistoryChange(HistoryChange.CLEAR)));
        assertThat(clearing.read("other")).isEqualTo("w1");

        fleet.server.failover(fleet.server.snapshot());

        assertThat(clearing.read("other")).isNull();
        assertThat(a.read("other")).isNull();
        assertThat(log.lines()).anyMatch(line -> line.contains("cleared 2, because that is its policy"));
    }

    @Test
    void trust_whatIsThereIsServed() {
        a.node().crema().close();
        b.node().crema().close();
        Caller<String> trusting = style.caller(fleet.node(c -> c.onHistoryChange(HistoryChange.TRUST)));
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        trusting.put("k", "v2").await();

        fleet.server.failover(earlier);

        assertThat(trusting.read("k")).isEqualTo("v1");
        assertThat(trusting.read("k")).isEqualTo("v1");
        assertThat(log.lines()).anyMatch(line -> line.contains("trusted 2, as is its policy"));
    }

    /** Its floor is of the lost history; what is below it would be neither served nor loaded again. */
    @Test
    void trust_afterALostClear_whatIsThereIsServed() {
        a.node().crema().close();
        b.node().crema().close();
        Caller<String> trusting = style.caller(fleet.node(c -> c.onHistoryChange(HistoryChange.TRUST)));
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        trusting.clear().await();

        fleet.server.failover(earlier);

        assertThat(trusting.read("k")).isEqualTo("v1");
    }

    private RemoteCache raw() {
        Opening opening = fleet.server
                .connect(1)
                .open(new CacheTerms("texts", KeyCodec.standard().format()))
                .join();
        return ((Opening.Agreed) opening).cache();
    }

    private static RemoteKey key(String key) {
        return new RemoteKey(0, KeyCodec.<String>standard().encode(key));
    }

    private static RemoteValue value() {
        return RemoteValue.of(1, (byte) 1, "x".getBytes(StandardCharsets.UTF_8), 1_000, 1_000, 0);
    }

    /** What is logged about changed histories. */
    private static final class Log extends Handler {

        private final Logger logger = Logger.getLogger("io.crema.internal.sync.Repairs");
        private final List<String> lines = new ArrayList<>();

        Log() {
            logger.addHandler(this);
        }

        synchronized List<String> lines() {
            return List.copyOf(lines);
        }

        @Override
        public synchronized void publish(LogRecord record) {
            lines.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }
}
