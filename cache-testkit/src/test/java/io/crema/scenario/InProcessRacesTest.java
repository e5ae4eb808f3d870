package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheException;
import io.crema.InvalidationPendingException;
import io.crema.Tier;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads, loads and writes of one instance against each other and against the messages that reach it. */
@ParameterizedClass
@EnumSource(Style.class)
class InProcessRacesTest {

    private final Fleet fleet = new Fleet(1);
    private final Caller<String> a;
    private final Caller<String> b;

    InProcessRacesTest(Style style) {
        a = style.caller(fleet.node());
        b = style.caller(fleet.node());
        // The first write of a partition starts its clock, which looks like a gap.
        b.put("first", "").await();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void r01_invalidationBetweenRemoteReadAndInstall_isNotUndone() {
        b.put("k", "v1").await();
        RemoteGate replies = a.remote().holdReplies(Operation.READ);
        Call<String> read = a.look("k");
        replies.awaitHeld(1);

        b.put("k", "v2").await();
        replies.open();

        assertThat(read.await()).as("it began before the write").isEqualTo("v1");
        assertThat(a.read("k")).isEqualTo("v2");
    }

    @Test
    void r01_readThatStartsAfterTheInvalidation_doesNotJoinTheOlderOne() {
        b.put("k", "v1").await();
        RemoteGate first = a.remote().holdReplies(Operation.READ);
        Call<String> older = a.look("k");
        first.awaitHeld(1);
        b.put("k", "v2").await();
        RemoteGate second = a.remote().holdReplies(Operation.READ);
        second.open();

        assertThat(a.read("k")).isEqualTo("v2");

        first.open();
        assertThat(older.await()).isEqualTo("v1");
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
        assertThat(a.read("k")).isEqualTo("v2");
    }

    /** The message was lost, and nobody knows yet: what is older by its stamp stays out. */
    @Test
    void r01_olderReadLandsAfterANewerOne_theNewerStays() {
        b.put("k", "v1").await();
        RemoteGate first = a.remote().holdReplies(Operation.READ);
        Call<String> older = a.look("k");
        first.awaitHeld(1);
        a.remote().dropMessages(1);
        b.put("k", "v2").await();
        RemoteGate second = a.remote().holdReplies(Operation.READ);
        second.open();
        assertThat(a.latest("k").await()).isEqualTo("v2");

        first.open();

        assertThat(older.await()).isEqualTo("v1");
        assertThat(a.read("k")).isEqualTo("v2");
    }

    @Test
    void r02_ownInvalidationDuringARead_itsMessageIsEnough() {
        b.put("k", "v1").await();
        RemoteGate reads = a.remote().holdReplies(Operation.READ);
        Call<String> read = a.look("k");
        reads.awaitHeld(1);
        RemoteGate acknowledgements = a.remote().holdReplies(Operation.INVALIDATE);
        Call<Boolean> invalidation = a.invalidate("k");
        acknowledgements.awaitHeld(1);

        reads.open();

        assertThat(read.await()).isEqualTo("v1");
        assertThat(a.read("k")).isNull();
        acknowledgements.open();
        assertThat(invalidation.await()).isTrue();
    }

    @Test
    void r02_ownInvalidationDuringARead_itsReplyIsEnough() {
        b.put("k", "v1").await();
        RemoteGate reads = a.remote().holdReplies(Operation.READ);
        Call<String> read = a.look("k");
        reads.awaitHeld(1);
        a.remote().holdDelivery();
        assertThat(a.invalidate("k").await()).isTrue();

        reads.open();

        assertThat(read.await()).isEqualTo("v1");
        assertThat(a.read("k")).isNull();
    }

    @Test
    void r02_ownInvalidationOfANearValue_isDoneWhenTheCallReturns() {
        a.put("k", "v1").await();
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
        a.remote().holdDelivery();

        a.invalidate("k").await();

        assertThat(a.read("k")).isNull();
    }

    @Test
    void r03_twoPutsWhoseRepliesComeInTheOtherOrder_theLastInTheRemoteTierStays() {
        a.remote().holdDelivery();
        RemoteGate first = a.remote().holdReplies(Operation.PUT);
        Call<Void> older = a.put("k", "v1");
        first.awaitHeld(1);
        RemoteGate second = a.remote().holdReplies(Operation.PUT);
        Call<Void> newer = a.put("k", "v2");
        second.awaitHeld(1);

        second.open();
        newer.await();
        first.open();
        older.await();

        assertThat(a.read("k")).isEqualTo("v2");
        a.remote().releaseDelivery();
        assertThat(a.read("k")).isEqualTo("v2");
        assertThat(b.read("k")).isEqualTo("v2");
    }

    @Test
    void r03_ownPutAcknowledgedAfterTheMessageOfAnothers_isNotInstalled() {
        RemoteGate replies = a.remote().holdReplies(Operation.PUT);
        Call<Void> own = a.put("k", "v1");
        replies.awaitHeld(1);
        b.put("k", "v2").await();

        replies.open();
        own.await();

        assertThat(a.read("k")).isEqualTo("v2");
    }

    @Test
    void r03_ownEchoAfterItsReply_leavesTheValueNear() {
        a.remote().holdDelivery();
        a.put("k", "v1").await();
        a.remote().releaseDelivery();

        int reads = a.reads();
        assertThat(a.read("k")).isEqualTo("v1");
        assertThat(a.reads()).isEqualTo(reads);
    }

    @Test
    void r03_ownEchoAndAnothersWriteBothLate_theOthersWins() {
        a.remote().holdDelivery();
        a.put("k", "v1").await();
        b.put("k", "v2").await();
        assertThat(a.read("k")).as("the message is still on its way").isEqualTo("v1");

        a.remote().releaseDelivery();

        assertThat(a.read("k")).isEqualTo("v2");
    }

    @Test
    void r04_putThatFails_leavesNothingThatOthersDoNotHave() {
        a.put("k", "v0").await();
        assertThat(b.read("k")).isEqualTo("v0");
        a.remote().fail(Operation.PUT);

        Throwable failure = a.put("k", "v1").failure();

        assertThat(failure)
                .isInstanceOf(CacheException.class)
                .isNotInstanceOf(InvalidationPendingException.class)
                .hasMessageContaining("texts");
        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
    }

    @Test
    void r04_putThatTimesOut_leavesNothingThatOthersDoNotHave() {
        b.put("k", "v0").await();
        assertThat(a.read("k")).isEqualTo("v0");
        RemoteGate requests = a.remote().holdRequests(Operation.PUT);
        Call<Void> put = a.put("k", "v1");
        requests.awaitHeld(1);

        fleet.passUntilDone(put);

        assertThat(put.failure()).isInstanceOf(CacheException.class);
        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
        requests.open();
        assertThat(a.read("k")).as("executed late, so for all").isEqualTo("v1");
        assertThat(b.read("k")).isEqualTo("v1");
    }

    @Test
    void r04_putThatNobodyConfirms_dropsTheOwnCopyAndSaysSo() {
        a.put("k", "v0").await();
        a.remote().fail(Operation.PUT, Operation.INVALIDATE);

        assertThat(a.put("k", "v1").failure()).isInstanceOf(InvalidationPendingException.class);

        assertThat(a.read("k")).as("neither of the two is trusted").isNull();
        assertThat(a.load("k", "origin")).isEqualTo("origin");
        assertThat(b.read("k")).isEqualTo("v0");
    }

    @Test
    void r06_clearDuringALoadThatFillsNothing_isNotUndone() {
        a.remote().fail(Operation.LEASE);
        HeldLoader loader = new HeldLoader();
        Call<String> load = a.get("k", loader);
        loader.awaitCalled();

        b.clear().await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.load("k", "v2")).isEqualTo("v2");
    }

