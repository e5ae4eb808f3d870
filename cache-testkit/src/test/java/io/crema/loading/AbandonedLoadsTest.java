package io.crema.loading;

import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.policy.AbandonedLoads;
import io.crema.policy.Bulkhead;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.RefreshAhead;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Call;
import io.crema.scenario.Style;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Callers that leave a load: it goes on for those who stay; when nobody stays, as the policy says. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class AbandonedLoadsTest {

    /** So that loads run on threads of their own. */
    private static final LoadTimeouts TIMEOUTS = LoadTimeouts.none().hard(Duration.ofSeconds(60));

    private final Setup setup;
    private final Service service;

    AbandonedLoadsTest(Setup setup) {
        this.setup = setup;
        service = new Service(setup);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Instance abandoning(AbandonedLoads policy) {
        return service.instance(
                builder -> builder.abandonedLoads(policy).loadTimeouts(TIMEOUTS).bulkhead(Bulkhead.of(1)));
    }

    @Test
    void finish_theOnlyCallerLeaves_valueIsCached() {
        Instance cache = abandoning(AbandonedLoads.FINISH);
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        call.abandon();
        held.answer("v");
        service.passUntil(() -> "v".equals(cache.look("k")));
        assertThat(held.interrupts()).isZero();
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void finish_callerThatComesLater_joinsTheLoadThatWasLeft() {
        Instance cache = abandoning(AbandonedLoads.FINISH);
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        call.abandon();
        Call<String> later = cache.get("k");
        later.awaitWaiting();
        held.answer("v");
        assertThat(service.finish(later)).isEqualTo("v");
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void cancel_theOnlyCallerLeaves_loaderIsInterrupted_andTheKeyIsFree() {
        Instance cache = abandoning(AbandonedLoads.CANCEL);
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        call.abandon();
        held.awaitInterrupted();
        service.origin.give("v");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v");
    }

    @Test
    void cancel_whatTheLoaderStillGives_isDropped() {
        Instance cache = abandoning(AbandonedLoads.CANCEL);
        Held hung = service.origin.hang();
        Call<String> call = cache.get("k");
        hung.awaitCalled();
        call.abandon();
        hung.awaitInterrupted();
        hung.answer("late");
        service.origin.give("v");
        assertThat(service.finish(cache.get("other")))
                .as("there is one place, so the late one has ended")
                .isEqualTo("v");
        assertThat(cache.look("k")).isNull();
    }

    @Test
    void cancel_theFirstCallerLeaves_othersGetTheValue() {
        Instance cache = abandoning(AbandonedLoads.CANCEL);
        Held held = service.origin.hold();
        Call<String> first = cache.get("k");
        held.awaitCalled();
        Call<String> second = cache.get("k");
        second.awaitWaiting();
        Call<String> third = cache.get("k");
        third.awaitWaiting();
        first.abandon();
        third.abandon();
        assertThat(held.interrupts()).isZero();
        held.answer("v");
        assertThat(service.finish(second)).isEqualTo("v");
        assertThat(cache.look("k")).isEqualTo("v");
        assertThat(held.calls()).isEqualTo(1);
    }

    /** The load goes on until the second has left. */
    private static void leaveOneAfterTheOther(Held held, Call<?> first, Call<?> second) {
        first.abandon();
        assertThat(held.interrupts()).isZero();
        second.abandon();
        held.awaitInterrupted();
    }

    @Test
    void cancel_theLastOfSeveralLeaves_loaderIsInterrupted() {
        Instance cache = abandoning(AbandonedLoads.CANCEL);
        Held held = service.origin.hold();
        Call<String> first = cache.get("k");
        held.awaitCalled();
        Call<String> second = cache.get("k");
        second.awaitWaiting();
        leaveOneAfterTheOther(held, first, second);
    }

    @Test
    void cancel_aBulkReadThatJoined_leavesLast_loaderIsInterrupted() {
        Instance cache = abandoning(AbandonedLoads.CANCEL);
        Held held = service.origin.hold();
        Call<String> get = cache.get("k");
        held.awaitCalled();
        Call<?> all = cache.getAll("k");
        all.awaitWaiting();
        leaveOneAfterTheOther(held, get, all);
    }

    @Test
    void cancel_aBulkReadThatJoined_leavesFirst_loadGoesOnUntilTheOtherLeaves() {
        Instance cache = abandoning(AbandonedLoads.CANCEL);
        Held held = service.origin.hold();
        Call<String> get = cache.get("k");
        held.awaitCalled();
        Call<?> all = cache.getAll("k");
        all.awaitWaiting();
        leaveOneAfterTheOther(held, all, get);
    }

    @Test
    void cancel_aBulkReadThatWaitsForItsOwnKeys_leavesThoseThatItJoinedToo() {
        Instance cache = service.instance(
                builder -> builder.abandonedLoads(AbandonedLoads.CANCEL).loadTimeouts(TIMEOUTS));
        Held joined = service.origin.held();
        Held led = service.origin.held();
        service.origin.set((key, context) -> (key.equals("led") ? led : joined).load());
        List<Call<String>> gets = List.of(cache.get("k"), cache.get("l"));
        joined.awaitCalled(2);
        Call<?> all = cache.getAll("k", "led", "l");
        led.awaitCalled();
        all.awaitWaiting();
        gets.forEach(Call::abandon);
        assertThat(joined.interrupts()).isZero();
        all.abandon();
        led.awaitInterrupted();
        joined.awaitEnded(2);
        assertThat(joined.interrupts()).isEqualTo(2);
    }

    @Test
    void cancel_aBulkReadWhoseOwnKeyFails_leavesThoseThatItJoined() {
        Assumptions.assumeTrue(setup.style() == Style.SYNCHRONOUS, "An asynchronous one waits for all keys first");
        Instance cache = service.instance(
                builder -> builder.abandonedLoads(AbandonedLoads.CANCEL).loadTimeouts(TIMEOUTS));
        Held joined = service.origin.hold();
        Call<String> get = cache.get("k");
        joined.awaitCalled();
        service.origin.fail();
        assertThat(service.failure(cache.getAll("k", "led"))).isSameAs(Origin.DOWN);
        assertThat(joined.interrupts()).isZero();
        get.abandon();
        joined.awaitInterrupted();
    }

    @Test
    void cancel_anExplicitRefreshStillWaits_loadGoesOn() {
        Instance cache = abandoning(AbandonedLoads.CANCEL);
        Held held = service.origin.hold();
        Call<String> refresh = cache.refresh("k");
        held.awaitCalled();
        Call<String> second = cache.refresh("k");
        second.abandon();
        assertThat(held.interrupts()).isZero();
        held.answer("v");
        assertThat(service.finish(refresh)).isEqualTo("v");
    }

    @Test
    void cancel_whenOneThatHasTheReserveIsServed_theLoadBehindGoesOn() {
        Instance cache = service.instance(builder -> builder.abandonedLoads(AbandonedLoads.CANCEL)
                .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofSeconds(5)))
                .loadTimeouts(TIMEOUTS));
        service.origin.give("v1");
        service.finish(cache.get("k"));
        service.passFreshness();
        Held held = service.origin.hold();
        assertThat(cache.load("k")).isEqualTo("v1");
        held.awaitCalled();
        assertThat(held.interrupts()).isZero();
        held.answer("v2");
        service.until(() -> "v2".equals(cache.look("k")));
    }

    @Test
    void cancel_whoJoinsALoadBehindAndLeaves_doesNotEndIt() {
        Assumptions.assumeTrue(setup.tiers().hasNear());
        Instance cache = service.instance(builder -> builder.abandonedLoads(AbandonedLoads.CANCEL)
                .refreshAhead(RefreshAhead.at(0.5))
                .loadTimeouts(TIMEOUTS));
        service.origin.give("v1");
        service.finish(cache.get("k"));
        service.pass(FRESH.dividedBy(2).plus(MARGIN));
        Held held = service.origin.hold();
        assertThat(cache.load("k")).isEqualTo("v1");
        held.awaitCalled();
        service.pass(FRESH.dividedBy(2));
        Call<String> late = cache.get("k");
        late.awaitWaiting();
        late.abandon();
        assertThat(held.interrupts()).isZero();
        held.answer("v2");
        service.until(() -> "v2".equals(cache.look("k")));
    }

    @Test
    void cancel_asyncLoader_itsFutureIsCancelled() {
        CompletableFuture<String> origin = new CompletableFuture<>();
        Instance cache = service.instance(
                builder -> builder.abandonedLoads(AbandonedLoads.CANCEL), builder -> builder.buildAsync(key -> origin));
        Call<String> call = cache.get("k");
        call.awaitWaiting();
        service.settle();
        call.abandon();
        service.until(origin::isCancelled);
    }

    @Test
    void finish_asyncLoader_itsFutureIsLeftAlone() {
        CompletableFuture<String> origin = new CompletableFuture<>();
        Instance cache = service.instance(builder -> builder, builder -> builder.buildAsync(key -> origin));
        Call<String> call = cache.get("k");
        call.awaitWaiting();
        service.settle();
        call.abandon();
        origin.complete("v");
        service.until(() -> "v".equals(cache.look("k")));
    }

    @Test
    void cancel_otherInstancesGetTheLeaseAtOnce() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Instance cache = abandoning(AbandonedLoads.CANCEL);
        Instance other = abandoning(AbandonedLoads.CANCEL);
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        call.abandon();
        held.awaitInterrupted();
        service.origin.give("v");
        assertThat(service.finish(other.get("k"))).isEqualTo("v");
        assertThat(service.origin.calls()).isEqualTo(2);
    }

    @Test
    void cancel_grantedTheLease_beforeItLearnsThatItWasLeft_doesNotLoad_andGivesTheLeaseBack() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Instance cache = abandoning(AbandonedLoads.CANCEL);
        Instance other = abandoning(AbandonedLoads.CANCEL);
        try (RemoteGate leases = cache.remote().holdReplies(Operation.LEASE)) {
            Call<String> call = cache.get("k");
            leases.awaitHeld(1);
            service.executor.keep();
            call.abandon();
            service.executor.pass();
            leases.releaseNext();
            service.settle();
        }
        assertThat(service.origin.calls()).isZero();
        assertThat(service.executor.runKept()).isPositive();
        service.settle();
        service.origin.give("v");
        assertThat(other.load("k")).isEqualTo("v");
        assertThat(cache.load("k")).isEqualTo("v");
        assertThat(service.origin.calls()).isEqualTo(1);
    }
}
