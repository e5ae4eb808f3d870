package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.policy.NullCaching;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Call;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A value that has just become stale is served at once, while one load goes on behind the readers. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class StaleWhileRevalidateTest {

    private static final Duration WINDOW = Duration.ofSeconds(5);
    private static final StaleWhileRevalidate POLICY = StaleWhileRevalidate.upTo(WINDOW);

    private final Service service;
    private final Instance cache;

    StaleWhileRevalidateTest(Setup setup) {
        service = new Service(setup);
        cache = service.instance(builder -> builder.staleWhileRevalidate(POLICY));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private void stale(String key) {
        stale(List.of(key));
    }

    private void stale(List<String> keys) {
        service.origin.give("v1");
        assertThat(keys).extracting(cache::load).containsOnly("v1");
        service.passFreshness();
    }

    @Test
    void get_staleValue_isServedAtOnce_andLoadedOnceBehind() {
        stale("k");
        Held held = service.origin.hold();
        for (int i = 0; i < 5; i++) {
            assertThat(cache.load("k")).isEqualTo("v1");
        }
        held.awaitCalled();
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.known("k").isStale()).isTrue();
        held.answer("v2");
        service.until(() -> "v2".equals(cache.look("k")));
        assertThat(cache.known("k").isStale()).isFalse();
        assertThat(held.calls()).isEqualTo(1);
        assertThat(cache.stats().staleServed()).isGreaterThanOrEqualTo(6);
        assertThat(cache.stats().refreshes()).isEqualTo(1);
    }

    /** So many that they must not all be loaded at one moment, and fewer than may be under way at a time. */
    private static List<String> manyKeys() {
        return IntStream.range(0, 50).mapToObj(i -> "k" + i).toList();
    }

    @Test
    void get_manyStaleAtOnce_areLoadedOneAfterTheOther() {
        stale(manyKeys());
        service.origin.give("v2");
        assertThat(manyKeys()).extracting(cache::load).containsOnly("v1");
        service.settle();
        // Threads that ask at the same moment may exceed it.
        assertThat(service.origin.calls() - 50).isBetween(16, 20);
        service.passUntil(() -> manyKeys().stream().allMatch(key -> "v2".equals(cache.load(key))));
        assertThat(service.origin.calls()).isEqualTo(100);
    }

    @Test
    void get_manyStale_whoseWindowIsHalfOver_areLoadedAtOnce() {
        stale(manyKeys());
        service.pass(WINDOW.dividedBy(2));
        service.origin.give("v2");
        assertThat(manyKeys()).extracting(cache::load).containsOnly("v1");
        service.until(() -> service.origin.calls() == 100);
    }

    @Test
    void get_afterTheWindow_waitsForTheLoad() {
        stale("k");
        service.pass(WINDOW);
        service.origin.give("v2");
        assertThat(cache.load("k")).isEqualTo("v2");
    }

    @Test
    void get_afterTheWindow_throwsWhatTheLoadThrows() {
        stale("k");
        service.pass(WINDOW);
        service.origin.fail();
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
    }

    @Test
    void get_whenTheWindowEndsDuringTheLoadBehind_waitsForThatLoad() {
        stale("k");
        Held held = service.origin.hold();
        assertThat(cache.load("k")).isEqualTo("v1");
        held.awaitCalled();
        service.pass(WINDOW);
        Call<String> late = cache.get("k");
        late.awaitWaiting();
        held.answer("v2");
        assertThat(service.finish(late)).isEqualTo("v2");
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void get_loadBehindFails_goesOnServing_andLeavesTheOriginAloneForAWhile() {
        stale("k");
        service.origin.fail();
        assertThat(cache.load("k")).isEqualTo("v1");
        service.until(() -> cache.stats().loadFailures() == 1);
        service.settle();
        for (int i = 0; i < 5; i++) {
            assertThat(cache.load("k")).isEqualTo("v1");
            service.settle();
        }
        assertThat(service.origin.calls()).isEqualTo(2);
        service.origin.give("v2");
        service.pass(WINDOW.dividedBy(2));
        assertThat(cache.load("k")).isEqualTo("v1");
        service.until(() -> "v2".equals(cache.look("k")) && !cache.known("k").isStale());
    }

    @Test
    void lookUps_giveTheStaleValue_butNeverLoad() {
        stale("k");
        assertThat(cache.look("k")).isEqualTo("v1");
        assertThat(cache.lookAll("k", "none")).containsOnlyKeys("k");
        assertThat(cache.known("k").isStale()).isTrue();
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(1);
        service.pass(WINDOW);
        assertThat(cache.look("k")).isNull();
        assertThat(cache.lookAll("k")).isEmpty();
    }

    @Test
    void get_afterInvalidate_waitsForTheLoad() {
        stale("k");
        cache.invalidate("k");
        service.origin.give("v2");
        assertThat(cache.load("k")).isEqualTo("v2");
    }

    @Test
    void get_afterExpire_waitsForTheLoad() {
        service.origin.give("v1");
        cache.load("k");
        cache.expire("k");
        assertThat(cache.look("k")).isNull();
        service.origin.give("v2");
        assertThat(cache.load("k")).isEqualTo("v2");
    }

    @Test
    void get_afterExpireOfAStaleValue_waitsForTheLoad() {
        stale("k");
        cache.expire("k");
        service.origin.give("v2");
        assertThat(cache.load("k")).isEqualTo("v2");
    }

    @Test
    void getAll_givesStaleValuesAtOnce_andLoadsWhatIsMissing() {
        stale("k");
        service.origin.set((key, context) -> key + "2");
        assertThat(cache.getAll("k", "new").await()).containsEntry("k", "v1").containsEntry("new", "new2");
        service.until(() -> "k2".equals(cache.look("k")));
    }

    @Test
    void get_cachedNull_isServedWhileItIsLoadedAnew() {
        Instance nulls =
                service.instance(builder -> builder.staleWhileRevalidate(POLICY).nulls(NullCaching.cachedFor(FRESH)));
        service.origin.give(null);
        assertThat(nulls.load("none")).isNull();
        service.passFreshness();
        Held held = service.origin.hold();
        assertThat(nulls.load("none")).isNull();
        held.awaitCalled();
        held.answer("inserted");
        service.until(() -> "inserted".equals(nulls.look("none")));
    }

    @Test
    void loadBehind_givesNull_thatIsNotCached_removesTheValue() {
        stale("k");
        service.origin.give(null);
        assertThat(cache.load("k")).isEqualTo("v1");
        service.until(() -> cache.look("k") == null);
        assertThat(cache.load("k")).isNull();
    }

    @Test
    void putDuringTheLoadBehind_isNotOverwritten() {
        stale("k");
        Held held = service.origin.hold();
        cache.load("k");
        held.awaitCalled();
        cache.put("k", "put");
        held.answer("v2");
        held.awaitEnded(1);
        service.settle();
        assertThat(cache.look("k")).isEqualTo("put");
    }
}
