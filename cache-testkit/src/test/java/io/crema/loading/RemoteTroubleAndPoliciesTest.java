package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheBuilder;
import io.crema.CacheException;
import io.crema.policy.CircuitBreaker;
import io.crema.policy.Degraded;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.RefreshAhead;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Call;
import io.crema.scenario.Style;
import io.crema.testkit.Operation;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The remote tier is away, slow, or its messages are: what the policies give then, and what the breaker does. */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class RemoteTroubleAndPoliciesTest {

    private static final Duration OPEN_FOR = Duration.ofSeconds(2);
    private static final CircuitBreaker BREAKER = CircuitBreaker.standard()
            .minimumCalls(4)
            .window(Duration.ofSeconds(5))
            .openFor(OPEN_FOR)
            .probes(1);
    private static final StaleOnError RESERVE =
            StaleOnError.upTo(Duration.ofSeconds(60)).retryEvery(Duration.ofSeconds(1));

    /** More than the staleness bound. */
    private static final Duration BEYOND_BOUND = Duration.ofSeconds(3);

    private final Service service;

    RemoteTroubleAndPoliciesTest(Style style) {
        service = new Service(Setup.fleet(style));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Instance instance(UnaryOperator<CacheBuilder<String, String>> policies) {
        return service.instance(policies);
    }

    /** An instance that has a value, and whose remote tier does not answer any more. */
    private Instance cutOff(UnaryOperator<CacheBuilder<String, String>> policies) {
        Instance cache = instance(policies);
        service.origin.give("v1");
        assertThat(cache.load("k")).isEqualTo("v1");
        cache.remote().goOffline();
        service.pass(BEYOND_BOUND);
        return cache;
    }

    @Test
    void reserve_remoteAndOriginAway_isWhatIsNear() {
        Instance cache = cutOff(builder -> builder.staleOnError(RESERVE));
        service.origin.fail();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        assertThat(cache.known("k").isStale())
                .as("not provably within the bound")
                .isTrue();
    }

    @Test
    void degradedFail_isDecidedBeforeAnyReserve() {
        Instance cache = cutOff(builder -> builder.staleOnError(RESERVE).degraded(Degraded.FAIL));
        assertThat(service.failure(cache.get("k")))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("FAIL");
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void degradedReserve_servesTheNearCopy_withoutALoad() {
        Instance cache = cutOff(builder -> builder.staleOnError(RESERVE).degraded(Degraded.RESERVE));
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(1);
        assertThat(cache.stats().staleServed()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void degradedReserve_whoseFreshnessIsOver_isLoaded_elseTheReserve() {
        Instance cache = cutOff(builder -> builder.staleOnError(RESERVE).degraded(Degraded.RESERVE));
        service.pass(FRESH);
        service.origin.fail();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
    }

    @Test
    void refreshAhead_cutOff_readersLoad() {
        Instance cache = cutOff(builder -> builder.refreshAhead(RefreshAhead.at(0.1)));
        service.origin.give("v2");
        assertThat(service.finish(cache.get("k"))).isIn("v1", "v2");
        service.passUntil(() -> "v2".equals(cache.get("k").await()));
    }

    @Test
    void softTimeout_remoteHangs_countsFromWhenTheOriginIsTurnedTo() {
        Duration soft = Duration.ofMillis(300);
        Instance cache = instance(builder -> builder.staleOnError(RESERVE).loadTimeouts(LoadTimeouts.soft(soft)));
        service.origin.give("v1");
        service.finish(cache.get("k"));
        service.passFreshness();
        cache.remote().hang(Operation.READ, Operation.LEASE, Operation.FILL, Operation.RELEASE);
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        service.passUntil(() -> held.calls() == 1);
        assertThat(service.finish(call)).isEqualTo("v1");
        held.answer("v2");
        service.passUntil(() -> "v2".equals(service.finish(cache.get("k"))));
    }

    @Test
    void leaseLost_whileLoadingBehind_doesNotFill() {
        Instance cache = instance(builder -> builder.staleWhileRevalidate(StaleWhileRevalidate.upTo(FRESH)));
        Instance other = instance(builder -> builder.staleWhileRevalidate(StaleWhileRevalidate.upTo(FRESH)));
        service.origin.give("v1");
        cache.load("k");
        service.passFreshness();
        Held held = service.origin.hold();
        assertThat(cache.load("k")).isEqualTo("v1");
        held.awaitCalled();
        service.loseRecord("k");
        service.origin.give("v3");
        assertThat(other.load("k")).isEqualTo("v3");
        held.answer("v2");
        held.awaitEnded(1);
        service.settle();
        assertThat(other.look("k")).isEqualTo("v3");
        assertThat(instance(builder -> builder).look("k")).isEqualTo("v3");
    }

    // The breaker

    private Instance broken(UnaryOperator<CacheBuilder<String, String>> policies) {
        service.circuitBreaker(BREAKER);
        Instance cache = instance(policies);
        cache.remote().fail(Operation.READ, Operation.LEASE, Operation.FILL, Operation.RELEASE);
        service.origin.give("v");
        for (int i = 0; i < 4; i++) {
            assertThat(service.finish(cache.get("broken" + i))).isEqualTo("v");
        }
        assertThat(cache.stats().remoteFailures()).isGreaterThanOrEqualTo(4);
        return cache;
    }

    @Test
    void breakerOpen_readsLoad_withoutAskingTheRemoteTier() {
        Instance cache = broken(builder -> builder);
        long failures = cache.stats().remoteFailures();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v");
        assertThat(cache.stats().remoteRefused()).isPositive();
        assertThat(cache.stats().remoteFailures()).isEqualTo(failures);
        assertThat(service.finish(cache.get("k"))).as("kept near").isEqualTo("v");
    }

    @Test
    void breakerOpen_remoteTierIsBack_isAskedAgainAfterItsTime() {
        Instance cache = broken(builder -> builder);
        cache.remote().recover();
        service.pass(OPEN_FOR.plus(MARGIN));
        assertThat(service.finish(cache.get("probe"))).isEqualTo("v");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v");
        assertThat(instance(builder -> builder).look("k")).as("it was stored").isEqualTo("v");
    }

    @Test
    void breakerOpen_reserveIsServedWhenTheOriginFailsToo() {
        Instance cache = broken(builder -> builder.staleOnError(RESERVE));
        service.passFreshness();
        service.origin.fail();
        cache.remote().goOffline();
        assertThat(service.finish(cache.get("broken0"))).isEqualTo("v");
        assertThat(cache.known("broken0").isStale()).isTrue();
    }

    @Test
    void breakerOpen_invalidationIsKept_andTheReserveIsNotServed() {
        Instance cache = broken(builder -> builder.staleOnError(RESERVE));
        assertThat(service.finish(cache.get("k"))).isEqualTo("v");
        cache.remote().fail(Operation.INVALIDATE);
        try {
            cache.invalidate("k");
        } catch (RuntimeException expected) {
            assertThat(expected).isInstanceOf(CacheException.class);
        }
        service.origin.fail();
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
    }

    @Test
    void breaker_isNeverTrippedBySlowOrFailingLoaders() {
        service.circuitBreaker(BREAKER.slowCall(Duration.ofMillis(10)));
        Instance cache = instance(builder -> builder);
        service.origin.set((key, context) -> {
            service.pass(Duration.ofMillis(500));
            if (key.endsWith("1")) {
                throw DOWN;
            }
            return "v";
        });
        for (int i = 0; i < 12; i++) {
            service.passUntilDone(cache.get("slow" + i));
        }
        assertThat(cache.stats().loadFailures()).isPositive();
        assertThat(cache.stats().remoteRefused()).isZero();
    }

    @Test
    void breakerOff_asksEachTime() {
        service.circuitBreaker(CircuitBreaker.off());
        Instance cache = instance(builder -> builder);
        cache.remote().fail(Operation.READ, Operation.LEASE, Operation.FILL, Operation.RELEASE);
        service.origin.give("v");
        for (int i = 0; i < 40; i++) {
            assertThat(service.finish(cache.get("k" + i))).isEqualTo("v");
        }
        assertThat(cache.stats().remoteRefused()).isZero();
        assertThat(cache.stats().remoteFailures()).isGreaterThanOrEqualTo(40);
    }
}
