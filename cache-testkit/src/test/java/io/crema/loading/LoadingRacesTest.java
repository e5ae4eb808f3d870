package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheBuilder;
import io.crema.LoadTimeoutException;
import io.crema.policy.Bulkhead;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.NullCaching;
import io.crema.policy.RefreshAhead;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Call;
import io.crema.scenario.Style;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The interleavings that break other libraries, with the policies of loading on. R23 and R28 for refreshes before the end
 * of freshness are in {@link RefreshAheadFleetTest}; without policies all of them are in {@code io.crema.scenario}.
 */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class LoadingRacesTest {

    private static final Duration SOFT = Duration.ofMillis(200);
    private static final Duration HARD = Duration.ofSeconds(20);
    private static final StaleOnError RESERVE =
            StaleOnError.upTo(Duration.ofSeconds(120)).retryEvery(Duration.ofSeconds(1));

    private final Service service;
    private final Instance a;
    private final Instance b;

    LoadingRacesTest(Style style) {
        service = new Service(Setup.fleet(style));
        a = service.instance(LoadingRacesTest::policies);
        b = service.instance(LoadingRacesTest::policies);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private static CacheBuilder<String, String> policies(CacheBuilder<String, String> builder) {
        return builder.staleOnError(RESERVE)
                .loadTimeouts(LoadTimeouts.soft(SOFT).hard(HARD))
                .bulkhead(Bulkhead.of(8))
                .singleFlight(SingleFlight.waitUpTo(Duration.ofSeconds(60)));
    }

    private Instance instance(UnaryOperator<CacheBuilder<String, String>> more) {
        return service.instance(builder -> more.apply(policies(builder)));
    }

    /** A stale value in both instances, and a's load of it going on behind its readers. */
    private Held loadingBehind() {
        a.put("k", "v1");
        assertThat(b.load("k")).isEqualTo("v1");
        service.passFreshness();
        Held held = service.origin.hold();
        assertThat(service.finish(a.get("k"))).isEqualTo("v1");
        assertThat(held.calls()).isEqualTo(1);
        return held;
    }

    private void land(Held held, String value) {
        held.answer(value);
        held.awaitEnded(1);
        service.settle();
    }

    @Test
    void r8_loaderFails_nobodyWhoWaitedLoadsInTurn_inTheProcess() {
        Held held = service.origin.hold();
        List<Call<String>> calls = Stream.generate(() -> a.get("k")).limit(8).toList();
        held.awaitCalled();
        calls.forEach(Call::awaitWaiting);
        held.fail(DOWN);
        assertThat(calls).extracting(service::failure).containsOnly(DOWN);
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void r8_loaderFails_nobodyWhoWaitedLoadsInTurn_acrossInstances() {
        Held held = service.origin.hold();
        List<Call<String>> first = Stream.generate(() -> a.get("k")).limit(3).toList();
        held.awaitCalled();
        List<Call<String>> others = Stream.generate(() -> b.get("k")).limit(5).toList();
        others.forEach(Call::awaitWaiting);
        // It was refused the lease, so it waits for the other.
        service.until(() -> b.executed(Operation.LEASE) > 0);
        service.pass(Duration.ofMillis(100));
        held.fail(DOWN);
        assertThat(first).extracting(service::failure).containsOnly(DOWN);
        assertThat(others).extracting(service::failure).hasOnlyElementsOfType(RuntimeException.class);
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void r8_loaderFails_withAReserve_everybodyGetsIt_forOneLoad() {
        a.put("k", "v1");
        b.load("k");
        service.passFreshness();
        Held held = service.origin.hold();
        List<Call<String>> calls =
                Stream.of(a, b, a, b, a, b).map(each -> each.get("k")).toList();
        held.awaitCalled();
        held.fail(DOWN);
        assertThat(calls).extracting(service::finish).containsOnly("v1");
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void r9_hungLoader_freesTheKeyAtTheHardTimeout_inAllInstances() {
        Held hung = service.origin.hang();
        Call<String> first = a.get("k");
        hung.awaitCalled();
        Call<String> other = b.get("k");
        service.pass(HARD);
        assertThat(service.failure(first)).isInstanceOf(LoadTimeoutException.class);
        assertThat(service.failure(other)).isInstanceOf(RuntimeException.class);
        service.origin.give("v2");
        assertThat(service.finish(b.get("k"))).isEqualTo("v2");
        assertThat(service.finish(a.get("k"))).isEqualTo("v2");
        land(hung, "v1");
        assertThat(a.look("k")).isEqualTo("v2");
        assertThat(b.look("k")).isEqualTo("v2");
    }

    @Test
    void r10_firstCallerLeaves_thoseWhoJoinedGetTheValue() {
        Held held = service.origin.hold();
        Call<String> first = a.get("k");
        held.awaitCalled();
        Call<String> joined = a.get("k");
        joined.awaitWaiting();
        Call<String> elsewhere = b.get("k");
        first.abandon();
        held.answer("v");
        assertThat(service.finish(joined)).isEqualTo("v");
        assertThat(service.finish(elsewhere)).isEqualTo("v");
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void r10_firstCallerLeaves_withoutTimeouts_someoneElseCarriesOn() {
        Instance plain = service.instance(builder -> builder.staleOnError(RESERVE));
        Held held = service.origin.hang();
        Call<String> first = plain.get("k");
        held.awaitCalled();
        Call<String> joined = plain.get("k");
        joined.awaitWaiting();
        if (first.thread() == null) {
            first.abandon();
        } else {
            first.thread().interrupt();
        }
        held.answer("v");
        assertThat(service.finish(joined)).isEqualTo("v");
    }

    @Test
    void r11_loaderAsksForItsOwnKey_behindReaders_failsAtOnce_andTheyGetTheReserve() {
        a.put("k", "v1");
        service.passFreshness();
        service.origin.set((key, context) -> a.cache.get(key));
        assertThat(service.finish(a.get("k"))).isEqualTo("v1");
        service.until(() -> a.stats().loadFailures() == 1);
        assertThat(a.stats().loadTimeouts()).isZero();
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void r12_putSinceTheSoftTimeout_isNotOverwrittenByTheLoadBehind() {
        Held held = loadingBehind();
        a.put("k", "v3");
        land(held, "v2");
        assertThat(a.look("k")).isEqualTo("v3");
        assertThat(b.look("k")).isEqualTo("v3");
    }

    @Test
    void r12_putByAnotherInstance_isNotOverwrittenByTheLoadBehind() {
        Held held = loadingBehind();
        b.put("k", "v3");
        land(held, "v2");
        assertThat(a.look("k")).isEqualTo("v3");
        assertThat(b.look("k")).isEqualTo("v3");
    }

    @Test
    void r12_putByAnotherInstance_whoseMessageIsLate_isNotOverwritten() {
        Held held = loadingBehind();
        a.remote().holdDelivery();
        b.put("k", "v3");
        land(held, "v2");
        assertThat(b.look("k")).isEqualTo("v3");
        a.remote().releaseDelivery();
        assertThat(a.look("k")).isEqualTo("v3");
    }

    @Test
    void r12_putBetweenFillAndInstallOfTheLoadBehind_isNotOverwritten() {
        Held held = loadingBehind();
        try (RemoteGate fills = a.remote().holdReplies(Operation.FILL)) {
            held.answer("v2");
            fills.awaitHeld(1);
            b.put("k", "v3");
        }
        service.settle();
        assertThat(a.look("k")).isEqualTo("v3");
    }

    @Test
    void r20_invalidationWhileTheLoadGoesOnBehind_itsFillIsRefused() {
        Held held = loadingBehind();
        b.invalidate("k");
        land(held, "v1 read before the commit");
        assertThat(a.entry("k")).isNull();
        assertThat(b.entry("k")).isNull();
    }

    @Test
    void r20_invalidationWhileARevalidationGoesOn_itsFillIsRefused() {
        Instance c = service.instance(builder -> builder.staleWhileRevalidate(StaleWhileRevalidate.upTo(FRESH)));
        c.put("k", "v1");
        service.passFreshness();
        Held held = service.origin.hold();
        assertThat(c.load("k")).isEqualTo("v1");
        held.awaitCalled();
        b.invalidate("k");
        land(held, "v1 read before the commit");
        assertThat(c.entry("k")).isNull();
        assertThat(b.entry("k")).isNull();
    }

    @Test
    void r21_leaseOfAnotherSinceTheInvalidation_isNotFilledByTheLoadBehind() {
        Held older = loadingBehind();
        b.invalidate("k");
        Held newer = service.origin.hold();
        Call<String> second = b.get("k");
        newer.awaitCalled();
        older.answer("v1 read before the commit");
        service.until(() -> a.stats().fillsRefused() == 1);
        assertThat(a.entry("k")).isNull();
        newer.answer("v2");
        assertThat(service.finish(second)).isEqualTo("v2");
        assertThat(a.look("k")).isEqualTo("v2");
    }

    @Test
    void r22_loadBehindOutlivesItsLease_andAnotherFilled_itsFillIsRefused() {
        Instance slow = service.instance(builder -> builder.staleWhileRevalidate(StaleWhileRevalidate.upTo(FRESH)));
        slow.put("k", "v1");
        service.passFreshness();
        Held held = service.origin.hold();
        assertThat(slow.load("k")).isEqualTo("v1");
        held.awaitCalled();
        service.pass(Duration.ofSeconds(11));
        service.origin.give("v3");
        assertThat(service.finish(b.get("k"))).isEqualTo("v3");
        land(held, "v2");
        assertThat(slow.look("k")).isEqualTo("v3");
        assertThat(b.look("k")).isEqualTo("v3");
    }

    /** The lease has to last as long as the load may, or two instances would load what one can. */
    @Test
    void r22_hardTimeoutLongerThanTheUsualLease_isCoveredByIt() {
        Duration hard = Duration.ofSeconds(20);
        UnaryOperator<CacheBuilder<String, String>> patient = builder ->
                builder.loadTimeouts(LoadTimeouts.none().hard(hard)).singleFlight(SingleFlight.waitUpTo(hard));
        Instance c = service.instance(patient);
        Instance d = service.instance(patient);
        Held held = service.origin.hold();
        Call<String> first = c.get("k");
        held.awaitCalled();
        Call<String> second = d.get("k");
        service.pass(Duration.ofSeconds(15));
        held.answer("v");
        assertThat(service.finish(first)).isEqualTo("v");
        assertThat(service.finish(second)).isEqualTo("v");
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void r28_rowDeletedWhileItsLoadGoesOnBehind_isNotBroughtBack() {
        Held held = loadingBehind();
        b.invalidate("k");
        service.origin.give(null);
        assertThat(service.finish(b.get("k"))).isNull();
        land(held, "the row that was deleted since");
        assertThat(service.finish(a.get("k"))).isNull();
        assertThat(service.finish(b.get("k"))).isNull();
    }

    @Test
    void r28_loadBehindFindsNoRow_removesTheReserve_inAllInstances() {
        Held held = loadingBehind();
        land(held, null);
        service.origin.fail();
        assertThat(service.failure(a.get("k"))).isSameAs(DOWN);
        service.pass(Duration.ofSeconds(5));
        assertThat(service.failure(b.get("k")))
                .as("the row is known to be gone")
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void r66_failureIsNoCachedNull() {
        Instance nulls = instance(builder ->
                builder.nulls(NullCaching.cachedFor(FRESH)).failures(FailureCaching.cachedFor(Duration.ofSeconds(1))));
        Instance other = instance(builder -> builder.nulls(NullCaching.cachedFor(FRESH)));
        service.origin.fail();
        assertThat(service.failure(nulls.get("k"))).isSameAs(DOWN);
        assertThat(nulls.entry("k")).isNull();
        assertThat(other.entry("k")).isNull();
        service.pass(Duration.ofSeconds(1).plus(MARGIN));
        service.origin.give("v");
        assertThat(service.finish(other.get("k"))).isEqualTo("v");
        assertThat(service.finish(nulls.get("k"))).isEqualTo("v");
    }

    @Test
    void r66_failureOfARefreshOfACachedNull_isNoNewNull() {
        Instance nulls =
                instance(builder -> builder.nulls(NullCaching.cachedFor(FRESH)).refreshAhead(RefreshAhead.at(0.5)));
        service.origin.give(null);
        assertThat(service.finish(nulls.get("k"))).isNull();
        service.pass(FRESH.dividedBy(2).plus(MARGIN));
        service.origin.fail();
        assertThat(service.finish(nulls.get("k"))).isNull();
        service.until(() -> nulls.stats().loadFailures() == 1);
        assertThat(nulls.known("k").age()).isGreaterThan(FRESH.dividedBy(2));
        service.pass(FRESH.dividedBy(2));
        assertThat(nulls.known("k").isStale()).isTrue();
    }

    @Test
    void r67_cachedNull_endsWithTheInsertsInvalidation_inAllInstances() {
        Instance c = instance(builder -> builder.nulls(NullCaching.cachedFor(FRESH)));
        Instance d = instance(builder -> builder.nulls(NullCaching.cachedFor(FRESH)));
        service.origin.give(null);
        assertThat(service.finish(c.get("k"))).isNull();
        assertThat(service.finish(d.get("k"))).isNull();
        assertThat(service.origin.calls()).isEqualTo(1);
        service.origin.give("inserted");
        c.invalidate("k");
        assertThat(service.finish(d.get("k"))).isEqualTo("inserted");
        assertThat(service.finish(c.get("k"))).isEqualTo("inserted");
    }

    @Test
    void r67_insertWhileANullIsLoadedBehind_isNotHidden() {
        Instance c = service.instance(builder ->
                builder.nulls(NullCaching.cachedFor(FRESH)).staleWhileRevalidate(StaleWhileRevalidate.upTo(FRESH)));
        Instance d = service.instance(builder ->
                builder.nulls(NullCaching.cachedFor(FRESH)).staleWhileRevalidate(StaleWhileRevalidate.upTo(FRESH)));
        service.origin.give(null);
        assertThat(c.load("k")).isNull();
        service.passFreshness();
        Held held = service.origin.hold();
        assertThat(c.load("k")).isNull();
        held.awaitCalled();
        d.invalidate("k");
        land(held, null);
        service.origin.give("inserted");
        assertThat(service.finish(c.get("k"))).isEqualTo("inserted");
        assertThat(service.finish(d.get("k"))).isEqualTo("inserted");
    }

    @Test
    void r67_putWhileANullIsLoadedBehind_stays() {
        Instance c = instance(builder -> builder.nulls(NullCaching.cachedFor(FRESH)));
        c.put("k", null);
        service.passFreshness();
        Held held = service.origin.hold();
        assertThat(service.finish(c.get("k")))
                .as("the stale null, at the soft timeout")
                .isNull();
        b.put("k", "inserted");
        land(held, null);
        assertThat(c.look("k")).isEqualTo("inserted");
        assertThat(b.look("k")).isEqualTo("inserted");
    }
}
