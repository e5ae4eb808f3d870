package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheBuilder;
import io.crema.EntryOptions;
import io.crema.LoadTimeoutException;
import io.crema.Quarantine;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.RefreshAhead;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Call;
import io.crema.scenario.Style;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What keeps wrong values out (tags, origin versions, quarantines, LATEST) holds for loads behind readers and reserves. */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class FencesAndPoliciesTest {

    private static final Duration HARD = Duration.ofSeconds(2);

    private final Service service;
    private final Instance a;
    private final Instance b;

    FencesAndPoliciesTest(Style style) {
        service = new Service(Setup.fleet(style));
        a = service.instance(FencesAndPoliciesTest::policies);
        b = service.instance(FencesAndPoliciesTest::policies);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private static CacheBuilder<String, String> policies(CacheBuilder<String, String> builder) {
        return builder.staleOnError(StaleOnError.upTo(Duration.ofSeconds(60)).retryEvery(Duration.ofSeconds(1)))
                .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofSeconds(5)))
                .refreshAhead(RefreshAhead.at(0.5));
    }

    /** A value with a tag, whose refresh waits for the test and gives a value with the same tag. */
    private Held refreshing(Duration age) {
        a.put("k", "v1", EntryOptions.defaults().tags("t"));
        assertThat(b.load("k")).isEqualTo("v1");
        service.pass(age);
        Held held = service.origin.held();
        service.origin.set((key, context) -> {
            context.tags("t");
            return held.load();
        });
        assertThat(a.load("k")).isEqualTo("v1");
        held.awaitCalled();
        return held;
    }

    private void assertGone() {
        assertThat(a.entry("k")).isNull();
        assertThat(b.entry("k")).isNull();
    }

    @Test
    void tagInvalidatedDuringARefreshAhead_nothingIsKept() {
        Held held = refreshing(FRESH.dividedBy(2).plus(MARGIN));
        b.invalidateTag("t");
        held.answer("v1 again");
        held.awaitEnded(1);
        service.settle();
        assertGone();
    }

    @Test
    void tagInvalidatedDuringARevalidation_nothingIsKept_andNoReserveEither() {
        Held held = refreshing(FRESH.plus(MARGIN));
        b.invalidateTag("t");
        held.answer("v1 again");
        held.awaitEnded(1);
        service.settle();
        assertGone();
        service.origin.fail();
        assertThat(service.failure(a.get("k"))).isSameAs(DOWN);
    }

    @Test
    void tagInvalidated_reserveIsDead_inAllInstances() {
        a.put("k", "v1", EntryOptions.defaults().tags("t"));
        b.load("k");
        service.pass(FRESH.multipliedBy(2));
        a.invalidateTag("t");
        service.origin.fail();
        assertThat(service.failure(a.get("k"))).isSameAs(DOWN);
        assertThat(service.failure(b.get("k"))).isInstanceOf(RuntimeException.class);
        assertGone();
    }

    @Test
    void clearDuringARefresh_nothingIsKept() {
        Held held = refreshing(FRESH.dividedBy(2).plus(MARGIN));
        b.clear();
        held.answer("v1 again");
        held.awaitEnded(1);
        service.settle();
        assertGone();
    }

    @Test
    void versionOlderThanWhatWasInvalidated_isLoadedAgain_behindTheReaders() {
        List<Long> least = new CopyOnWriteArrayList<>();
        a.put("k", "v1", EntryOptions.defaults().originVersion(1));
        service.pass(FRESH.dividedBy(2).plus(MARGIN));
        b.expire("k", 5);
        service.origin.set((key, context) -> {
            least.add(context.leastOriginVersion());
            context.originVersion(context.leastOriginVersion() == 0 ? 1 : 5);
            return context.leastOriginVersion() == 0 ? "lagging" : "v5";
        });
        assertThat(service.finish(a.get("k"))).isEqualTo("v5");
        assertThat(least).containsExactly(0L, 5L);
        assertThat(b.load("k")).isEqualTo("v5");
    }

    @Test
    void refreshWithAnOlderVersion_doesNotReplaceTheNewerValue() {
        a.put("k", "v5", EntryOptions.defaults().originVersion(5));
        service.pass(FRESH.dividedBy(2).plus(MARGIN));
        service.origin.set((key, context) -> {
            context.originVersion(4);
            return "lagging";
        });
        assertThat(a.load("k")).isEqualTo("v5");
        service.until(() -> service.origin.calls() == 3);
        service.settle();
        assertThat(a.look("k")).isEqualTo("v5");
        assertThat(b.look("k")).isEqualTo("v5");
    }

    @Test
    void quarantine_leavesNoReserve_andReadersGoToTheOrigin() {
        a.put("k", "v1");
        b.load("k");
        try (Quarantine<String> quarantine = a.cache.quarantine("k")) {
            service.origin.give("uncommitted or not");
            assertThat(service.finish(b.get("k"))).isEqualTo("uncommitted or not");
            service.origin.fail();
            assertThat(service.failure(b.get("k"))).isInstanceOf(RuntimeException.class);
            assertThat(b.entry("k")).isNull();
            quarantine.end();
        }
        service.origin.give("v2");
        assertThat(service.finish(b.get("k"))).isEqualTo("v2");
    }

    @Test
    void quarantine_failureInsideIt_isNotRememberedAfterIt() {
        Instance failures =
                service.instance(builder -> builder.failures(FailureCaching.cachedFor(Duration.ofSeconds(5))));
        Quarantine<String> quarantine = a.cache.quarantine("k");
        service.origin.fail();
        assertThat(service.failure(failures.get("k"))).isSameAs(DOWN);
        quarantine.end();
        service.origin.give("v");
        assertThat(service.finish(failures.get("k"))).isEqualTo("v");
    }

    @Test
    void quarantine_beginsDuringARefresh_nothingIsKept() {
        Held held = refreshing(FRESH.dividedBy(2).plus(MARGIN));
        try (Quarantine<String> quarantine = b.cache.quarantine("k")) {
            held.answer("v1 again");
            held.awaitEnded(1);
            service.settle();
            assertGone();
            quarantine.end();
        }
        assertGone();
    }

    @Test
    void quarantine_hardTimeoutHolds() {
        Instance timed = service.instance(
                builder -> builder.loadTimeouts(LoadTimeouts.none().hard(HARD)));
        try (Quarantine<String> quarantine = a.cache.quarantine("k")) {
            Held held = service.origin.hold();
            Call<String> call = timed.get("k");
            held.awaitCalled();
            service.pass(HARD);
            assertThat(service.failure(call)).isInstanceOf(LoadTimeoutException.class);
            quarantine.end();
        }
    }

    @Test
    void latest_takesNoReserve_andNoStaleValue() {
        a.put("k", "v1");
        service.passFreshness();
        service.origin.give("v2");
        assertThat(service.finish(a.getLatest("k"))).isEqualTo("v2");
        service.pass(FRESH.multipliedBy(3));
        service.origin.fail();
        assertThat(service.failure(a.getLatest("k"))).isSameAs(DOWN);
    }

    @Test
    void latest_joinsNoRefreshThatBeganBefore() {
        Held held = refreshing(FRESH.dividedBy(2).plus(MARGIN));
        b.put("k", "v2");
        assertThat(service.finish(a.getLatest("k"))).isEqualTo("v2");
        held.answer("v1 again");
        held.awaitEnded(1);
        service.settle();
        assertThat(a.look("k")).isEqualTo("v2");
    }

    @Test
    void latest_softTimeoutGivesNothingOld() {
        Instance soft = service.instance(builder -> builder.staleOnError(StaleOnError.upTo(Duration.ofSeconds(60)))
                .loadTimeouts(LoadTimeouts.soft(Duration.ofMillis(100)).hard(HARD)));
        soft.put("k", "v1");
        service.passFreshness();
        Held held = service.origin.hold();
        Call<String> latest = soft.getLatest("k");
        held.awaitCalled();
        service.pass(Duration.ofMillis(300));
        latest.awaitWaiting();
        assertThat(latest.isDone()).isFalse();
        held.answer("v2");
        assertThat(service.finish(latest)).isEqualTo("v2");
    }
}
