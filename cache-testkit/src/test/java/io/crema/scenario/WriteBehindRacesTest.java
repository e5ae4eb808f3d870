package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheException;
import io.crema.LoadingTieredCache;
import io.crema.PartialWriteException;
import io.crema.policy.Backoff;
import io.crema.policy.WritePolicy;
import io.crema.scenario.Fleet.Node;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The races of writes, where the origin is written behind the callers. */
@Timeout(60)
class WriteBehindRacesTest {

    private static final WritePolicy.Behind POLICY = WritePolicy.behind()
            .retry(Backoff.every(Duration.ofMillis(300)), 1_000)
            .drain(Duration.ofMillis(300));

    private final Fleet fleet = new Fleet(1);
    private final Table table = new Table();
    private final Node a = fleet.bare();
    private final Node b = fleet.bare();
    private final LoadingTieredCache<String, String> here = behind(a);
    private final LoadingTieredCache<String, String> there = behind(b);

    private LoadingTieredCache<String, String> behind(Node node) {
        return Fleet.texts(node).writer(table).writePolicy(POLICY).build(table::read);
    }

    @AfterEach
    void close() {
        table.before(key -> {});
        table.after(key -> {});
        fleet.close();
    }

    private void passUntil(Callable<Boolean> condition) {
        Waiting.until(condition, () -> fleet.pass(Duration.ofMillis(20)));
    }

    @Test
    void r04_putThatFails_leavesNothingThatOthersDoNotHave() {
        table.set("k", "old");
        assertThat(here.get("k")).isEqualTo("old");
        a.remote().fail(Operation.APPEND);

        assertThatThrownBy(() -> here.put("k", "new")).isInstanceOf(CacheException.class);

        assertThat(here.get("k")).isEqualTo("old");
        assertThat(there.get("k")).isEqualTo("old");
        a.remote().recover();
        fleet.pass(Duration.ofSeconds(5));
        assertThat(table.calls).isEmpty();
    }

    @Test
    void r04_putThatNobodyConfirms_isServedByAllOnceItWasMade() {
        try (RemoteGate replies = a.remote().holdReplies(Operation.APPEND)) {
            CompletableFuture<Void> put = here.async().put("k", "new");
            replies.awaitHeld(1);
            replies.failAll();
            passUntil(put::isDone);
            assertThatThrownBy(put::join).hasCauseInstanceOf(CacheException.class);
        }

        assertThat(here.get("k")).isEqualTo("new");
        assertThat(there.get("k")).isEqualTo("new");
        passUntil(() -> "new".equals(table.read("k")));
    }

    @Test
    void r24_putsOfTwoInstances_reachTheOriginInTheOrderOfTheRemoteTier() {
        for (int i = 0; i < 20; i++) {
            (i % 2 == 0 ? here : there).put("k", "v" + i);
            fleet.pass(Duration.ofMillis(130));
            if (i == 9) {
                passUntil(() -> !table.calls.isEmpty());
            }
        }

        passUntil(() -> "v19".equals(table.read("k")));

        assertThat(table.calls).hasSizeGreaterThan(1);
        assertThat(table.calls.stream().map(Table.Call::writeId)).isSorted();
    }

    @Test
    void r25_putExecutedButItsReplyLost_isNotRepeatedOverAnothers() {
        try (RemoteGate replies = a.remote().holdReplies(Operation.APPEND)) {
            CompletableFuture<Void> lost = here.async().put("k", "first");
            replies.awaitHeld(1);
            there.put("k", "second");
            replies.failAll();
            passUntil(lost::isDone);
        }

        passUntil(() -> "second".equals(table.read("k")));
        fleet.pass(Duration.ofSeconds(5));

        assertThat(fleet.server.executed(Operation.APPEND)).isEqualTo(2);
        assertThat(here.get("k")).isEqualTo("second");
        assertThat(table.calls.get(table.calls.size() - 1).value()).isEqualTo("second");
    }

