package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.InvalidationPendingException;
import io.crema.Tier;
import io.crema.scenario.Fleet.Node;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Invalidations that cannot reach the remote tier: kept, respected here, and sent when it is back. */
@ParameterizedClass
@EnumSource(Style.class)
class OutboxTest {

    private static final Duration RETRY = Duration.ofMillis(250);

    private final Fleet fleet = new Fleet();
    private final Caller<String> a;
    private final Caller<String> b;

    OutboxTest(Style style) {
        a = style.caller(fleet.node());
        b = style.caller(fleet.node());
        b.put("k", "v1").await();
        b.put("other", "w1").await();
        assertThat(a.read("k")).isEqualTo("v1");
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void failToInvalidate(String key) {
        assertThat(a.invalidate(key).failure()).isInstanceOf(InvalidationPendingException.class);
    }

    @Test
    void pending_remoteBack_isSentAndOthersFollow() {
        a.remote().fail(Operation.INVALIDATE);
        failToInvalidate("k");
        assertThat(b.read("k")).isEqualTo("v1");
        assertThat(a.cache().stats().invalidationsPending()).isEqualTo(1);

        a.remote().recover();
        fleet.pass(RETRY);

        assertThat(a.cache().stats().invalidationsPending()).isZero();
        assertThat(b.read("k")).isNull();
        assertThat(a.load("k", "v2")).isEqualTo("v2");
        assertThat(a.tier("k")).isEqualTo(Tier.NEAR);
        assertThat(b.read("k")).isEqualTo("v2");
    }

    @Test
    void pending_readsHere_goToTheOriginAndKeepNothing() {
        a.remote().fail(Operation.INVALIDATE);
        failToInvalidate("k");

        assertThat(a.read("k")).as("what is stored is known to be wrong").isNull();
        assertThat(a.load("k", "v2")).isEqualTo("v2");
        assertThat(a.load("k", "v3")).as("nothing was kept").isEqualTo("v3");
        assertThat(a.latest("k").await()).isNull();
        assertThat(a.cache().getAllPresent(List.of("k", "other"))).containsOnlyKeys("other");
        assertThat(a.remote().executed(Operation.FILL)).isZero();
        assertThat(a.remote().executed(Operation.LEASE)).isZero();
    }

    @Test
    void pending_loadThatBeganBefore_isNotKept() {
        RemoteGate replies = a.remote().holdReplies(Operation.READ);
        Call<String> read = a.look("k2");
        replies.awaitHeld(1);
        a.remote().fail(Operation.INVALIDATE);
        failToInvalidate("k2");
        b.put("k2", "old").await();

        replies.open();

        assertThat(read.await()).isNull();
        assertThat(a.read("k2")).isNull();
    }

    @Test
    void pending_ownPutLater_isReadAndThenInvalidated() {
        a.remote().fail(Operation.INVALIDATE);
        failToInvalidate("k");

        a.put("k", "v2").await();
        assertThat(a.read("k")).isEqualTo("v2");
        assertThat(b.read("k")).isEqualTo("v2");

        a.remote().recover();
        fleet.pass(RETRY);
        assertThat(b.read("k")).isNull();
    }

    @Test
    void pending_putIfAbsent_cannotBeDecided() {
        a.remote().fail(Operation.INVALIDATE);
        failToInvalidate("k");

        assertThatThrownBy(() -> a.cache().putIfAbsent("k", "v2")).isInstanceOf(InvalidationPendingException.class);
    }

    @Test
    void unconfirmedPut_isSentAsAnInvalidation() {
        a.remote().fail(Operation.PUT, Operation.INVALIDATE);
        assertThat(a.put("k", "v2").failure()).isInstanceOf(InvalidationPendingException.class);
        assertThat(b.read("k")).isEqualTo("v1");

        a.remote().recover();
        fleet.pass(RETRY);

        assertThat(b.read("k")).isNull();
    }

    @Test
    void pendingClear_bypassesEverythingUntilItIsSent() {
        a.remote().fail(Operation.CLEAR);
        assertThat(a.clear().failure()).isInstanceOf(InvalidationPendingException.class);

        assertThat(a.read("k")).isNull();
        assertThat(a.load("other", "w2")).isEqualTo("w2");
        assertThat(a.load("other", "w3")).isEqualTo("w3");
        assertThat(b.read("k")).isEqualTo("v1");

        a.remote().recover();
        fleet.pass(RETRY);
        assertThat(b.read("k")).isNull();
        assertThat(a.load("other", "w4")).isEqualTo("w4");
        assertThat(b.read("other")).isEqualTo("w4");
    }

    @Test
    void keptInOrder_clearWaitsForTheKeysBeforeIt() {
        a.remote().fail(Operation.INVALIDATE, Operation.CLEAR);
        failToInvalidate("k");
        assertThat(a.clear().failure()).isInstanceOf(InvalidationPendingException.class);
        a.remote().recover();
        a.remote().fail(Operation.INVALIDATE);

        fleet.pass(RETRY);
        assertThat(a.remote().executed(Operation.CLEAR)).isZero();

        a.remote().recover();
        fleet.pass(RETRY);
        assertThat(a.remote().executed(Operation.CLEAR)).isEqualTo(4);
        assertThat(a.cache().stats().invalidationsPending()).isZero();
    }

    @Test
    void manyKeys_withVersionsOfTheirOwn_goTogether() {
        a.remote().fail(Operation.INVALIDATE);
        for (int i = 0; i < 500; i++) {
            String key = "k" + i;
            long version = 1L + i % 3;
            assertThatThrownBy(() -> a.cache().invalidate(key, version))
                    .isInstanceOf(InvalidationPendingException.class);
        }
        a.remote().recover();

        fleet.pass(RETRY);

        assertThat(a.cache().stats().invalidationsPending()).isZero();
        assertThat(a.remote().executed(Operation.INVALIDATE))
                .as("batches of 16, 32, 64, 128, 256 and the rest, of three versions in four partitions")
                .isLessThanOrEqualTo(6 * 12);
    }

    @Test
    void tooMany_becomeOneClear() {
        a.remote().fail(Operation.INVALIDATE);
        List<String> keys =
                IntStream.rangeClosed(0, 10_000).mapToObj(i -> "k" + i).toList();

        assertThatThrownBy(() -> a.cache().invalidateAll(keys)).isInstanceOf(InvalidationPendingException.class);
        assertThat(a.cache().stats().invalidationsPending()).isEqualTo(1);
        assertThat(a.load("other", "w2")).as("nothing stored is trusted").isEqualTo("w2");
        a.remote().recover();
        fleet.pass(RETRY);

        assertThat(a.cache().stats().invalidationsPending()).isZero();
        assertThat(a.remote().executed(Operation.CLEAR)).isEqualTo(4);
        assertThat(b.read("other")).isNull();
    }

    @Test
    void invalidatedAgainWhileSent_isSentAgain() {
        a.remote().fail(Operation.INVALIDATE);
        failToInvalidate("k");
        a.remote().recover();
        RemoteGate replies = a.remote().holdReplies(Operation.INVALIDATE);
        fleet.pass(RETRY);
        replies.awaitHeld(1);
        a.remote().fail(Operation.INVALIDATE);
        failToInvalidate("k");
        b.put("k", "older than the second").await();

        replies.open();
        fleet.pass(RETRY);
        assertThat(a.read("k")).isNull();
        a.remote().recover();
        fleet.pass(RETRY);

        assertThat(b.read("k")).isNull();
        assertThat(a.cache().stats().invalidationsPending()).isZero();
    }

    @Test
    void remoteNeverReachedYet_isSentWhenItIs() {
        Node late = fleet.bare();
        late.remote().goOffline();
        var unused = Fleet.texts(late).build();
        assertThatThrownBy(() -> late.cache().invalidate("k")).isInstanceOf(InvalidationPendingException.class);
        assertThat(late.cache().get("k", key -> "v2")).isEqualTo("v2");

        late.remote().comeBack();
        fleet.pass(Duration.ofSeconds(1));

        assertThat(b.read("k")).isNull();
    }
}
