package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.Tier;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Invalidations of tags against loads and reads under way (R29), and messages of tags that are lost. */
@ParameterizedClass
@EnumSource(Style.class)
class TagRacesTest extends TagScenario {

    TagRacesTest(Style style) {
        super(style);
    }

    // Loads, whose tags only the loader knows

    @Test
    void r29_tagInvalidatedWhileTheOriginIsRead_isNotKept() {
        HeldLoader loader = a.loader.hold("t");
        Call<String> load = a.get("k");
        loader.awaitCalled();

        b.invalidateTag("t").await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertGoneEverywhere("k");
        assertThat(a.executed(Operation.FILL)).isZero();
        assertThat(a.cache().stats().fillsRefused()).isEqualTo(1);
    }

    @Test
    void r29_tagInvalidatedByTheLoadingInstance_isNotKept() {
        HeldLoader loader = a.loader.hold("t");
        Call<String> load = a.get("k");
        loader.awaitCalled();

        a.invalidateTag("t").await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertGoneEverywhere("k");
    }

    /** The loading instance does not know; the version that it reads after the load tells. */
    @Test
    void r29_messageOfTheTagIsLate_isNotKept() {
        HeldLoader loader = a.loader.hold("t");
        Call<String> load = a.get("k");
        loader.awaitCalled();
        a.remote().holdDelivery();

        b.invalidateTag("t").await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertGoneEverywhere("k");
    }

    /** Nobody has the tag, so its version is made when the load asks for it. */
    @Test
    void r29_tagThatNobodyHasInvalidated_isNotKept() {
        HeldLoader loader = a.loader.hold("fresh");
        Call<String> load = a.get("k");
        loader.awaitCalled();
        b.invalidateTag("fresh").await();
        fleet.server.loseTag("texts", "fresh");

        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertGoneEverywhere("k");
    }

    @Test
    void r29_secondOfTwoTagsInvalidated_isNotKept() {
        HeldLoader loader = a.loader.hold("t", "u");
        Call<String> load = a.get("k");
        loader.awaitCalled();

        b.invalidateTag("u").await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertGoneEverywhere("k");
    }

