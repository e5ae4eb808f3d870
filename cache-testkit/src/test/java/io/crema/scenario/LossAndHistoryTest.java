package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Tier;
import io.crema.scenario.Fleet.Node;
import io.crema.spi.CodecException;
import io.crema.spi.KeyCodec;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages that are lost, late, repeated or unreadable, and a remote tier that forgets. */
@ParameterizedClass
@EnumSource(Style.class)
class LossAndHistoryTest {

    private static final Duration AUDIT = Duration.ofMillis(5_100);

    private final Fleet fleet = new Fleet(1);
    private final HeldCodec codec = new HeldCodec();
    private final Style style;
    private final Caller<String> a;
    private final Caller<String> b;

    LossAndHistoryTest(Style style) {
        this.style = style;
        a = style.caller(fleet.node(builder -> builder.codec(codec)));
        b = style.caller(fleet.node());
        // The first write of a partition starts its clock, which looks like a gap.
        b.put("first", "").await();
        b.put("k", "v1").await();
        assertThat(a.read("k")).isEqualTo("v1");
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    // Loss

    @Test
    void r40_writeWhileTheSubscriberIsDown_isSeenOnceItIsBack() {
        a.remote().disconnect();
        b.put("k", "v2").await();
        assertThat(a.read("k")).as("within the bound").isEqualTo("v1");

        a.remote().reconnect();

        assertThat(a.read("k")).isEqualTo("v2");
    }

    @Test
    void r41_valueLoadedWhileTheSubscriberIsDown_isSuspectToo() {
        a.remote().disconnect();
        assertThat(a.load("other", "v1")).isEqualTo("v1");
        assertThat(a.tier("other")).isEqualTo(Tier.NEAR);
        b.put("other", "v2").await();

        a.remote().reconnect();

        assertThat(a.read("other")).isEqualTo("v2");
    }

    /** The write comes before the subscription is acknowledged, so that no message tells of it. */
    @Test
    void r41_valueReadBeforeTheClocksAreCompared_isSuspectToo() {
        a.remote().disconnect();
        a.remote().hang(Operation.SUBSCRIBE);
        a.remote().reconnect();
        assertThat(a.latest("k").await()).isEqualTo("v1");
        b.put("k", "v2").await();
        a.remote().recover();
        a.remote().disconnect();

        a.remote().reconnect();

        assertThat(a.read("k")).isEqualTo("v2");
    }

    @Test
    void r43_singleLostMessageAndSilence_isFoundByTheAudit() {
        assertThat(a.cache().stats().gaps()).isZero();
        a.remote().dropMessages(1);
        b.put("k", "v2").await();

        fleet.pass(AUDIT);

        assertThat(a.read("k")).isEqualTo("v2");
        assertThat(a.cache().stats().gaps()).isPositive();
    }

    @Test
    void r43_singleLostMessage_isFoundByTheNextOne() {
        a.remote().dropMessages(1);
        b.put("k", "v2").await();
        int compared = a.remote().executed(Operation.POSITION);

        b.put("other", "").await();

        assertThat(a.read("k")).isEqualTo("v2");
        assertThat(a.remote().executed(Operation.POSITION))
                .as("clocks and floors")
                .isEqualTo(compared + 1);
    }

    @Test
    void r43_lostClear_isFoundByTheNextMessage() {
        a.remote().dropMessages(1);
        b.clear().await();

        b.put("other", "").await();

        assertThat(a.read("k")).isNull();
    }

    @Test
    void r43_lostClearAndTheClocksCannotBeRead_theFloorComesWithTheRecord() {
        b.put("other", "w1").await();
        a.remote().dropMessages(1);
        b.clear().await();
        a.remote().fail(Operation.POSITION);

        b.put("another", "").await();

        assertThat(a.read("other")).isNull();
    }

    @Test
    void gap_entryThatIsStillRight_isRevalidatedByItsHeaderAndStays() {
        a.remote().dropMessages(1);
        b.put("lost", "").await();
        b.put("other", "").await();
        int reads = a.reads();
        int decoded = codec.decoded();

        assertThat(a.read("k")).isEqualTo("v1");
        assertThat(a.read("k")).isEqualTo("v1");

        assertThat(a.reads()).as("one header").isEqualTo(reads + 1);
        assertThat(codec.decoded()).as("no payload").isEqualTo(decoded);
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
    }

    @Test
    void gap_duringARead_itsResultIsNotKept() {
        b.put("other", "w1").await();
        RemoteGate replies = a.remote().holdReplies(Operation.READ);
        Call<String> read = a.look("other");
        replies.awaitHeld(1);
        a.remote().dropMessages(1);
        b.put("other", "w2").await();
        b.put("k", "v2").await();

        replies.open();

        assertThat(read.await()).isEqualTo("w1");
        assertThat(a.read("other")).isEqualTo("w2");
    }

    @Test
    void gap_duringAPut_itsValueIsNotKept() {
        RemoteGate replies = a.remote().holdReplies(Operation.PUT);
        Call<Void> put = a.put("other", "w1");
        replies.awaitHeld(1);
        a.remote().dropMessages(1);
        b.put("other", "w2").await();
        b.put("k", "v2").await();

        replies.open();
        put.await();

        assertThat(a.read("other")).isEqualTo("w2");
    }

    @Test
    void duplicatedMessage_isHarmless() {
        assertThat(b.load("other", "w1")).isEqualTo("w1");
        long gaps = a.cache().stats().gaps();
        a.remote().duplicateMessages(1);

        b.put("other", "w2").await();

        int reads = a.reads();
        assertThat(a.read("k")).isEqualTo("v1");
        assertThat(a.reads()).as("nothing became suspect").isEqualTo(reads);
        assertThat(a.cache().stats().gaps()).isEqualTo(gaps);
        assertThat(a.read("other")).isEqualTo("w2");
    }

    @Test
    void delayedMessages_areAppliedWhenTheyCome() {
        a.remote().holdDelivery();
        b.put("k", "v2").await();
        b.put("k", "v3").await();
        assertThat(a.read("k")).isEqualTo("v1");

        a.remote().releaseDelivery();

        assertThat(a.read("k")).isEqualTo("v3");
    }

    @Test
    void unreadableMessage_makesThePartitionSuspect() {
        int reads = a.reads();

        fleet.server.publishUnreadable("texts", 0);

        assertThat(a.read("k")).isEqualTo("v1");
        assertThat(a.reads()).isEqualTo(reads + 1);
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
    }

    @Test
    void keyInAMessageThatCannotBeDecoded_makesThePartitionSuspect() {
        Node blind = fleet.node(builder -> builder.keyCodec(new BlindKeyCodec(new CodecException("not this one"))));
        Caller<String> c = style.caller(blind);
        assertThat(c.read("k")).isEqualTo("v1");
        b.put("unseen", "w1").await();
        assertThat(c.read("unseen")).isEqualTo("w1");
        int reads = c.reads();

        b.put("unseen", "w2").await();

        assertThat(c.read("unseen")).isEqualTo("w2");
        assertThat(c.read("k")).isEqualTo("v1");
        assertThat(c.reads()).isGreaterThanOrEqualTo(reads + 2);
    }

    @Test
    void keyInAMessageWhoseClassesAreMissing_makesThePartitionSuspect() {
        Node blind =
                fleet.node(builder -> builder.keyCodec(new BlindKeyCodec(new NoClassDefFoundError("of this key"))));
        Caller<String> c = style.caller(blind);
        assertThat(c.read("k")).isEqualTo("v1");
        b.put("unseen", "w1").await();
        assertThat(c.read("unseen")).isEqualTo("w1");

        b.put("unseen", "w2").await();

        assertThat(c.read("unseen")).isEqualTo("w2");
    }

    /** Writes every key, and cannot read one of them. */
    private static final class BlindKeyCodec implements KeyCodec<String> {

        private final KeyCodec<String> codec = KeyCodec.standard();
        private final Throwable failure;

        BlindKeyCodec(Throwable failure) {
            this.failure = failure;
        }

        @Override
        public String format() {
            return codec.format();
        }

        @Override
        public byte[] encode(String key) {
            return codec.encode(key);
        }

        @Override
        public String decode(byte[] bytes) {
            String key = codec.decode(bytes);
            if (key.equals("unseen")) {
                throw failure instanceof Error error ? raise(error) : (RuntimeException) failure;
            }
            return key;
        }

        private static RuntimeException raise(Error error) {
            throw error;
        }
    }

    // Subscription

    /** The clocks are compared at times anyway: that must not be taken for the end of a subscription that failed. */
    @Test
    void subscriptionRefused_nothingIsLeased() {
        a.remote().disconnect();
        a.remote().fail(Operation.SUBSCRIBE);
        a.remote().reconnect();
        passWithLateReplies(AUDIT);

        b.put("k", "v2").await();
        passWithLateReplies(Duration.ofSeconds(3));

        assertThat(a.read("k")).isEqualTo("v2");
    }

    /** What a heartbeat asks is answered after it has asked all. */
    private void passWithLateReplies(Duration duration) {
        for (long passed = 0; passed < duration.toMillis(); passed += 50) {
            a.remote().holdDelivery();
            fleet.pass(Duration.ofMillis(50));
            a.remote().releaseDelivery();
        }
    }

    // History

    @Test
    void r47_restartEmpty_everythingIsGoneOnce() {
        b.remote().disconnect();
        fleet.server.restartEmpty();
        assertThat(a.read("k")).isNull();
        a.put("new", "v2").await();
        long floor = fleet.server.floor("texts", 0);

        b.remote().reconnect();

        assertThat(b.read("new")).isEqualTo("v2");
        assertThat(a.tier("new")).isEqualTo(Tier.NEAR);
        assertThat(fleet.server.floor("texts", 0)).as("cleared once").isEqualTo(floor);
        assertThat(fleet.server.executed(Operation.REPAIR))
                .as("of the partition and that of the tags, by two instances")
                .isEqualTo(4);
    }

    @Test
    void r47_flushAll_isFoundByTheAudit() {
        fleet.server.flushAll();

        fleet.pass(AUDIT);

        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
        assertThat(a.load("k", "v2")).isEqualTo("v2");
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
    }

    @Test
    void r47_clockIsEvicted_laterWritesAreStillNewer() {
        fleet.server.loseClock("texts", 0);

        b.put("k", "v2").await();
        assertThat(a.read("k")).isEqualTo("v2");

        fleet.server.loseClock("texts", 0);
        b.invalidate("k").await();
        assertThat(a.read("k")).isNull();
    }

    @Test
    void failover_toAnEarlierState_forgetsWhatMayBeOld() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.put("k", "v2").await();
        assertThat(a.read("k")).isEqualTo("v2");

        fleet.server.failover(earlier);

        assertThat(a.read("k")).as("not v1, whose invalidation was lost").isNull();
        assertThat(b.read("k")).isNull();
        assertThat(a.load("k", "v2")).isEqualTo("v2");
        assertThat(b.read("k")).isEqualTo("v2");
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
    }