    @Test
    void r26_writerDiesAfterItsPutWasExecuted_theOthersWereToldAndWriteIt() {
        table.set("k", "old");
        assertThat(there.get("k")).isEqualTo("old");
        try (RemoteGate replies = a.remote().holdReplies(Operation.APPEND)) {
            CompletableFuture<Void> unused = here.async().put("k", "new");
            replies.awaitHeld(1);
            assertThat(there.get("k")).isEqualTo("new");
            a.remote().goOffline();
        }

        passUntil(() -> "new".equals(table.read("k")));
    }

    @Test
    void r61_processDiesBetweenTheOriginsCommitAndItsNote_isWrittenAgain_andWhatCameSinceStays() {
        CountDownLatch end = new CountDownLatch(1);
        table.after(key -> {
            if (table.calls.size() == 1) {
                a.remote().goOffline();
                b.remote().comeBack();
                end.await();
            }
        });
        b.remote().fail(Operation.OWN);
        here.put("k", "v1");
        passUntil(() -> "v1".equals(table.read("k")) && !a.remote().isConnected());
        b.remote().recover();
        there.put("k", "v2");

        passUntil(() -> "v2".equals(table.read("k")));
        end.countDown();
        fleet.pass(Duration.ofSeconds(5));

        assertThat(table.read("k")).isEqualTo("v2");
        assertThat(there.get("k")).isEqualTo("v2");
    }

    @Test
    void r62_loadFromAnOriginThatLags_doesNotCoverWhatIsNotWrittenYet() {
        table.set("k", "old");
        here.put("k", "new");

        there.invalidate("k");
        CompletableFuture<String> refreshed = there.refresh("k");
        passUntil(refreshed::isDone);

        assertThat(refreshed).isCompletedWithValue("new");
        assertThat(here.get("k")).isEqualTo("new");
    }

    @Test
    void r63_putAndDeleteOfOneWindow_reachTheOriginInTheirOrder() {
        here.put("gone", "v");
        here.delete("gone");
        there.delete("back");
        there.put("back", "v");

        passUntil(() -> "v".equals(table.read("back")));
        fleet.pass(Duration.ofSeconds(5));

        assertThat(table.read("gone")).isNull();
        assertThat(here.get("gone")).isNull();
        assertThat(table.read("back")).isEqualTo("v");
    }

    @Test
    void r64_someOfABatchFail_onlyThoseAreTriedAgain() {
        table.before(key -> {
            boolean first = table.calls.stream()
                            .filter(call -> call.key().equals("bad"))
                            .count()
                    == 1;
            if (key.equals("bad") && first) {
                throw new PartialWriteException(List.of("bad"), null);
            }
        });
        here.put("bad", "v");
        here.put("good", "v");

        passUntil(() -> table.read("bad") != null && table.read("good") != null);
        fleet.pass(Duration.ofSeconds(5));

        assertThat(table.calls.stream().filter(call -> call.key().equals("good")))
                .hasSize(1);
        assertThat(table.calls.stream().filter(call -> call.key().equals("bad")))
                .hasSize(2);
    }

    @Test
    void r65_invalidationIsPending_whatIsDirtyIsReadAllTheSame() {
        table.set("k", "old");
        a.remote().fail(Operation.INVALIDATE);
        assertThatThrownBy(() -> here.invalidate("k")).isInstanceOf(CacheException.class);

        here.put("k", "new");

        assertThat(here.stats().invalidationsPending()).isPositive();
        assertThat(here.get("k")).isEqualTo("new");
        assertThat(here.getAll(List.of("k"))).containsEntry("k", "new");
    }

    @Test
    void r64_failoverBringsWritesBackThatWereNoted_theyAreWrittenAgain() {
        here.put("k", "v1");
        InMemoryServer.Snapshot notNoted = fleet.server.snapshot();
        passUntil(() -> "v1".equals(table.read("k")) && fleet.server.executed(Operation.WRITTEN) > 0);

        fleet.server.failover(notNoted);

        passUntil(() -> table.calls.size() == 2);
        passUntil(() -> fleet.server.executed(Operation.WRITTEN) == 2);
        assertThat(table.calls.get(1).writeId()).isEqualTo(table.calls.get(0).writeId());
    }
}
