package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crema.CacheBuilder;
import io.crema.CacheConfigException;
import io.crema.CacheException;
import io.crema.Crema;
import io.crema.DeadLetter;
import io.crema.LoadingTieredCache;
import io.crema.WriteRejectedException;
import io.crema.policy.Backoff;
import io.crema.policy.NullCaching;
import io.crema.policy.WritePolicy;
import io.crema.scenario.Fleet.Node;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Puts that reach the origin later, from the journal of the remote tier. */
@Timeout(60)
class WriteBehindTest {

    private static final WritePolicy.Behind POLICY =
            WritePolicy.behind().retry(Backoff.every(Duration.ofMillis(300)), 3).drain(Duration.ofMillis(300));

    private final Fleet fleet = new Fleet();
    private final Table table = new Table();
    private final Node a = fleet.bare();
    private final LoadingTieredCache<String, String> here = behind(a, POLICY);

    private LoadingTieredCache<String, String> behind(Node node, WritePolicy.Behind policy) {
        return behind(node, policy, builder -> builder);
    }

    private LoadingTieredCache<String, String> behind(
            Node node, WritePolicy.Behind policy, UnaryOperator<CacheBuilder<String, String>> settings) {
        return settings.apply(Fleet.texts(node).writer(table).writePolicy(policy))
                .build(table::read);
    }

    @AfterEach
    void close() {
        table.before(key -> {});
        fleet.close();
    }

    /** Lets time pass until something is so. */
    private void passUntil(Callable<Boolean> condition) {
        Waiting.until(condition, () -> fleet.pass(Duration.ofMillis(20)));
    }

    private List<String> valuesWritten(String key) {
        return table.calls.stream()
                .filter(call -> call.key().equals(key))
                .map(Table.Call::value)
                .toList();
    }

    @Test
    void put_othersSeeItAtOnce_theOriginLater() {
        LoadingTieredCache<String, String> there = behind(fleet.bare(), POLICY);

        here.put("k", "v1");

        assertThat(there.get("k")).isEqualTo("v1");
        assertThat(here.get("k")).isEqualTo("v1");
        assertThat(table.calls).isEmpty();
        passUntil(() -> table.read("k") != null);
        assertThat(table.read("k")).isEqualTo("v1");
        assertThat(table.calls).singleElement().satisfies(call -> {
            assertThat(call.writeId()).isPositive();
            assertThat(call.attempt()).isEqualTo(1);
        });
    }

    @Test
    void puts_ofOneKey_areOneWriteInEachWindow() {
        for (int i = 1; i <= 50; i++) {
            here.put("k", "v" + i);
        }
        passUntil(() -> table.read("k") != null);
        assertThat(valuesWritten("k")).containsExactly("v50");

        here.put("k", "v51");
        here.put("k", "v52");
        passUntil(() -> "v52".equals(table.read("k")));
        assertThat(valuesWritten("k")).hasSize(2);
        assertThat(table.calls.get(1).writeId())
                .isGreaterThan(table.calls.get(0).writeId());
    }

    @Test
    void puts_thatFillABatch_doNotWaitForTheWindow_aKeyIsWrittenOnceInItAllTheSame() {
        a.crema().close();
        Duration delay = Duration.ofDays(1);
        LoadingTieredCache<String, String> rare =
                behind(fleet.bare(), POLICY.delay(delay).batch(2));
        for (int i = 0; i < 200; i++) {
            rare.put("k" + i, "v" + i);
        }
        passUntil(() -> table.calls.size() >= 150);
        int written = table.calls.size();
        String hot = table.calls.get(0).key();

        for (int i = 0; i < 20; i++) {
            rare.put(hot, "new" + i);
        }
        fleet.pass(POLICY.lease().multipliedBy(3));

        assertThat(table.calls).hasSizeBetween(written, 200);
        assertThat(valuesWritten(hot)).hasSize(1);
    }

    @Test
    void puts_withoutCoalescing_areAllWrittenInTheirOrder() {
        a.crema().close();
        LoadingTieredCache<String, String> all = behind(fleet.bare(), POLICY.withoutCoalescing());
        for (int i = 1; i <= 5; i++) {
            all.put("k", "v" + i);
        }

        passUntil(() -> "v5".equals(table.read("k")));

        assertThat(valuesWritten("k")).containsExactly("v1", "v2", "v3", "v4", "v5");
    }