    @Test
    void rollback_inOneHistory_isFoundByTheAudit() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.put("k", "v2").await();
        assertThat(a.read("k")).isEqualTo("v2");
        fleet.server.rollback(earlier);

        fleet.pass(AUDIT);

        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
    }

    @Test
    void rollback_inOneHistory_isFoundByTheNextMessage() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.put("k", "v2").await();
        b.put("k", "v3").await();
        assertThat(a.read("k")).isEqualTo("v3");
        fleet.server.rollback(earlier);

        b.put("other", "").await();

        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
    }

    @Test
    void failover_repairFails_nothingIsLeasedUntilItIsDone() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.put("k", "v2").await();
        a.remote().fail(Operation.REPAIR);
        b.remote().fail(Operation.REPAIR);
        fleet.server.failover(earlier);
        assertThat(a.read("k")).as("not v1, whose invalidation was lost").isNull();
        fleet.pass(Duration.ofSeconds(1));
        assertThat(a.read("k")).isNull();
        assertThat(a.latest("k").await()).isNull();
        assertThat(a.cache().getAllPresent(List.of("k"))).isEmpty();
        assertThat(a.load("k", "v2")).isEqualTo("v2");
        assertThat(a.load("k", "later"))
                .as("of this instance, within the bound")
                .isEqualTo("v2");
        fleet.pass(Duration.ofSeconds(3));
        assertThat(a.load("k", "later")).as("no lease").isEqualTo("later");

        a.remote().recover();
        b.remote().recover();
        // So many failed that the circuit breaker has opened.
        fleet.pass(Duration.ofSeconds(10));

        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
        a.load("k", "v3");
        fleet.pass(Duration.ofSeconds(3));
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
    }

    /** On a real server the clears of the repair jump, which looks like a gap. */
    @Test
    void gapDuringARepair_doesNotRepairAgain() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.remote().disconnect();
        RemoteGate replies = a.remote().holdReplies(Operation.REPAIR);

        fleet.server.failover(earlier);
        replies.awaitHeld(1);
        fleet.server.publishUnreadable("texts", 0);

        assertThat(a.remote().executed(Operation.REPAIR))
                .as("of the partition and that of the tags")
                .isEqualTo(2);
        replies.open();
        assertThat(a.read("k")).isNull();
        assertThat(a.load("k", "v2")).isEqualTo("v2");
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
    }

    @Test
    void disconnectDuringARepair_repairIsDoneOnTheNextConnection() {
        InMemoryServer.Snapshot earlier = fleet.server.snapshot();
        b.put("k", "v2").await();
        b.remote().fail(Operation.REPAIR);
        RemoteGate repairs = a.remote().holdRequests(Operation.REPAIR);
        fleet.server.failover(earlier);
        repairs.awaitHeld(1);
        a.remote().disconnect();
        repairs.failAll();

        a.remote().reconnect();
        repairs.awaitHeld(1);
        repairs.open();

        assertThat(a.read("k")).isNull();
    }
}
