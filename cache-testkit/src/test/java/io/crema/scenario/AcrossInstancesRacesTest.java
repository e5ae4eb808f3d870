package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crema.CacheEntry;
import io.crema.LoadingTieredCache;
import io.crema.Tier;
import io.crema.TieredCache;
import io.crema.scenario.Fleet.Node;
import io.crema.spi.KeyCodec;
import io.crema.testkit.ManualTime;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Loads, fills and writes of several instances against each other, while all messages arrive. */
@ParameterizedClass
@EnumSource(Style.class)
class AcrossInstancesRacesTest {

    private final Fleet fleet = new Fleet(1);
    private final Style style;
    private final Caller<String> a;
    private final Caller<String> b;

    AcrossInstancesRacesTest(Style style) {
        this.style = style;
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
    void r20_invalidationDuringALoad_theFillIsRefused() {
        HeldLoader loader = new HeldLoader();
        Call<String> load = a.get("k", loader);
        loader.awaitCalled();

        b.invalidate("k").await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
        assertThat(a.cache().stats().fillsRefused()).isEqualTo(1);
    }

    /** The loading instance does not know: what the remote tier refused must not be kept here either. */
    @Test
    void r20_writeDuringALoadWhoseMessageIsLate_nothingIsKept() {
        HeldLoader loader = new HeldLoader();
        Call<String> load = a.get("k", loader);
        loader.awaitCalled();
        a.remote().holdDelivery();

        b.put("k", "v2").await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.read("k")).isEqualTo("v2");
        assertThat(b.read("k")).isEqualTo("v2");
    }

