package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.EntryOptions;
import io.crema.policy.Backoff;
import io.crema.policy.RefreshAhead;
import io.crema.scenario.Call;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A value that is read late in its time is loaded anew behind its readers, before it is stale. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#withNear")
@Timeout(60)
class RefreshAheadTest {

    private static final double FRACTION = 0.5;
    private static final Duration MOMENT = FRESH.dividedBy(2);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Service service;
    private final Instance cache;

    RefreshAheadTest(Setup setup) {
        service = new Service(setup);
        cache = service.instance(
                builder -> builder.refreshAhead(RefreshAhead.at(FRACTION).retry(Backoff.every(RETRY))));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private void loaded() {
        service.origin.give("v1");
        assertThat(cache.load("k")).isEqualTo("v1");
        // A read that ends sees by the clock whether it should refresh, so time waits for it.
        service.settle();
    }

    /** The next read refreshes. */
    private void dueForRefresh() {
        loaded();
        service.pass(MOMENT.plus(MARGIN));
    }

    private void awaitFresh(String value) {
        service.until(() -> value.equals(cache.look("k")));
        service.settle();
    }

    @Test
    void get_beforeTheMoment_loadsNothing() {
        loaded();
        service.pass(MOMENT.minus(MARGIN));
        assertThat(cache.load("k")).isEqualTo("v1");
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void get_manyAfterTheMoment_areLoadedOneAfterTheOther_untilHalfOfWhatIsLeftIsOver() {
        List<String> keys = IntStream.range(0, 50).mapToObj(i -> "k" + i).toList();
        service.origin.give("v1");
        keys.forEach(cache::load);
        service.settle();
        service.pass(MOMENT.plus(MARGIN));
        keys.forEach(cache::load);
        service.settle();
        int begun = service.origin.calls() - 50;
        assertThat(begun).isBetween(16, 20);
        service.pass(MOMENT.dividedBy(2));
        Held held = service.origin.hold();
        keys.forEach(cache::load);
        held.awaitCalled(50 - begun);
    }

    /** What is urgent is none of those that keep to the rate. */
    @Test
    void get_dueAfterManyUrgentOnes_isLoadedBehindToo() {
        List<String> keys = IntStream.range(0, 50).mapToObj(i -> "k" + i).toList();
        service.origin.give("v1");
        keys.forEach(cache::load);
        service.settle();
        service.pass(MOMENT.dividedBy(2));
        cache.load("late");
        service.settle();
        service.pass(MOMENT.plus(MARGIN));
        service.origin.give("v2");
        keys.forEach(cache::load);
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(50 + 1 + 50);
        cache.load("late");
        service.until(() -> "v2".equals(cache.look("late")));
    }

    @Test
    void get_afterTheMoment_isServedAtOnce_andLoadsOnceBehind() {
        dueForRefresh();
        Held held = service.origin.hold();
        for (int i = 0; i < 5; i++) {
            assertThat(cache.load("k")).isEqualTo("v1");
        }
        held.awaitCalled();
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.known("k").isStale()).isFalse();
        held.answer("v2");
        awaitFresh("v2");
        assertThat(cache.known("k").age()).isLessThan(MARGIN);
        assertThat(held.calls()).isEqualTo(1);
        assertThat(cache.stats().refreshes()).isEqualTo(1);
        assertThat(cache.stats().staleServed()).isZero();
    }

    @Test
    void get_afterARefresh_isNotDueAgain_beforeTheShareOfTheNewTime() {
        dueForRefresh();
        service.origin.give("v2");
        cache.load("k");
        awaitFresh("v2");
        service.pass(MOMENT.minus(MARGIN));
        assertThat(cache.load("k")).isEqualTo("v2");
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(2);
        service.pass(MARGIN.multipliedBy(2));
        service.origin.give("v3");
        cache.load("k");
        awaitFresh("v3");
    }

    @Test
    void valueThatNobodyReads_isNotRefreshed_andEnds() {
        loaded();
        service.pass(FRESH.minus(MARGIN));
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(1);
        service.pass(MARGIN.multipliedBy(2));
        assertThat(cache.look("k")).isNull();
    }

    @Test
    void lookUps_afterTheMoment_neverLoad() {
        dueForRefresh();
        assertThat(cache.look("k")).isEqualTo("v1");
        assertThat(cache.lookAll("k")).containsEntry("k", "v1");
        assertThat(cache.known("k").value()).isEqualTo("v1");
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void getAll_afterTheMoment_isServedAtOnce_andRefreshesBehind() {
        dueForRefresh();
        service.origin.give("v2");
        assertThat(cache.getAll("k").await()).containsEntry("k", "v1");
        awaitFresh("v2");
    }

    @Test
    void refreshFails_valueStaysFresh_andIsTriedAgainAfterTheRetryTime() {
        dueForRefresh();
        service.origin.fail();
        assertThat(cache.load("k")).isEqualTo("v1");
        service.until(() -> cache.stats().loadFailures() == 1);
        service.settle();
        service.pass(RETRY.minus(MARGIN));
        assertThat(cache.load("k")).isEqualTo("v1");
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(2);
        service.pass(MARGIN.multipliedBy(2));
        service.origin.give("v2");
        assertThat(cache.load("k")).isEqualTo("v1");
        awaitFresh("v2");
        assertThat(service.origin.calls()).isEqualTo(3);
    }

    @Test
    void refreshFails_neverLongerThanFreshness_thenReadersGetTheFailure() {
        dueForRefresh();
        service.origin.fail();
        cache.load("k");
        service.until(() -> cache.stats().loadFailures() == 1);
        service.settle();
        service.pass(FRESH.minus(MOMENT));
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
    }

    @Test
    void get_staleBeforeItsRefreshHasEnded_waitsForThatLoad() {
        dueForRefresh();
        Held held = service.origin.hold();
        assertThat(cache.load("k")).isEqualTo("v1");
        held.awaitCalled();
        service.pass(FRESH.minus(MOMENT));
        Call<String> late = cache.get("k");
        late.awaitWaiting();
        held.answer("v2");
        assertThat(service.finish(late)).isEqualTo("v2");
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void put_duringTheRefresh_isNotOverwritten() {
        dueForRefresh();
        Held held = service.origin.hold();
        cache.load("k");
        held.awaitCalled();
        cache.put("k", "put");
        held.answer("v2");
        held.awaitEnded(1);
        service.settle();
        assertThat(cache.look("k")).isEqualTo("put");
    }

    @Test
    void expire_duringTheRefresh_refreshIsNotKept() {
        dueForRefresh();
        Held held = service.origin.hold();
        cache.load("k");
        held.awaitCalled();
        cache.expire("k");
        held.answer("v2");
        held.awaitEnded(1);
        service.settle();
        assertThat(cache.look("k")).isNull();
    }

    @Test
    void valueWithATimeOfItsOwn_isDueAfterTheShareOfThat() {
        cache.put("k", "v1", EntryOptions.defaults().timeToLive(FRESH.multipliedBy(4)));
        service.pass(FRESH.multipliedBy(2).minus(MARGIN));
        assertThat(cache.load("k")).isEqualTo("v1");
        service.settle();
        assertThat(service.origin.calls()).isZero();
        service.pass(MARGIN.multipliedBy(2));
        service.origin.give("v2");
        cache.load("k");
        awaitFresh("v2");
    }

    /** Each is due at once with a probability of more than 0.9, and there are nine. */
    @Test
    void probabilistic_loadsThatTakeLong_areRefreshedEarly() {
        Instance early = service.instance(
                builder -> builder.refreshAhead(RefreshAhead.probabilistic().beta(100)));
        service.origin.set((key, context) -> {
            service.pass(Duration.ofSeconds(1));
            return "v1";
        });
        IntStream.range(0, 9).forEach(key -> early.load("k" + key));
        service.origin.give("v2");
        IntStream.range(0, 9).forEach(key -> assertThat(early.load("k" + key)).isEqualTo("v1"));
        service.until(() -> IntStream.range(0, 9).anyMatch(key -> "v2".equals(early.look("k" + key))));
    }

    @Test
    void probabilistic_loadsThatTakeNoTime_areNotRefreshedEarly() {
        Instance early = service.instance(builder -> builder.refreshAhead(RefreshAhead.probabilistic()));
        service.origin.give("v1");
        IntStream.range(0, 20).forEach(key -> early.load("k" + key));
        service.pass(FRESH.minus(Duration.ofMillis(200)));
        IntStream.range(0, 20).forEach(key -> early.load("k" + key));
        service.settle();
        assertThat(service.origin.calls()).isEqualTo(20);
    }
}
