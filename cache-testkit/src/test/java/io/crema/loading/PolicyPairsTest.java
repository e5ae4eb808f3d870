package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheBuilder;
import io.crema.LoadTimeoutException;
import io.crema.policy.AbandonedLoads;
import io.crema.policy.Backoff;
import io.crema.policy.Bulkhead;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import io.crema.policy.RefreshAhead;
import io.crema.policy.SingleFlight;
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

/**
 * The pairs of policies that have to do with one another, and who tests them. A pair that is not named here does not meet:
 * the one has ended before the other begins. Those without a test elsewhere are here.
 *
 * <table>
 * <caption>Pairs</caption>
 * <tr><th>policy</th><th>with</th><th>test</th></tr>
 * <tr><td rowspan="16">StaleOnError</td><td>StaleWhileRevalidate</td><td>{@link #revalidate_thenReserve}</td></tr>
 * <tr><td>soft timeout</td><td>{@link SoftTimeoutTest}</td></tr>
 * <tr><td>hard timeout</td><td>{@link HardTimeoutTest}, get_withAReserve..</td></tr>
 * <tr><td>RefreshAhead</td><td>{@link #refreshAheadFails_thenReserve}</td></tr>
 * <tr><td>Bulkhead</td><td>{@link BulkheadTest}, rejected_withAReserve..</td></tr>
 * <tr><td>SingleFlight</td><td>{@link WaitLimitTest}, {@link StaleOnErrorFleetTest}</td></tr>
 * <tr><td>FailureCaching</td><td>{@link FailureCachingTest}, get_withAReserve.., get_whenTheReserveHasGone..</td></tr>
 * <tr><td>NullCaching, times of values, jitter</td><td>{@link PerValuePoliciesTest}, {@link StaleOnErrorTest}</td></tr>
 * <tr><td>AbandonedLoads</td><td>{@link #abandonedLoad_isNoFailure}</td></tr>
 * <tr><td>notModified</td><td>{@link NotModifiedTest}</td></tr>
 * <tr><td>Near.none()</td><td>each test that runs over all of {@link Setup}</td></tr>
 * <tr><td>near time to live</td><td>{@link PerValuePoliciesTest}, nearTimeToLive..</td></tr>
 * <tr><td>tags, versions, quarantine, LATEST</td><td>{@link FencesAndPoliciesTest}</td></tr>
 * <tr><td>Degraded, CircuitBreaker</td><td>{@link RemoteTroubleAndPoliciesTest}</td></tr>
 * <tr><td>invalidate, expire, clear, put</td><td>{@link StaleOnErrorTest}, {@link StaleOnErrorFleetTest}</td></tr>
 * <tr><td>bulk</td><td>{@link BulkPoliciesTest}</td></tr>
 * <tr><td rowspan="9">StaleWhileRevalidate</td><td>soft timeout</td><td>{@link #revalidate_isNotConcernedBySoftTimeout}</td></tr>
 * <tr><td>hard timeout</td><td>{@link #revalidate_hardTimeoutBehind_goesOnServing}</td></tr>
 * <tr><td>RefreshAhead</td><td>{@link #refreshAheadMissed_thenRevalidate}</td></tr>
 * <tr><td>Bulkhead</td><td>{@link BulkheadTest}, refreshBehind..</td></tr>
 * <tr><td>SingleFlight</td><td>{@link StaleWhileRevalidateFleetTest}, {@link #revalidate_anotherLoads_nobodyWaits}</td></tr>
 * <tr><td>FailureCaching</td><td>{@link FailureCachingTest}, refreshBehind..</td></tr>
 * <tr><td>NullCaching</td><td>{@link StaleWhileRevalidateTest}, get_cachedNull..</td></tr>
 * <tr><td>AbandonedLoads</td><td>{@link AbandonedLoadsTest}, cancel_whenOneThatHasTheReserve..</td></tr>
 * <tr><td>times of values, jitter, bulk, LATEST</td><td>{@link PerValuePoliciesTest}, {@link BulkPoliciesTest},
 *     {@link FencesAndPoliciesTest}</td></tr>
 * <tr><td rowspan="6">soft timeout</td><td>hard timeout</td><td>{@link SoftTimeoutTest}</td></tr>
 * <tr><td>RefreshAhead</td><td>{@link #softTimeout_ofWhoJoinedARefresh_givesTheReserve}</td></tr>
 * <tr><td>Bulkhead</td><td>{@link #softTimeout_inTheQueue_givesTheReserve}</td></tr>
 * <tr><td>SingleFlight</td><td>{@link WaitLimitTest}, get_softTimeout..</td></tr>
 * <tr><td>AbandonedLoads</td><td>{@link #softTimeout_servedCallersHaveNotAbandonedTheLoad}</td></tr>
 * <tr><td>LATEST, bulk, notModified</td><td>{@link FencesAndPoliciesTest}, {@link BulkPoliciesTest},
 *     {@link NotModifiedTest}</td></tr>
 * <tr><td rowspan="6">hard timeout</td><td>RefreshAhead</td><td>{@link #refreshAhead_hardTimeout_isAFailedRefresh}</td></tr>
 * <tr><td>Bulkhead</td><td>{@link BulkheadTest}, hardTimeout..</td></tr>
 * <tr><td>SingleFlight</td><td>{@link WaitLimitTest}, get_hardTimeout.., {@link LoadingRacesTest}, r22..</td></tr>
 * <tr><td>FailureCaching</td><td>{@link #hardTimeout_isRememberedAsAFailure}</td></tr>
 * <tr><td>AbandonedLoads</td><td>{@link AbandonedLoadsTest}</td></tr>
 * <tr><td>quarantine, bulk</td><td>{@link FencesAndPoliciesTest}, {@link BulkPoliciesTest}</td></tr>
 * <tr><td rowspan="6">RefreshAhead</td><td>Bulkhead</td><td>{@link #refreshAhead_rejected_valueStays}</td></tr>
 * <tr><td>FailureCaching</td><td>{@link #refreshAheadFails_noReaderFails}</td></tr>
 * <tr><td>jitter</td><td>{@link #refreshAhead_isAShareOfJitteredFreshness}</td></tr>
 * <tr><td>near time to live</td><td>{@link #refreshAhead_nearCopyThatCameLate_isDueByTheValuesAge}</td></tr>
 * <tr><td>NullCaching</td><td>{@link LoadingRacesTest}, r66..</td></tr>
 * <tr><td>tags, versions, times of values, bulk</td><td>{@link FencesAndPoliciesTest}, {@link RefreshAheadTest},
 *     {@link BulkPoliciesTest}</td></tr>
 * <tr><td rowspan="2">Bulkhead</td><td>SingleFlight</td><td>{@link #waitingForAnothersFill_takesNoPlace}</td></tr>
 * <tr><td>AbandonedLoads, bulk</td><td>{@link BulkheadTest}</td></tr>
 * <tr><td rowspan="2">FailureCaching</td><td>NullCaching, SingleFlight</td><td>{@link FailureCachingTest}</td></tr>
 * <tr><td>quarantine, bulk</td><td>{@link FencesAndPoliciesTest}, {@link BulkPoliciesTest}</td></tr>
 * </table>
 */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class PolicyPairsTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration WINDOW = Duration.ofSeconds(5);
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final Duration SOFT = Duration.ofMillis(200);
    private static final Duration HARD = Duration.ofSeconds(2);
    private static final Duration HALF = FRESH.dividedBy(2);
    private static final StaleOnError RESERVE = StaleOnError.upTo(LIMIT).retryEvery(STEP);
    private static final StaleWhileRevalidate REVALIDATE = StaleWhileRevalidate.upTo(WINDOW);
    private static final RefreshAhead AHEAD = RefreshAhead.at(0.5).retry(Backoff.every(STEP));

    private final Service service;

    PolicyPairsTest(Style style) {
        service = new Service(Setup.fleet(style));
    }

    @AfterEach
    void close() {
        service.close();
    }

    /** An instance with a value of a given age. */
    private Instance aged(Duration age, UnaryOperator<CacheBuilder<String, String>> policies) {
        Instance cache = service.instance(policies);
        cache.put("k", "v1");
        service.pass(age.plus(MARGIN));
        return cache;
    }

    private void awaitFailures(Instance cache, int count) {
        service.until(() -> cache.stats().loadFailures() == count);
        service.settle();
    }

    @Test
    void revalidate_thenReserve() {
        Instance cache = aged(FRESH, builder -> builder.staleOnError(RESERVE).staleWhileRevalidate(REVALIDATE));
        service.origin.fail();
        assertThat(cache.load("k")).as("at once").isEqualTo("v1");
        awaitFailures(cache, 1);
        service.pass(WINDOW);
        assertThat(cache.look("k")).as("after the window").isNull();
        assertThat(cache.load("k")).as("after a failed load").isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(2);
        service.pass(LIMIT.minus(FRESH).minus(WINDOW));
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
    }

    @Test
    void refreshAheadFails_thenReserve() {
        Instance cache = aged(HALF, builder -> builder.staleOnError(RESERVE).refreshAhead(AHEAD));
        service.origin.fail();
        assertThat(cache.load("k")).isEqualTo("v1");
        awaitFailures(cache, 1);
        assertThat(cache.known("k").isStale()).isFalse();
        service.pass(HALF);
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.known("k").isStale()).isTrue();
        assertThat(service.origin.calls()).isEqualTo(2);
    }

    @Test
    void abandonedLoad_isNoFailure() {
        Instance cache = aged(
                FRESH,
                builder -> builder.staleOnError(RESERVE)
                        .abandonedLoads(AbandonedLoads.CANCEL)
                        .loadTimeouts(LoadTimeouts.none().hard(HARD)));
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        call.abandon();
        held.awaitInterrupted();
        service.origin.give("v2");
        assertThat(service.finish(cache.get("k"))).as("nothing is held back").isEqualTo("v2");
    }

    @Test
    void revalidate_isNotConcernedBySoftTimeout() {
        Instance cache =
                aged(FRESH, builder -> builder.staleWhileRevalidate(REVALIDATE).loadTimeouts(LoadTimeouts.soft(SOFT)));
        Held held = service.origin.hold();
        assertThat(cache.load("k")).isEqualTo("v1");
        held.awaitCalled();
        service.pass(SOFT.multipliedBy(2));
        assertThat(held.interrupts()).isZero();
        held.answer("v2");
        service.until(() -> "v2".equals(cache.look("k")));
    }

    @Test
    void revalidate_hardTimeoutBehind_goesOnServing() {
        Instance cache = aged(
                FRESH,
                builder -> builder.staleWhileRevalidate(REVALIDATE)
                        .loadTimeouts(LoadTimeouts.none().hard(HARD)));
        Held held = service.origin.hold();
        assertThat(cache.load("k")).isEqualTo("v1");
        held.awaitCalled();
        service.pass(HARD);
        held.awaitInterrupted();
        service.until(() -> cache.stats().loadTimeouts() == 1);
        assertThat(cache.load("k")).isEqualTo("v1");
    }

    @Test
    void refreshAheadMissed_thenRevalidate() {
        Instance cache =
                aged(FRESH, builder -> builder.staleWhileRevalidate(REVALIDATE).refreshAhead(AHEAD));
        Held held = service.origin.hold();
        assertThat(cache.load("k")).isEqualTo("v1");
        held.awaitCalled();
        held.answer("v2");
        service.until(() -> "v2".equals(cache.look("k")));
        service.settle();
        assertThat(cache.load("k")).isEqualTo("v2");
        service.settle();
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void revalidate_anotherLoads_nobodyWaits() {
        Instance cache = aged(FRESH, builder -> builder.staleWhileRevalidate(REVALIDATE));
        Instance slow = service.instance(builder -> builder);
        Held held = service.origin.hold();
        Call<String> loading = slow.get("k");
        held.awaitCalled();
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.load("k")).isEqualTo("v1");
        held.answer("v2");
        assertThat(service.finish(loading)).isEqualTo("v2");
        service.passUntil(() -> "v2".equals(cache.load("k")));
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void softTimeout_ofWhoJoinedARefresh_givesTheReserve() {
        Instance cache = aged(
                HALF,
                builder -> builder.staleOnError(RESERVE).refreshAhead(AHEAD).loadTimeouts(LoadTimeouts.soft(SOFT)));
        Held held = service.origin.hold();
        assertThat(cache.load("k")).isEqualTo("v1");
        held.awaitCalled();
        service.pass(HALF);
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        held.answer("v2");
        service.until(() -> "v2".equals(cache.look("k")));
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void softTimeout_inTheQueue_givesTheReserve() {
        Instance cache = aged(
                FRESH,
                builder -> builder.staleOnError(RESERVE)
                        .bulkhead(Bulkhead.of(1).queue(4))
                        .loadTimeouts(LoadTimeouts.soft(SOFT)));
        Held held = service.origin.hold();
        Call<String> other = cache.get("other");
        held.awaitCalled();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        assertThat(held.calls()).isEqualTo(1);
        held.answer("v2");
        assertThat(service.finish(other)).isEqualTo("v2");
        service.until(() -> "v2".equals(cache.look("k")));
    }

    @Test
    void softTimeout_servedCallersHaveNotAbandonedTheLoad() {
        Instance cache = aged(
                FRESH,
                builder -> builder.staleOnError(RESERVE)
                        .abandonedLoads(AbandonedLoads.CANCEL)
                        .loadTimeouts(LoadTimeouts.soft(SOFT)));
        Held held = service.origin.hold();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        assertThat(held.interrupts()).isZero();
        held.answer("v2");
        service.until(() -> "v2".equals(cache.look("k")));
    }

    @Test
    void refreshAhead_hardTimeout_isAFailedRefresh() {
        Instance cache = aged(
                HALF,
                builder -> builder.refreshAhead(AHEAD)
                        .loadTimeouts(LoadTimeouts.none().hard(HARD)));
        Held held = service.origin.hold();
        assertThat(cache.load("k")).isEqualTo("v1");
        held.awaitCalled();
        service.pass(HARD);
        held.awaitInterrupted();
        service.until(() -> cache.stats().loadTimeouts() == 1);
        assertThat(cache.load("k")).isEqualTo("v1");
        service.pass(STEP.plus(MARGIN));
        service.origin.give("v2");
        assertThat(cache.load("k")).isEqualTo("v1");
        service.until(() -> "v2".equals(cache.look("k")));
    }

    @Test
    void hardTimeout_isRememberedAsAFailure() {
        Instance cache = service.instance(builder -> builder.failures(FailureCaching.cachedFor(STEP))
                .loadTimeouts(LoadTimeouts.none().hard(HARD)));
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        service.pass(HARD);
        assertThat(service.failure(call)).isInstanceOf(LoadTimeoutException.class);
        held.awaitInterrupted();
        assertThat(service.failure(cache.get("k"))).isInstanceOf(LoadTimeoutException.class);
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void refreshAhead_rejected_valueStays() {
        Instance cache = aged(
                HALF,
                builder -> builder.refreshAhead(AHEAD).bulkhead(Bulkhead.of(1).queue(0)));
        Held held = service.origin.hold();
        Call<String> other = cache.get("other");
        held.awaitCalled();
        assertThat(cache.load("k")).isEqualTo("v1");
        service.until(() -> cache.stats().loadsRejected() == 1);
        // The hold begins now, before time goes on.
        service.until(() -> cache.executed(Operation.RELEASE) == 1);
        assertThat(cache.load("k")).isEqualTo("v1");
        held.answer("v2");
        assertThat(service.finish(other)).isEqualTo("v2");
        service.pass(STEP.plus(MARGIN));
        cache.load("k");
        service.until(() -> "v2".equals(cache.look("k")));
    }

    @Test
    void refreshAheadFails_noReaderFails() {
        Instance cache = aged(HALF, builder -> builder.refreshAhead(AHEAD).failures(FailureCaching.cachedFor(FRESH)));
        Instance late =
                service.instance(builder -> builder.refreshAhead(AHEAD).failures(FailureCaching.cachedFor(FRESH)));
        service.origin.fail();
        assertThat(cache.load("k")).isEqualTo("v1");
        awaitFailures(cache, 1);
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(late.load("k")).isEqualTo("v1");
    }

    @Test
    void refreshAhead_isAShareOfJitteredFreshness() {
        Instance cache = service.instance(builder ->
                builder.refreshAhead(AHEAD).expiration(Expiration.fresh(FRESH).jitter(0.5)));
        cache.put("k", "v1");
        Duration fresh = cache.known("k").freshFor();
        service.pass(fresh.dividedBy(2).minus(MARGIN));
        assertThat(cache.load("k")).isEqualTo("v1");
        service.settle();
        assertThat(service.origin.calls()).isZero();
        service.pass(MARGIN.multipliedBy(2));
        service.origin.give("v2");
        assertThat(cache.load("k")).isEqualTo("v1");
        service.until(() -> "v2".equals(cache.look("k")));
    }

    @Test
    void refreshAhead_nearCopyThatCameLate_isDueByTheValuesAge() {
        Instance first = aged(HALF, builder -> builder);
        Instance late = service.instance(
                builder -> builder.refreshAhead(AHEAD).near(Near.entries(100).expireAfter(HALF)));
        service.origin.give("v2");
        assertThat(late.load("k")).isEqualTo("v1");
        assertThat(late.load("k")).isIn("v1", "v2");
        service.until(() -> "v2".equals(late.look("k")));
        assertThat(first.known("k").value()).isEqualTo("v1");
    }

    @Test
    void waitingForAnothersFill_takesNoPlace() {
        Instance slow = service.instance(builder -> builder);
        Instance cache = service.instance(
                builder -> builder.bulkhead(Bulkhead.of(1).queue(0)).singleFlight(SingleFlight.waitUpTo(LIMIT)));
        Held held = service.origin.hold();
        Call<String> loading = slow.get("k");
        held.awaitCalled();
        Call<String> waiting = cache.get("k");
        service.pass(STEP);
        service.origin.give("v");
        assertThat(service.finish(cache.get("other"))).isEqualTo("v");
        held.answer("v2");
        assertThat(service.finish(loading)).isEqualTo("v2");
        assertThat(service.finish(waiting)).isEqualTo("v2");
    }
}