    @Test
    void r65_dirtyValue_outlivesWhateverIsInvalidated() {
        LoadingTieredCache<String, String> there = behind(fleet.bare(), POLICY);
        table.set("k", "old");
        assertThat(here.get("k")).isEqualTo("old");
        here.put("k", "new");

        here.invalidate("k");
        assertThat(here.get("k")).isEqualTo("new");
        here.expire("k");
        assertThat(there.get("k")).isEqualTo("new");
        here.clear();
        assertThat(here.get("k")).isEqualTo("new");
        assertThat(there.get("k")).isEqualTo("new");

        passUntil(() -> "new".equals(table.read("k")));
        table.set("k", "newer");
        passUntil(() -> "newer".equals(here.get("k")) && "newer".equals(there.get("k")));
    }

    @Test
    void r65_dirtyValueWhoseTimeIsOver_isStillRead() {
        a.crema().close();
        table.before(key -> {
            throw new IllegalStateException("down");
        });
        table.set("k", "old");
        LoadingTieredCache<String, String> patient =
                behind(fleet.bare(), POLICY.retry(Backoff.every(Duration.ofSeconds(1)), 1_000_000));
        patient.put("k", "new");

        fleet.pass(Duration.ofMinutes(11));

        assertThat(patient.get("k")).isEqualTo("new");
    }

    @Test
    void refresh_ofADirtyKey_givesTheDirtyValue() {
        table.set("k", "old");
        here.put("k", "new");

        CompletableFuture<String> refreshed = here.refresh("k");

        passUntil(refreshed::isDone);
        assertThat(refreshed).isCompletedWithValue("new");
    }

    @Test
    void r63_delete_isAWriteAndIsNotUndone() {
        table.set("k", "v1");
        assertThat(here.get("k")).isEqualTo("v1");
        here.put("k", "v2");
        here.delete("k");

        assertThat(here.get("k")).isNull();
        assertThat(here.getIfPresent("k")).isNull();
        passUntil(() -> table.read("k") == null);
        assertThat(here.get("k")).isNull();
        table.set("k", "v3");
        passUntil(() -> "v3".equals(here.get("k")));
    }

    @Test
    void delete_whereNullsAreCached_isANullThatStays() {
        LoadingTieredCache<String, String> caching =
                behind(fleet.bare(), POLICY, builder -> builder.nulls(NullCaching.cachedFor(Duration.ofMinutes(1))));
        caching.put("k", "v1");
        caching.put("k", null);
        passUntil(() -> !table.calls.isEmpty());

        assertThat(caching.entry("k")).isNotNull();
        assertThat(caching.get("k")).isNull();
    }

    @Test
    void putAllAndDeleteAll_areWritten() {
        here.putAll(Map.of("x", "1", "y", "2", "z", "3"));
        passUntil(() -> table.read("x") != null && table.read("y") != null && table.read("z") != null);

        here.deleteAll(List.of("x", "y"));
        passUntil(() -> table.read("x") == null && table.read("y") == null);
        assertThat(here.get("z")).isEqualTo("3");
    }

    @Test
    void writerFails_isTriedAgainAfterTheBackoff_othersAreNotHeldUp() {
        table.before(key -> {
            if (key.equals("bad")
                    && table.calls.stream()
                                    .filter(call -> call.key().equals("bad"))
                                    .count()
                            < 3) {
                throw new IllegalStateException("deadlock");
            }
        });
        here.put("bad", "v");
        here.put("good", "v");

        passUntil(() -> table.read("bad") != null);

        assertThat(table.read("good")).isEqualTo("v");
        assertThat(table.calls.stream().filter(call -> call.key().equals("bad")).map(Table.Call::attempt))
                .containsExactly(1, 2, 3);
        assertThat(here.stats().writesGivenUp()).isZero();
    }

