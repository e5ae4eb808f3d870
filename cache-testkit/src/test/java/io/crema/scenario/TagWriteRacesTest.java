package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.InvalidationPendingException;
import io.crema.Tier;
import io.crema.spi.KeyCodec;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Invalidations of tags against puts (R29), dead values that several instances replace, and invalidations of tags that
 * are not confirmed.
 */
@ParameterizedClass
@EnumSource(Style.class)
class TagWriteRacesTest extends TagScenario {

    TagWriteRacesTest(Style style) {
        super(style);
    }

    // Puts

    /** The put knows the version before the invalidation, so it counts as made before. */
    @Test
    void put_withATagWhoseMessageIsLate_isAsIfMadeBefore() {
        a.put("mine", "", "t");
        a.remote().holdDelivery();
        b.invalidateTag("t").await();

        a.put("k", "v1", "t");

        assertThat(b.read("k")).isNull();
        a.remote().releaseDelivery();
        assertThat(a.read("k")).isNull();
    }

    @Test
    void put_tagInvalidatedBeforeItsReply_isNotUndone() {
        RemoteGate puts = a.remote().holdReplies(Operation.PUT);
        Call<Void> put = a.put("k", "v1", EntryOptions.defaults().tags("t"));
        puts.awaitHeld(1);

        b.invalidateTag("t").await();
        puts.open();

        put.await();
        assertGoneEverywhere("k");
    }

    @Test
    void put_versionsCannotBeRead_failsAndTheKeyIsInvalidated() {
        b.put("k", "v0", "t");
        a.remote().fail(Operation.TAG_VERSIONS);

        Throwable failure =
                a.put("k", "v1", EntryOptions.defaults().tags("unknown")).failure();

        assertThat(failure).isInstanceOf(CacheException.class).hasMessageContaining("did not confirm a put");
        assertGoneEverywhere("k");
    }

    // One loader for a value with dead tags

    @Test
    void r29_deadValue_isLoadedByOneInstance() {
        a.put("k", "v1", "t");
        b.read("k");
        a.invalidateTag("t").await();
        HeldLoader held = a.loader.hold("t");
        Call<String> load = a.get("k");
        held.awaitCalled();
        b.loader.give("b's own", "t");
        Call<String> waiting = b.get("k");
        await().until(() -> b.executed(Operation.LEASE) == 1);

        held.answer("v2");
        assertThat(load.await()).isEqualTo("v2");
        fleet.passUntilDone(waiting);

        assertThat(waiting.await()).isEqualTo("v2");
        assertThat(b.loader.calls()).isZero();
    }

    @Test
    void putIfAbsent_anotherPutsOverTheDeadValueFirst_isRefused() {
        b.put("k", "v1", "t");
        b.invalidateTag("t").await();
        RemoteGate leases = a.remote().holdReplies(Operation.LEASE);
        Call<Boolean> absent = a.putIfAbsent("k", "ours");
        leases.awaitHeld(1);

        b.put("k", "theirs");
        leases.open();

        assertThat(absent.await()).isFalse();
        assertThat(a.read("k")).isEqualTo("theirs");
        assertThat(b.read("k")).isEqualTo("theirs");
    }

    @Test
    void putIfAbsent_anotherPutsOverTheDeadValueBeforeTheFill_isRefused() {
        b.put("k", "v1", "t");
        b.invalidateTag("t").await();
        RemoteGate fills = a.remote().holdRequests(Operation.FILL);
        Call<Boolean> absent = a.putIfAbsent("k", "ours");
        fills.awaitHeld(1);

        b.put("k", "theirs");
        fills.open();

        assertThat(absent.await()).isFalse();
        assertThat(a.read("k")).isEqualTo("theirs");
    }

    @Test
    void putIfAbsent_deadValueRemovedMeanwhile_isStored() {
        b.put("k", "v1", "t");
        b.invalidateTag("t").await();
        RemoteGate leases = a.remote().holdReplies(Operation.LEASE);
        Call<Boolean> absent = a.putIfAbsent("k", "ours");
        leases.awaitHeld(1);

        fleet.server.loseRecord("texts", 0, KeyCodec.<String>standard().encode("k"));
        leases.open();

        assertThat(absent.await()).isTrue();
        assertThat(b.read("k")).isEqualTo("ours");
    }

    // Invalidations that the remote tier does not confirm

    @Test
    void pending_entriesOfTheTag_areNotServedHere() {
        a.put("k", "v1", "t");
        a.put("other", "w1", "u");
        a.remote().fail(Operation.INVALIDATE_TAG);

        assertThat(a.invalidateTag("t").failure()).isInstanceOf(InvalidationPendingException.class);

        assertThat(a.read("k")).isNull();
        assertThat(a.read("other")).isEqualTo("w1");
        a.loader.give("v2", "t");
        assertThat(a.load("k")).isEqualTo("v2");
        assertThat(a.read("k")).as("kept").isNull();
        assertThat(a.load("new")).isEqualTo("v2");
        assertThat(a.read("new")).as("kept").isNull();
    }

    /** The primary has not heard of it, and says that the version is what it was. */
    @Test
    void pending_whileALoadAsksForTheVersion_isNotKept() {
        RemoteGate versions = a.remote().holdReplies(Operation.TAG_VERSIONS);
        a.loader.give("v1", "t");
        Call<String> load = a.get("k");
        versions.awaitHeld(1);
        a.remote().fail(Operation.INVALIDATE_TAG);
        assertThat(a.invalidateTag("t").failure()).isInstanceOf(InvalidationPendingException.class);

        versions.open();

        assertThat(load.await()).as("it began before").isEqualTo("v1");
        assertThat(a.read("k")).isNull();
    }

    @Test
    void pending_whileAReadAsksForTheVersion_isNotInstalled() {
        b.put("k", "v1", "t");
        RemoteGate versions = a.remote().holdReplies(Operation.TAG_VERSIONS);
        Call<String> read = a.values.look("k");
        versions.awaitHeld(1);
        a.remote().fail(Operation.INVALIDATE_TAG);
        assertThat(a.invalidateTag("t").failure()).isInstanceOf(InvalidationPendingException.class);

        versions.open();

        assertThat(read.await()).isNull();
        assertThat(a.read("k")).isNull();
    }

    @Test
    void pending_remoteBack_isSentAndOthersFollow() {
        a.put("k", "v1", "t");
        assertThat(b.read("k")).isEqualTo("v1");
        a.remote().fail(Operation.INVALIDATE_TAG);
        a.invalidateTag("t").failure();
        assertThat(b.read("k")).isEqualTo("v1");
        assertThat(a.cache().stats().invalidationsPending()).isEqualTo(1);

        a.remote().recover();
        fleet.pass(Duration.ofMillis(250));

        assertThat(a.cache().stats().invalidationsPending()).isZero();
        assertGoneEverywhere("k");
        a.loader.give("v2", "t");
        assertThat(a.load("k")).isEqualTo("v2");
        assertThat(a.values.tier("k")).isEqualTo(Tier.NEAR);
    }
}
