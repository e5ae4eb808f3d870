package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.LoadingTieredCache;
import io.crema.WriteRejectedException;
import io.crema.event.CacheEvent.WriteRejected;
import io.crema.policy.Backoff;
import io.crema.policy.WritePolicy;
import io.crema.scenario.Fleet.Node;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writes behind callers that are not made at once, or not at all. */
@Timeout(60)
class WriteBehindPressureTest {

    private static final WritePolicy.Behind POLICY = WritePolicy.behind()
            .withoutCoalescing()
            .retry(Backoff.every(Duration.ofMillis(300)), 1_000)
            .drain(Duration.ofMillis(300));

    private final Fleet fleet = new Fleet(1);
    private final Table table = new Table();
    private final Heard heard = new Heard();
    private final Node node = fleet.bare();

    private LoadingTieredCache<String, String> behind(String name, WritePolicy.Behind policy) {
        return Fleet.texts(node, name)
                .writer(table)
                .writePolicy(policy)
                .listener(heard)
                .build(table::read);
    }

    @AfterEach
    void close() {
        table.before(key -> {});
        fleet.close();
    }

    private void passUntil(Callable<Boolean> condition) {
        Waiting.until(condition, () -> fleet.pass(Duration.ofMillis(20)));
    }

    private void down() {
        table.before(key -> {
            throw new IllegalStateException("down");
        });
    }

    @Test
    void journalIsFull_putsThatWaitAreMadeInTheirOrder_andOneAsksForAll() {
        LoadingTieredCache<String, String> cache = behind("texts", POLICY.journal(1, Duration.ofHours(1)));
        down();
        cache.put("k", "v0");
        List<CompletableFuture<Void>> puts = new ArrayList<>();
        CompletableFuture<Void> first = cache.async().put("k", "v1");
        passUntil(() -> fleet.server.executed(Operation.APPEND) >= 4);
        assertThat(first).isNotDone();
        for (int i = 2; i <= 30; i++) {
            puts.add(cache.async().put("k", "v" + i));
        }
        int before = fleet.server.executed(Operation.APPEND);
        fleet.pass(Duration.ofMillis(500));
        assertThat(fleet.server.executed(Operation.APPEND) - before).isLessThan(29);

        table.before(key -> {});
        passUntil(() -> "v30".equals(table.read("k")));

        assertThat(puts).allSatisfy(put -> assertThat(put).isCompleted());
        assertThat(table.calls.stream()
                        .filter(call -> call.attempt() == 1)
                        .map(Table.Call::value)
                        .distinct())
                .startsWith("v0", "v1", "v2")
                .endsWith("v29", "v30")
                .hasSize(31);
    }

    @Test
    void journalStaysFull_putIsRejected_listenerAndCounterAreTold() {
        LoadingTieredCache<String, String> cache = behind("texts", POLICY.journal(1, Duration.ofMillis(500)));
        down();
        cache.put("k", "v0");

        CompletableFuture<Void> put = cache.async().put("k", "v1");
        passUntil(put::isDone);

        assertThatThrownBy(put::join).hasCauseInstanceOf(WriteRejectedException.class);
        assertThat(cache.stats().writesRejected()).isEqualTo(1);
        passUntil(() -> heard.only(WriteRejected.class::isInstance).size() == 1);
        assertThat(heard.only(WriteRejected.class::isInstance)).containsExactly(new WriteRejected("texts", "k"));
        table.before(key -> {});
        passUntil(() -> "v0".equals(table.read("k")));
        fleet.pass(Duration.ofSeconds(5));
        assertThat(table.read("k")).isEqualTo("v0");
    }

    @Test
    void close_whileAPutWaits_saysSoAndCountsNoRejection() {
        LoadingTieredCache<String, String> cache = behind("texts", POLICY.journal(1, Duration.ofHours(1)));
        down();
        cache.put("k", "v0");
        CompletableFuture<Void> put = cache.async().put("k", "v1");
        passUntil(() -> fleet.server.executed(Operation.APPEND) >= 2);

        node.crema().close();

        assertThatThrownBy(put::join)
                .hasCauseExactlyInstanceOf(CacheException.class)
                .hasMessageContaining("closed");
        assertThat(heard.only(WriteRejected.class::isInstance)).isEmpty();
    }

    @Test
    void put_ofAnOlderOriginVersion_failsInsteadOfBeingForgotten() {
        LoadingTieredCache<String, String> cache = behind("texts", POLICY);
        cache.put("k", "v7", EntryOptions.defaults().originVersion(7));

        assertThatThrownBy(() -> cache.put("k", "v5", EntryOptions.defaults().originVersion(5)))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("originVersion");

        assertThat(cache.get("k")).isEqualTo("v7");
        passUntil(() -> "v7".equals(table.read("k")));
    }

    @Test
    void close_ofSeveralCaches_drainsThemTogether() {
        Duration drain = Duration.ofSeconds(2);
        List<LoadingTieredCache<String, String>> caches = new ArrayList<>();
        down();
        for (int i = 0; i < 6; i++) {
            caches.add(behind("texts" + i, POLICY.drain(drain)));
        }
        caches.forEach(cache -> cache.put("k", "v"));
        passUntil(() -> table.calls.size() >= 6);

        CompletableFuture<Void> closed =
                CompletableFuture.runAsync(() -> node.crema().close());

        assertThat(closed).succeedsWithin(drain.multipliedBy(3));
    }
}