    /** The load has no lease, so the message alone protects. */
    @Test
    void r20_invalidationDuringALoadThatFillsNothing_isNotUndone() {
        a.remote().fail(Operation.LEASE);
        HeldLoader loader = new HeldLoader();
        Call<String> load = a.get("k", loader);
        loader.awaitCalled();

        b.invalidate("k").await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.read("k")).isNull();
    }

    @Test
    void r20_invalidationBetweenFillAndInstall_isNotUndone() {
        RemoteGate fills = a.remote().holdReplies(Operation.FILL);
        Call<String> load = a.get("k", key -> "v1");
        fills.awaitHeld(1);

        b.invalidate("k").await();
        fills.open();

        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.read("k")).isNull();
    }

    @Test
    void r21_anothersLeaseAfterAnInvalidation_isNotTheOldHoldersToFill() {
        HeldLoader older = new HeldLoader();
        HeldLoader newer = new HeldLoader();
        Call<String> first = a.get("k", older);
        older.awaitCalled();
        b.invalidate("k").await();
        Call<String> second = b.get("k", newer);
        newer.awaitCalled();

        older.answer("v1");

        assertThat(first.await()).isEqualTo("v1");
        assertThat(a.read("k")).as("the lease is the other's").isNull();
        newer.answer("v2");
        assertThat(second.await()).isEqualTo("v2");
        assertThat(a.read("k")).isEqualTo("v2");
        assertThat(b.tier("k")).isEqualTo(Tier.NEAR);
    }

    @Test
    void r22_loaderOutlivesItsLeaseAndAnotherFilled_theFillIsRefused() {
        HeldLoader slow = new HeldLoader();
        Call<String> first = a.get("k", slow);
        slow.awaitCalled();
        fleet.pass(Duration.ofMillis(10_001));
        assertThat(b.load("k", "v2")).isEqualTo("v2");

        slow.answer("v1");

        assertThat(first.await()).isEqualTo("v1");
        assertThat(a.read("k")).isEqualTo("v2");
        assertThat(b.read("k")).isEqualTo("v2");
    }

    @Test
    void r22_leaseIsEvicted_theFillIsRefused() {
        HeldLoader loader = new HeldLoader();
        Call<String> load = a.get("k", loader);
        loader.awaitCalled();
        fleet.server.loseRecord("texts", 0, KeyCodec.<String>standard().encode("k"));

        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
    }

    @Test
    void r22_leaseIsOverButNobodyTookIt_stillFills() {
        HeldLoader slow = new HeldLoader();
        Call<String> load = a.get("k", slow);
        slow.awaitCalled();
        fleet.pass(Duration.ofMillis(10_001));

        slow.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertThat(b.read("k")).isEqualTo("v1");
    }

    @Test
    void r25_putExecutedButItsReplyLost_isNotRepeatedOverAnothers() {
        RemoteGate replies = a.remote().holdReplies(Operation.PUT);
        Call<Void> put = a.put("k", "v1");
        replies.awaitHeld(1);
        b.put("k", "v2").await();

        replies.failNext();

        assertThat(put.failure()).hasMessageContaining("did not confirm a put");
        assertThat(a.remote().executed(Operation.PUT)).isEqualTo(1);
        assertThat(a.read("k")).isNotEqualTo("v1");
        assertThat(b.read("k")).isNotEqualTo("v1");
    }

    /** The load is one that replaces a fresh value, so there is no miss that could be noticed. */
    @Test
    void r23_invalidationDuringARefresh_itsOlderValueIsNotKept() {
        HeldLoader loader = new HeldLoader();
        LoadingTieredCache<String, String> loading = fleet.loading(fleet.bare(), loader);
        b.put("k", "v1").await();
        assertThat(loading.get("k")).isEqualTo("v1");
        Call<String> refresh = new Call<>(loading.refresh("k"), null);
        loader.awaitCalled();

        b.invalidate("k").await();
        loader.answer("v1");

        assertThat(refresh.await()).isEqualTo("v1");
        assertThat(loading.getIfPresent("k")).isNull();
        assertThat(b.read("k")).isNull();
    }

    @Test
    void r26_writerDiesAfterItsPutWasExecuted_theOthersWereTold() {
        b.put("k", "v0").await();
        assertThat(b.tier("k")).isEqualTo(Tier.NEAR);
        RemoteGate replies = a.remote().holdReplies(Operation.PUT);
        Call<Void> put = a.put("k", "v1");
        replies.awaitHeld(1);

        a.node().crema().close();

        assertThat(b.read("k")).isEqualTo("v1");
        put.failure();
    }

    @Test
    void r26_writerDiesBeforeItsPutWasExecuted_nothingHappened() {
        b.put("k", "v0").await();
        RemoteGate requests = a.remote().holdRequests(Operation.PUT);
        Call<Void> put = a.put("k", "v1");
        requests.awaitHeld(1);

        a.node().crema().close();

        put.failure();
        assertThat(b.tier("k")).isEqualTo(Tier.NEAR);
        assertThat(b.read("k")).isEqualTo("v0");
        assertThat(b.latest("k").await()).isEqualTo("v0");
    }

    @Test
    void r27_invalidationOfAKeyThatTheRemoteTierLost_reachesTheOthers() {
        a.put("k", "v1").await();
        assertThat(b.read("k")).isEqualTo("v1");
        fleet.server.loseRecord("texts", 0, KeyCodec.<String>standard().encode("k"));
        assertThat(b.read("k")).isEqualTo("v1");

        assertThat(a.invalidate("k").await()).isFalse();

        assertThat(b.read("k")).isNull();
    }

    /** Each writer's own put is the last that it hears of, but for the messages, which name the order. */
    @Test
    void r31_writersAtOnce_allInstancesAgree() {
        Caller<String> c = style.caller(fleet.node());
        List<Caller<String>> all = List.of(a, b, c);
        all.forEach(instance -> instance.remote().holdDelivery());
        RemoteGate first = a.remote().holdReplies(Operation.PUT);
        RemoteGate second = b.remote().holdReplies(Operation.PUT);
        Call<Void> older = a.put("k", "a1");
        first.awaitHeld(1);
        Call<Void> newer = b.put("k", "b1");
        second.awaitHeld(1);

        second.open();
        newer.await();
        first.open();
        older.await();
        c.remote().releaseDelivery();
        b.remote().releaseDelivery();
        a.remote().releaseDelivery();

        assertThat(all).allSatisfy(instance -> {
            assertThat(instance.read("k")).isEqualTo("b1");
            assertThat(instance.latest("k").await()).isEqualTo("b1");
        });
    }

    @Test
    void r49_clocksThatDifferByMinutes_doNotOrderWrites() {
        Caller<String> early = style.caller(nodeAt(Duration.ofMinutes(-7)));
        Caller<String> late = style.caller(nodeAt(Duration.ofMinutes(9)));

        late.put("k", "v1").await();
        early.put("k", "v2").await();
        assertThat(late.read("k")).isEqualTo("v2");
        late.put("k", "v3").await();
        assertThat(early.read("k")).isEqualTo("v3");
        early.invalidate("k").await();
        assertThat(late.load("k", "v4")).isEqualTo("v4");
        assertThat(early.read("k")).isEqualTo("v4");
        CacheEntry<String> entry = early.cache().entry("k");
        assertThat(entry.age()).isLessThan(Duration.ofSeconds(1));
        assertThat(entry.freshFor()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
    }

    private Node nodeAt(Duration clock) {
        Node node = fleet.bare(new ManualTime(clock.toNanos()));
        TieredCache<String, String> unused = Fleet.texts(node).build();
        return node;
    }

    @Test
    void r50_copyFromTheRemoteTier_livesNoLongerThanItsOriginal() {
        a.load("k", "v1");
        fleet.pass(Duration.ofMinutes(6));

        assertThat(b.read("k")).isEqualTo("v1");
        assertThat(b.cache().entry("k").age()).isGreaterThanOrEqualTo(Duration.ofMinutes(6));
        fleet.pass(Duration.ofMinutes(4));

        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
    }

    @Test
    void r52_instancesOfOneMomentAndOneName_hearEachOther() {
        a.put("k", "v1").await();
        assertThat(b.read("k")).isEqualTo("v1");
        b.put("k", "v2").await();
        assertThat(a.read("k")).isEqualTo("v2");
        a.invalidate("k").await();
        assertThat(b.read("k")).isNull();
    }

    @Test
    void clear_duringALoad_theFillIsRefused() {
        HeldLoader loader = new HeldLoader();
        Call<String> load = a.get("k", loader);
        loader.awaitCalled();
        a.remote().holdDelivery();

        b.clear().await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.read("k")).isNull();
        assertThat(b.read("k")).isNull();
    }

    @Test
    void get_whileAnotherInstanceLoads_waitsForItsFill() {
        HeldLoader theirs = new HeldLoader();
        HeldLoader own = new HeldLoader();
        Call<String> load = a.get("k", theirs);
        theirs.awaitCalled();
        Call<String> waiting = b.get("k", own);
        await().until(() -> b.remote().executed(Operation.LEASE) == 1);
        fleet.pass(Duration.ofMillis(900));
        assertThat(waiting.isDone()).isFalse();

        theirs.answer("v1");
        load.await();
        fleet.passUntilDone(waiting);

        assertThat(waiting.await()).isEqualTo("v1");
        assertThat(own.calls()).isZero();
        assertThat(b.tier("k")).isEqualTo(Tier.NEAR);
    }

    @Test
    void get_whileAnotherInstanceIsDead_loadsItselfAfterTheLimit() {
        HeldLoader theirs = new HeldLoader();
        Call<String> dead = a.get("k", theirs);
        theirs.awaitCalled();
        // Before it could give back its lease.
        a.remote().goOffline();
        a.node().crema().close();
        long began = fleet.time.nanos();

        Call<String> waiting = b.get("k", key -> "v2");
        fleet.passUntilDone(waiting);

        assertThat(waiting.await()).isEqualTo("v2");
        assertThat(Duration.ofNanos(fleet.time.nanos() - began)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(b.remote().executed(Operation.FILL)).as("it has no lease").isZero();
        theirs.answer("v1");
        dead.failure();
    }

    @Test
    void refresh_whileAnotherWrites_theWriteStays() {
        HeldLoader loader = new HeldLoader();
        Node node = fleet.bare();
        LoadingTieredCache<String, String> loading = fleet.loading(node, loader);
        b.put("k", "v1").await();
        assertThat(loading.get("k")).isEqualTo("v1");
        Call<String> refresh = new Call<>(loading.refresh("k"), null);
        loader.awaitCalled();
        assertThat(loading.get("k")).as("the old value meanwhile").isEqualTo("v1");

        b.put("k", "v2").await();
        loader.answer("old");

        assertThat(refresh.await()).isEqualTo("old");
        assertThat(loading.get("k")).isEqualTo("v2");
        assertThat(b.read("k")).isEqualTo("v2");
    }

    @Test
    void refresh_undisturbed_replacesTheValueHereAndRemotely() {
        HeldLoader loader = new HeldLoader();
        Node node = fleet.bare();
        LoadingTieredCache<String, String> loading = fleet.loading(node, loader);
        b.put("k", "v1").await();
        assertThat(loading.get("k")).isEqualTo("v1");
        loader.answer("v2");

        assertThat(new Call<>(loading.refresh("k"), null).await()).isEqualTo("v2");

        assertThat(loading.get("k")).isEqualTo("v2");
        assertThat(a.read("k")).isEqualTo("v2");
    }
}