    @Test
    void r06_ownClearDuringALoadThatFillsNothing_isDoneWhenTheCallReturns() {
        a.remote().fail(Operation.LEASE);
        HeldLoader loader = new HeldLoader();
        Call<String> load = a.get("k", loader);
        loader.awaitCalled();
        a.remote().holdDelivery();

        a.clear().await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.load("k", "v2")).isEqualTo("v2");
    }

    @Test
    void r06_clearDuringARemoteRead_isNotUndone() {
        b.put("k", "v1").await();
        RemoteGate replies = a.remote().holdReplies(Operation.READ);
        Call<String> read = a.look("k");
        replies.awaitHeld(1);

        b.clear().await();
        replies.open();

        assertThat(read.await()).as("its record is below the floor").isNull();
        assertThat(a.read("k")).isNull();
    }

    @Test
    void r07_invalidationDuringALoad_waitsForNobody() {
        a.put("other", "1").await();
        HeldLoader loader = new HeldLoader();
        Call<String> load = a.get("k", loader);
        loader.awaitCalled();

        b.invalidate("k").await();
        b.put("other", "2").await();

        assertThat(a.read("other")).as("the messages after it are applied too").isEqualTo("2");
        assertThat(load.isDone()).isFalse();
        loader.answer("v1");
        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.read("k")).isNull();
    }

    @Test
    void r08_loaderFailsForManyCallers_allShareTheOneFailure() {
        HeldLoader loader = new HeldLoader();
        List<Call<String>> calls = new ArrayList<>();
        calls.add(a.get("k", loader));
        loader.awaitCalled();
        for (int i = 0; i < 5; i++) {
            Call<String> joining = a.get("k", loader);
            joining.awaitWaiting();
            calls.add(joining);
        }
        IllegalStateException failure = new IllegalStateException("no origin");

        loader.fail(failure);

        assertThat(calls).allSatisfy(call -> assertThat(call.failure()).isSameAs(failure));
        assertThat(loader.calls()).isEqualTo(1);
        assertThat(b.load("k", "v")).as("the lease was given up").isEqualTo("v");
    }

    @Test
    void r10_leaderLeavesWhileTheRemoteTierAnswers_theOthersGetTheValue() {
        b.put("k", "v1").await();
        RemoteGate replies = a.remote().holdReplies(Operation.READ);
        Call<String> leader = a.look("k");
        replies.awaitHeld(1);
        Call<String> other = a.look("k");
        other.awaitWaiting();

        leader.abandon();
        replies.open();

        assertThat(other.await()).isEqualTo("v1");
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
    }

    @Test
    void r10_leaderLeavesItsLoader_theOthersGetTheValue() {
        HeldLoader loader = new HeldLoader();
        Call<String> leader = a.get("k", loader);
        loader.awaitCalled();
        Call<String> other = a.get("k", loader);
        other.awaitWaiting();

        leader.abandon();
        loader.answer("v1");

        assertThat(other.await()).isEqualTo("v1");
        assertThat(b.read("k")).isEqualTo("v1");
    }

    @Test
    void r11_loaderAsksForItsOwnKey_failsAtOnce() {
        Throwable failure = a.get("k", key -> a.getHere(key, again -> "v")).failure();

        assertThat(failure)
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("asks for the key that it is loading");
        assertThat(a.load("k", "v")).as("the key is free again").isEqualTo("v");
    }

    @Test
    void lookUp_duringALoad_doesNotWaitForIt() {
        HeldLoader loader = new HeldLoader();
        Call<String> load = a.get("k", loader);
        loader.awaitCalled();

        assertThat(a.read("k")).isNull();

        loader.answer("v");
        assertThat(load.await()).isEqualTo("v");
    }

    @Test
    void get_manyAtOnce_loadOnce() {
        HeldLoader loader = new HeldLoader();
        List<Call<String>> calls = new ArrayList<>();
        calls.add(a.get("k", loader));
        loader.awaitCalled();
        Call<String> joining = a.get("k", loader);
        joining.awaitWaiting();
        calls.add(joining);
        fleet.pass(Duration.ofSeconds(5));

        loader.answer("v");

        assertThat(calls).allSatisfy(call -> assertThat(call.await()).isEqualTo("v"));
        assertThat(loader.calls()).isEqualTo(1);
    }
}