    @Test
    void r29_otherTagInvalidated_isKept() {
        HeldLoader loader = a.loader.hold("t");
        Call<String> load = a.get("k");
        loader.awaitCalled();

        b.invalidateTag("u").await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.values.tier("k")).isEqualTo(Tier.NEAR);
        assertThat(b.read("k")).isEqualTo("v1");
    }

    @Test
    void r29_tagInvalidatedBetweenItsVersionAndTheFill_isFilledDead() {
        RemoteGate versions = a.remote().holdReplies(Operation.TAG_VERSIONS);
        a.loader.give("v1", "t");
        Call<String> load = a.get("k");
        versions.awaitHeld(1);

        b.invalidateTag("t").await();
        versions.open();

        assertThat(load.await()).isEqualTo("v1");
        assertGoneEverywhere("k");
    }

    @Test
    void r29_tagInvalidatedBetweenFillAndInstall_isNotUndone() {
        RemoteGate fills = a.remote().holdReplies(Operation.FILL);
        a.loader.give("v1", "t");
        Call<String> load = a.get("k");
        fills.awaitHeld(1);

        b.invalidateTag("t").await();
        fills.open();

        assertThat(load.await()).isEqualTo("v1");
        assertGoneEverywhere("k");
    }

    @Test
    void r29_messagesOfTagsMayBeMissingSinceTheLoadBegan_isNotKept() {
        HeldLoader loader = a.loader.hold("t");
        Call<String> load = a.get("k");
        loader.awaitCalled();

        fleet.server.publishUnreadable("texts", 1);
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertGoneEverywhere("k");
        assertThat(a.executed(Operation.FILL)).isZero();
    }

    @Test
    void r29_loadThatIsNotKept_leavesTheLeaseToOthers() {
        HeldLoader loader = a.loader.hold("t");
        Call<String> load = a.get("k");
        loader.awaitCalled();
        b.invalidateTag("t").await();
        loader.answer("v1");
        load.await();
        b.loader.give("v2", "t");

        assertThat(b.load("k")).isEqualTo("v2");

        assertThat(b.values.tier("k")).isEqualTo(Tier.NEAR);
        assertThat(a.read("k")).isEqualTo("v2");
    }

    @Test
    void r29_versionsCannotBeRead_isNotKept() {
        a.remote().fail(Operation.TAG_VERSIONS);
        a.loader.give("v1", "t");

        assertThat(a.load("k")).isEqualTo("v1");

        a.remote().recover();
        assertGoneEverywhere("k");
    }

    /** As long as nobody knows what tags the load will have, each may be the one. */
    @Test
    void r29_readerThatComesAfterTheTag_doesNotJoinTheLoadBeforeIt() {
        HeldLoader older = a.loader.hold("t");
        Call<String> first = a.get("k");
        older.awaitCalled();
        // Another instance would wait for the first one's lease; this one loads for itself after a second.
        b.invalidateTag("t").await();
        a.loader.give("v2", "t");

        Call<String> second = a.get("k");
        fleet.passUntilDone(second);

        assertThat(second.await()).isEqualTo("v2");
        older.answer("v1");
        assertThat(first.await()).isEqualTo("v1");
        assertThat(a.read("k")).isNotEqualTo("v1");
    }

    @Test
    void r29_readerThatComesBeforeTheTag_sharesTheLoad() {
        HeldLoader held = a.loader.hold("t");
        Call<String> first = a.get("k");
        held.awaitCalled();
        Call<String> second = a.get("k");
        second.awaitWaiting();

        b.invalidateTag("t").await();
        held.answer("v1");

        assertThat(first.await()).isEqualTo("v1");
        assertThat(second.await()).isEqualTo("v1");
        assertThat(a.loader.calls()).isEqualTo(1);
    }

    // Reads of what is stored

    @Test
    void read_tagInvalidatedWhileItsVersionIsUnderWay_isNotInstalled() {
        b.put("k", "v1", "t");
        RemoteGate versions = a.remote().holdReplies(Operation.TAG_VERSIONS);
        Call<String> read = a.values.look("k");
        versions.awaitHeld(1);

        b.invalidateTag("t").await();
        versions.open();

        assertThat(read.await()).as("it began before").isEqualTo("v1");
        assertThat(a.read("k")).isNull();
    }

    @Test
    void read_messagesMayBeMissingWhileTheVersionIsUnderWay_isNotInstalled() {
        b.put("k", "v1", "t");
        RemoteGate versions = a.remote().holdReplies(Operation.TAG_VERSIONS);
        Call<String> read = a.values.look("k");
        versions.awaitHeld(1);
        a.remote().dropMessages(1);

        b.invalidateTag("t").await();
        b.invalidateTag("u").await();
        versions.open();

        assertThat(read.await()).isEqualTo("v1");
        assertThat(a.read("k")).isNull();
    }

    @Test
    void read_versionCannotBeRead_isNoValue() {
        b.put("k", "v1", "t");
        a.remote().fail(Operation.TAG_VERSIONS);

        assertThat(a.read("k")).isNull();
        a.loader.give("from the origin", "t");
        assertThat(a.load("k")).isEqualTo("from the origin");
        assertThat(b.read("k")).as("nobody else is told").isEqualTo("v1");

        a.remote().recover();
        assertThat(a.read("k")).isEqualTo("v1");
    }

    /** What this instance knows of the tag is older than the record. */
    @Test
    void read_recordThatIsNewerThanWhatIsKnownOfItsTag_isFound() {
        a.put("mine", "", "t");
        a.remote().holdDelivery();
        b.invalidateTag("t").await();
        b.put("k", "v1", "t");

        assertThat(a.read("k")).isEqualTo("v1");
    }

    @Test
    void latest_messageOfTheTagIsLate_isGone() {
        a.put("k", "v1", "t");
        a.remote().holdDelivery();

        b.invalidateTag("t").await();

        assertThat(a.read("k")).as("within the bound").isEqualTo("v1");
        assertThat(a.values.latest("k").await()).isNull();
    }

    @Test
    void read_withoutALease_asksForTheVersion() {
        a.put("k", "v1", "t");
        a.put("other", "w1", "u");
        a.remote().disconnect();
        fleet.pass(Duration.ofSeconds(3));

        b.invalidateTag("t").await();

        assertThat(a.read("k")).isNull();
        assertThat(a.read("other")).isEqualTo("w1");
    }

    /** Served on the strength of its own age it would rest on a version that was known before. */
    @Test
    void read_withoutALeaseWhatWasReadUnderOne_isLookedAtAnew() {
        a.put("mine", "", "t");
        b.put("k", "v1", "t");
        a.remote().disconnect();
        fleet.pass(Duration.ofMillis(1_700));
        assertThat(a.read("k")).as("under the last of the lease").isEqualTo("v1");
        b.invalidateTag("t").await();
        fleet.pass(Duration.ofMillis(100));

        assertThat(a.read("k")).isNull();
    }

    @Test
    void read_recordOfAVersionThatWasLost_isGone() {
        a.put("k", "v1", "t");
        fleet.server.loseTag("texts", "t");
        LoadingCaller later = new LoadingCaller(Style.SYNCHRONOUS, fleet.bare());

        assertThat(later.read("k")).isNull();
    }

    // Messages that are lost

    @Test
    void r43_singleLostMessageOfATag_isFoundByTheNextOne() {
        a.put("k", "v1", "t");
        a.put("other", "w1", "u");
        a.remote().dropMessages(1);
        b.invalidateTag("t").await();
        assertThat(a.read("k")).as("within the bound").isEqualTo("v1");

        b.invalidateTag("nobody's").await();

        assertThat(a.read("k")).isNull();
        assertThat(a.read("other")).isEqualTo("w1");
        assertThat(a.values.tier("other")).isEqualTo(Tier.NEAR);
    }

    @Test
    void r43_singleLostMessageOfATagAndSilence_isFoundByTheAudit() {
        a.put("k", "v1", "t");
        a.remote().dropMessages(1);
        b.invalidateTag("t").await();

        fleet.pass(Duration.ofMillis(5_100));

        assertThat(a.read("k")).isNull();
    }

    /** The record is the same, but that does not make its tags so. */
    @Test
    void r40_tagInvalidatedWhileTheSubscriberIsDown_isSeenOnceItIsBack() {
        a.put("k", "v1", "t");
        a.put("other", "w1", "u");
        a.remote().disconnect();
        b.invalidateTag("t").await();
        assertThat(a.read("k")).as("within the bound").isEqualTo("v1");

        a.remote().reconnect();

        assertThat(a.read("k")).isNull();
        assertThat(a.read("other")).isEqualTo("w1");
    }

    @Test
    void gap_suspectEntryWithLiveTags_isGoodAgainWithoutItsPayload() {
        a.put("k", "v1", "t");
        fleet.server.publishUnreadable("texts", 1);
        int versions = a.executed(Operation.TAG_VERSIONS);

        assertThat(a.read("k")).isEqualTo("v1");
        assertThat(a.values.tier("k")).isEqualTo(Tier.NEAR);
        assertThat(a.executed(Operation.TAG_VERSIONS)).isEqualTo(versions + 1);
        b.invalidateTag("t").await();
        assertThat(a.read("k")).isNull();
    }

    @Test
    void r44_failoverThatForgetsAnInvalidationOfATag_isRepaired() {
        a.put("k", "v1", "t");
        b.read("k");
        InMemoryServer.Snapshot before = fleet.server.snapshot();
        b.invalidateTag("t").await();

        fleet.server.failover(before);
        fleet.pass(Duration.ofSeconds(2));

        assertGoneEverywhere("k");
        a.loader.give("v2", "t");
        assertThat(a.load("k")).isEqualTo("v2");
        assertThat(b.read("k")).isEqualTo("v2");
    }

    /** The primary that answers is younger than the clock noted before the load. */
    @Test
    void r44_tagPartitionWentBackWhileTheOriginIsRead_isNotKept() {
        InMemoryServer.Snapshot before = fleet.server.snapshot();
        b.invalidateTag("u").await();
        b.invalidateTag("u").await();
        HeldLoader loader = a.loader.hold("t");
        Call<String> load = a.get("k");
        loader.awaitCalled();

        fleet.server.rollback(before);
        b.invalidateTag("t").await();
        loader.answer("v1");

        assertThat(load.await()).isEqualTo("v1");
        assertThat(a.executed(Operation.FILL)).isZero();
        assertGoneEverywhere("k");
    }
}
