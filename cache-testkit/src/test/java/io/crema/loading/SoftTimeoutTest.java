package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.LoadTimeoutException;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.StaleOnError;
import io.crema.scenario.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** After the soft timeout callers get the reserve, if there is one, and the load goes on behind them. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class SoftTimeoutTest {

    private static final Duration SOFT = Duration.ofMillis(200);
    private static final Duration HARD = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Service service;
    private final Instance cache;

    SoftTimeoutTest(Setup setup) {
        service = new Service(setup);
        cache = service.instance(
                builder -> builder.staleOnError(StaleOnError.upTo(LIMIT).retryEvery(RETRY))
                        .loadTimeouts(LoadTimeouts.soft(SOFT).hard(HARD)));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private void stale() {
        service.origin.give("v1");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        service.passFreshness();
    }

    @Test
    void get_fastLoad_givesTheNewValue() {
        stale();
        service.origin.give("v2");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v2");
        assertThat(cache.stats().staleServed()).isZero();
    }

    @Test
    void get_slowLoad_givesTheReserve_andTheLoadLandsBehind() {
        stale();
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        service.pass(SOFT.minus(MARGIN));
        assertThat(call.isDone()).isFalse();
        assertThat(service.finish(call)).isEqualTo("v1");
        assertThat(cache.known("k").isStale()).isTrue();
        held.answer("v2");
        service.until(() -> "v2".equals(cache.look("k")));
        assertThat(cache.known("k").isStale()).isFalse();
        assertThat(held.calls()).isEqualTo(1);
        assertThat(cache.stats().loadTimeouts()).isZero();
        assertThat(cache.stats().staleServed()).isEqualTo(1);
    }

    @Test
    void get_byManyCallers_allGetTheReserveTogether_andThereIsOneLoad() {
        stale();
        Held held = service.origin.hold();
        List<Call<String>> calls = new ArrayList<>();
        Stream.generate(() -> cache.get("k")).limit(4).forEach(calls::add);
        held.awaitCalled();
        calls.forEach(Call::awaitWaiting);
        service.finish(calls.get(0));
        service.until(() -> calls.stream().allMatch(Call::isDone));
        assertThat(calls).extracting(Call::await).containsOnly("v1");
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void get_afterTheSoftTimeout_whileTheLoadGoesOn_doesNotWait() {
        stale();
        Held held = service.origin.hold();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        for (int i = 0; i < 5; i++) {
            assertThat(cache.load("k")).isEqualTo("v1");
        }
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void get_withoutAReserve_waitsForTheLoad() {
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        service.pass(SOFT.multipliedBy(2));
        call.awaitWaiting();
        assertThat(call.isDone()).isFalse();
        held.answer("v1");
        assertThat(service.finish(call)).isEqualTo("v1");
    }

    @Test
    void get_withoutAReserve_slowerThanTheHardTimeout_throws() {
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        service.pass(HARD);
        assertThat(service.failure(call)).isInstanceOf(LoadTimeoutException.class);
        held.awaitInterrupted();
    }

    @Test
    void loadBehind_fails_holdsTheKeyBack() {
        stale();
        Held held = service.origin.hold();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        held.fail(DOWN);
        service.until(() -> cache.stats().loadFailures() == 1);
        service.settle();
        service.origin.give("v2");
        assertThat(cache.load("k")).as("held back").isEqualTo("v1");
        service.pass(RETRY.plus(MARGIN));
        assertThat(service.finish(cache.get("k"))).isEqualTo("v2");
    }

    @Test
    void loadBehind_slowerThanTheHardTimeout_isGivenUp() {
        stale();
        Held held = service.origin.hold();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        service.pass(HARD);
        held.awaitInterrupted();
        service.until(() -> cache.stats().loadTimeouts() == 1);
        service.settle();
        service.pass(RETRY.plus(MARGIN));
        service.origin.give("v2");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v2");
    }

    @Test
    void loadBehind_givesNull_removesTheReserve() {
        stale();
        Held held = service.origin.hold();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        held.answer(null);
        service.until(() -> cache.entry("k") == null);
    }

    @Test
    void loadBehind_putMeanwhile_doesNotOverwriteIt() {
        stale();
        Held held = service.origin.hold();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        cache.put("k", "put");
        held.answer("v2");
        held.awaitEnded(1);
        service.settle();
        assertThat(cache.load("k")).isEqualTo("put");
    }

    @Test
    void loadBehind_invalidatedMeanwhile_isNotKept_andReadersLoadAnew() {
        stale();
        Held held = service.origin.hold();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        cache.invalidate("k");
        service.origin.give("v3");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v3");
        held.answer("v2");
        held.awaitEnded(1);
        service.settle();
        assertThat(cache.load("k")).isEqualTo("v3");
    }

    @Test
    void get_invalidatedWhileItWaits_getsNoReserve() {
        stale();
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        cache.invalidate("k");
        held.answer("v2");
        assertThat(service.finish(call)).isEqualTo("v2");
        assertThat(cache.look("k")).isNull();
    }

    @Test
    void loadBehind_neverEnds_theReserveIsServedToItsLimitOnly() {
        Instance patient = service.instance(builder ->
                builder.staleOnError(StaleOnError.upTo(LIMIT).retryEvery(RETRY)).loadTimeouts(LoadTimeouts.soft(SOFT)));
        service.origin.give("v1");
        assertThat(service.finish(patient.get("k"))).isEqualTo("v1");
        service.passFreshness();
        Held held = service.origin.hold();
        assertThat(service.finish(patient.get("k"))).isEqualTo("v1");
        service.pass(LIMIT);
        Call<String> call = patient.get("k");
        call.awaitWaiting();
        service.pass(SOFT.multipliedBy(2));
        assertThat(call.isDone()).isFalse();
        held.answer("v2");
        assertThat(service.finish(call)).isEqualTo("v2");
    }
}