    @Test
    void poisonKey_isADeadLetter_thatCanBeRetriedOrDropped() {
        table.before(key -> {
            throw new IllegalStateException("poison");
        });
        table.set("k", "old");
        here.put("k", "new");
        passUntil(() -> here.stats().writesGivenUp() == 1);

        assertThat(here.get("k")).as("what the origin has").isEqualTo("old");
        DeadLetter<String, String> letter =
                here.writeBehind().deadLetters(10).join().get(0);
        assertThat(letter.key()).isEqualTo("k");
        assertThat(letter.value()).isEqualTo("new");
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.reason()).contains("poison");

        table.before(key -> {});
        assertThat(here.writeBehind().retry(letter).join()).isTrue();
        passUntil(() -> "new".equals(table.read("k")));
        assertThat(here.writeBehind().deadLetters(10).join()).isEmpty();
        assertThat(here.writeBehind().drop(letter).join()).isFalse();
    }

    @Test
    void journalFull_putWaitsAndIsThenRejected() {
        CountDownLatch end = new CountDownLatch(1);
        table.before(key -> end.await());
        LoadingTieredCache<String, String> small =
                behind(fleet.bare(), POLICY.withoutCoalescing().journal(4, Duration.ofMillis(500)));
        CompletableFuture<Void> last = small.async().put("k", "v0");
        for (int i = 1; i < 3 && !last.isCompletedExceptionally(); i++) {
            CompletableFuture<Void> next = small.async().put("k", "v" + i);
            passUntil(next::isDone);
            last = next;
        }

        assertThatThrownBy(last::join)
                .hasCauseInstanceOf(WriteRejectedException.class)
                .hasMessageContaining("'texts'");
        assertThat(small.stats().writesRejected()).isPositive();
        end.countDown();
    }

    @Test
    void remoteAway_putFailsAndSaysSo() {
        a.remote().goOffline();

        assertThatThrownBy(() -> here.put("k", "v"))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessageContaining("'texts'")
                .hasMessageContaining("repeat");

        a.remote().comeBack();
        fleet.pass(Duration.ofSeconds(1));
        here.put("k", "v");
        passUntil(() -> table.read("k") != null);
    }

    @Test
    void valueThatCannotBeEncoded_changesNothing() {
        assertThatThrownBy(() -> here.put("k", "!")).isInstanceOf(CacheException.class);

        assertThat(here.getIfPresent("k")).isNull();
    }

    @Test
    void r64_ownerDies_anotherInstanceWritesWhatItHadNot() {
        CountDownLatch end = new CountDownLatch(1);
        Node dying = fleet.bare();
        table.before(key -> {
            if (dying.remote().isConnected()) {
                end.await();
            }
        });
        LoadingTieredCache<String, String> its = behind(dying, POLICY);
        its.put("k1", "v1");
        its.put("k2", "v2");
        LoadingTieredCache<String, String> there = behind(fleet.bare(), POLICY);
        a.remote().goOffline();
        dying.remote().goOffline();

        passUntil(() -> "v1".equals(table.read("k1")) && "v2".equals(table.read("k2")));

        assertThat(there.get("k1")).isEqualTo("v1");
        end.countDown();
    }

    @Test
    void close_writesWhatIsLeft() {
        for (int i = 0; i < 20; i++) {
            here.put("k" + i, "v");
        }
        passUntil(() -> here.stats().writesPending() > 0 || table.calls.size() == 20);

        a.crema().close();

        assertThat(table.calls).hasSize(20);
    }

    @Test
    void build_withoutARemoteTier_isRefused() {
        try (Crema near = Crema.builder().build()) {
            CacheConfigException fault = catchThrowableOfType(
                    CacheConfigException.class,
                    () -> near.<String, String>cache("texts")
                            .writer(table)
                            .writePolicy(WritePolicy.behind().batch(0))
                            .build());
            assertThat(fault.faults())
                    .anyMatch(text -> text.contains("remote tier"))
                    .anyMatch(text -> text.contains("batch must be from 1 to 1000, but is 0"));
        }
    }

    @Test
    void writeBehind_ofAnotherPolicy_isRefused() {
        Node other = fleet.bare();
        LoadingTieredCache<String, String> through =
                Fleet.texts(other).writer(table).build(table::read);

        assertThatThrownBy(through::writeBehind)
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("behind");
    }
}
