package io.crema.loading;

import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheBuilder;
import io.crema.policy.Backoff;
import io.crema.policy.Bulkhead;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Call;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What happens to a value, or to others, between the beginning of a load and its end. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class LoadingCornersTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final StaleOnError RESERVE = StaleOnError.upTo(LIMIT);

    private final Setup setup;
    private final Service service;

    LoadingCornersTest(Setup setup) {
        this.setup = setup;
        service = new Service(setup);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Instance instance(UnaryOperator<CacheBuilder<String, String>> policies) {
        return service.instance(policies);
    }

    @Test
    void tagInvalidatedDuringALoadInPlaceOfAReserve_laterReaderDoesNotJoinIt() {
        Instance cache = instance(builder -> builder.staleOnError(RESERVE));
        service.origin.give("v1");
        cache.load("k");
        service.passFreshness();
        Held held = service.origin.held();
        service.origin.set((key, context) -> {
            context.tags("t");
            return held.load();
        });
        Call<String> before = cache.get("k");
        held.awaitCalled();
        cache.invalidateTag("t");
        service.origin.give("v2");
        Call<String> after = cache.get("k");
        if (setup.tiers().hasRemote()) {
            // For the lease, which the first one has.
            after.awaitWaiting();
        } else {
            assertThat(service.finish(after)).isEqualTo("v2");
        }
        held.answer("before the invalidation");
        assertThat(service.finish(before)).isEqualTo("before the invalidation");
        assertThat(service.finish(after)).isEqualTo("v2");
    }

    @Test
    void notModifiedAfterTheReserveHasGone_keepsItsTags() {
        Instance cache = instance(builder -> builder.staleOnError(RESERVE));
        service.origin.set((key, context) -> {
            context.tags("t");
            return "v1";
        });
        cache.load("k");
        service.pass(LIMIT.minusSeconds(1));
        Held held = service.origin.held();
        service.origin.set((key, context) -> {
            if (context.previous() == null) {
                return context.tags("t") == null ? null : "v1";
            }
            String unused = held.load();
            return context.notModified();
        });
        Call<String> call = cache.get("k");
        held.awaitCalled();
        service.pass(Duration.ofSeconds(2));
        held.answer("");
        assertThat(service.finish(call)).isEqualTo("v1");
        cache.invalidateTag("t");
        assertThat(cache.look("k")).isNull();
    }

    @Test
    void nothingLoaded_whileSomebodyPuts_leavesThePut() {
        Instance cache = instance(builder -> builder);
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        cache.put("k", "put");
        held.answer(null);
        assertThat(service.finish(call)).isNull();
        assertThat(cache.look("k")).isEqualTo("put");
    }

    @Test
    void softTimeout_readerAfterTheReservesLimit_doesNotGetIt() {
        Instance cache = instance(builder -> builder.staleOnError(StaleOnError.upTo(Duration.ofSeconds(20)))
                .loadTimeouts(LoadTimeouts.soft(Duration.ofMillis(200))));
        service.origin.give("v1");
        cache.load("k");
        service.passFreshness();
        Held held = service.origin.hang();
        Call<String> soon = cache.get("k");
        held.awaitCalled();
        assertThat(service.finish(soon)).isEqualTo("v1");
        service.pass(Duration.ofSeconds(15));
        Call<String> late = cache.get("k");
        service.passUntil(() -> late.isDone() || held.calls() == 2);
        held.answer("v2");
        assertThat(service.finish(late)).isEqualTo("v2");
    }

    @Test
    void loaderThatNeedsAKeyWhichWaitsForAPlace_getsIt() {
        AtomicReference<Instance> itself = new AtomicReference<>();
        Instance cache = instance(builder -> builder.bulkhead(Bulkhead.of(1)));
        itself.set(cache);
        Held held = service.origin.held();
        service.origin.set((key, context) -> {
            if (key.equals("b")) {
                return "b";
            }
            String unused = held.load();
            return key + itself.get().cache.get("b");
        });
        Call<String> first = cache.get("a");
        held.awaitCalled();
        Call<String> second = cache.get("b");
        second.awaitWaiting();
        held.answer("");
        assertThat(service.finish(first)).isEqualTo("ab");
        assertThat(service.finish(second)).isEqualTo("b");
        assertThat(service.origin.calls()).isEqualTo(2);
    }

    @Test
    void endOfTheTimeInThisProcess_isNoEndOfFreshness() {
        Assumptions.assumeTrue(setup.tiers().hasRemote() && setup.tiers().hasNear());
        Instance cache = instance(builder -> builder.near(Near.entries(100).expireAfter(FRESH.dividedBy(4)))
                .staleWhileRevalidate(StaleWhileRevalidate.upTo(FRESH)));
        service.origin.give("v1");
        cache.load("k");
        service.pass(FRESH.dividedBy(2));
        assertThat(cache.load("k")).isEqualTo("v1");
        service.settle();
        assertThat(cache.stats().staleServed()).isZero();
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void shortestBackoff_holdsTheKeyBackForAllInstances_andGrows() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Duration first = Duration.ofMillis(200);
        UnaryOperator<CacheBuilder<String, String>> policies =
                builder -> builder.staleOnError(RESERVE.retry(Backoff.doubling(first, Duration.ofSeconds(10))));
        Instance a = instance(policies);
        Instance b = instance(policies);
        service.origin.give("v1");
        a.load("k");
        b.load("k");
        service.passFreshness();
        service.origin.fail();
        assertThat(a.load("k")).isEqualTo("v1");
        assertThat(b.load("k")).isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(2);
        service.pass(first.plus(MARGIN));
        assertThat(b.load("k")).isEqualTo("v1");
        service.pass(first.plus(MARGIN));
        assertThat(a.load("k")).isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(3);
    }

    @Test
    void refreshThatFails_leavesTheOriginAloneAsLongAsALoadWould() {
        Assumptions.assumeTrue(setup.tiers().hasNear());
        Instance cache = instance(builder ->
                builder.staleOnError(RESERVE.retry(Backoff.doubling(Duration.ofSeconds(4), Duration.ofSeconds(30)))));
        service.origin.give("v1");
        cache.load("k");
        service.passFreshness();
        service.origin.fail();
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(service.failure(cache.refresh("k"))).isNotNull();
        assertThat(service.origin.calls()).isEqualTo(3);
        service.pass(Duration.ofSeconds(1));
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(3);
    }

    @Test
    void hardTimeout_cancelsTheFutureElsewhereThanOnTheThreadOfTheClock() {
        AtomicReference<Thread> cancelledBy = new AtomicReference<>();
        Instance cache = service.instance(
                builder -> builder.loadTimeouts(LoadTimeouts.none().hard(Duration.ofSeconds(2))),
                builder -> builder.buildAsync(key -> {
                    CompletableFuture<String> future = new CompletableFuture<>();
                    CompletableFuture<String> unused =
                            future.whenComplete((value, failure) -> cancelledBy.set(Thread.currentThread()));
                    service.origin.give("asked");
                    return future;
                }));
        Call<String> call = cache.get("k");
        call.awaitWaiting();
        service.settle();
        Thread clock = Thread.currentThread();
        service.time.advance(Duration.ofSeconds(3));
        service.until(() -> cancelledBy.get() != null);
        assertThat(cancelledBy.get()).isNotSameAs(clock);
        assertThat(service.failure(call)).isNotNull();
    }

    @Test
    void hardTimeout_whileTheValueIsBeingStored_givesTheValue() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Duration hard = Duration.ofMillis(100);
        Instance cache =
                instance(builder -> builder.loadTimeouts(LoadTimeouts.none().hard(hard)));
        service.origin.give("v1");
        try (RemoteGate fills = cache.remote().holdReplies(Operation.FILL)) {
            Call<String> call = cache.get("k");
            fills.awaitHeld(1);
            service.pass(hard.plus(MARGIN));
            service.settle();
            fills.releaseAll();
            assertThat(service.finish(call)).isEqualTo("v1");
        }
        assertThat(cache.stats().loadTimeouts()).isZero();
    }

    @Test
    void entry_ofAReserve_whereOthersHaveStoredANewValue_tellsOfThat() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Instance a = instance(builder -> builder.staleOnError(RESERVE));
        Instance b = instance(builder -> builder.staleOnError(RESERVE));
        service.origin.give("v1");
        a.load("k");
        service.passFreshness();
        service.origin.give("v2");
        assertThat(b.load("k")).isEqualTo("v2");
        assertThat(a.known("k").value()).isEqualTo("v2");
        assertThat(a.known("k").isStale()).isFalse();
    }
}
