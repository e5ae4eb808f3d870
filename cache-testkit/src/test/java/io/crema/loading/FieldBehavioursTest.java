package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheConfigException;
import io.crema.EntryOptions;
import io.crema.event.CacheEvent;
import io.crema.event.CacheEvent.LoadFailed;
import io.crema.event.CacheEvent.Loaded;
import io.crema.event.CacheEvent.RefreshFailed;
import io.crema.event.CacheEvent.Refreshed;
import io.crema.event.CacheEvent.StaleServed;
import io.crema.event.CacheEvent.StaleServed.Reason;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.RefreshAhead;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Call;
import io.crema.scenario.Style;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Those rows of {@code docs/field-behaviours.md} that no other test is about. */
@ParameterizedClass
@EnumSource(Style.class)
@Timeout(60)
class FieldBehavioursTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration SOFT = Duration.ofMillis(200);
    private static final Duration HARD = Duration.ofSeconds(20);
    private static final StaleOnError RESERVE = StaleOnError.upTo(LIMIT).retryEvery(Duration.ofSeconds(1));

    private final Service service;

    FieldBehavioursTest(Style style) {
        service = new Service(Setup.fleet(style));
    }

    @AfterEach
    void close() {
        service.close();
    }

    @Test
    void get_freshValue_neverAsksTheOrigin() {
        Instance cache =
                service.instance(builder -> builder.staleOnError(RESERVE).refreshAhead(RefreshAhead.at(0.9)));
        cache.put("k", "v1");
        service.pass(FRESH.multipliedBy(8).dividedBy(10));
        assertThat(cache.load("k")).isEqualTo("v1");
        service.settle();
        assertThat(service.origin.calls()).isZero();
    }

    @Test
    void get_synchronousAndAsynchronousCallersTogether_loadOnce() {
        Instance cache = service.instance(
                builder -> builder.loadTimeouts(LoadTimeouts.none().hard(HARD)));
        Held held = service.origin.hold();
        List<Call<String>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(Style.SYNCHRONOUS.start(
                    cache.cache, sync -> cache.cache.get("k"), async -> new CompletableFuture<>()));
            calls.add(new Call<>(cache.cache.async().get("k"), null));
        }
        held.awaitCalled();
        calls.forEach(Call::awaitWaiting);
        held.answer("v");
        assertThat(calls).extracting(service::finish).containsOnly("v");
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void build_limitNotLongerThanFreshness_isAFault() {
        assertThatThrownBy(() -> service.instance(builder -> builder.staleOnError(StaleOnError.upTo(FRESH))))
                .isInstanceOf(CacheConfigException.class)
                .hasMessageContaining("StaleOnError: limit");
    }

    @Test
    void build_allFaultsOfAllPolicies_areReportedTogether() {
        assertThatThrownBy(() -> service.instance(
                        builder -> builder.staleOnError(StaleOnError.upTo(LIMIT).retryEvery(Duration.ZERO))
                                .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofSeconds(-1)))
                                .refreshAhead(RefreshAhead.at(1))
                                .loadTimeouts(LoadTimeouts.soft(HARD).hard(SOFT))))
                .isInstanceOfSatisfying(
                        CacheConfigException.class,
                        fault -> assertThat(fault.faults())
                                .anyMatch(each -> each.startsWith("StaleOnError, Backoff: first"))
                                .anyMatch(each -> each.startsWith("StaleWhileRevalidate: limit"))
                                .anyMatch(each -> each.startsWith("RefreshAhead: fraction"))
                                .anyMatch(each -> each.startsWith("LoadTimeouts: soft")));
    }

    @Test
    void options_zeroOrNegativeTimes_areRefused() {
        for (Duration bad : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            assertThatThrownBy(() -> EntryOptions.defaults().timeToLive(bad))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void longestTimes_areNoOverflow_withRefreshAheadAndReserve() {
        Duration century = Duration.ofDays(36_500);
        Instance cache = service.instance(builder -> builder.staleOnError(StaleOnError.upTo(century))
                .refreshAhead(RefreshAhead.at(0.9).beta(1)));
        cache.put("k", "v1", EntryOptions.defaults().timeToLive(century));
        service.pass(FRESH);
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.known("k").isStale()).isFalse();
        service.settle();
        assertThat(service.origin.calls()).isZero();
    }

    @Test
    void loadThatLandsBehind_isFoundByOtherInstances() {
        Instance a = service.instance(builder -> builder.staleOnError(RESERVE)
                .loadTimeouts(LoadTimeouts.soft(SOFT).hard(HARD)));
        Instance b = service.instance(builder -> builder.staleOnError(RESERVE));
        a.put("k", "v1");
        b.load("k");
        service.passFreshness();
        Held held = service.origin.hold();
        assertThat(service.finish(a.get("k"))).isEqualTo("v1");
        held.answer("v2");
        service.until(() -> "v2".equals(a.look("k")));
        assertThat(service.finish(b.get("k"))).isEqualTo("v2");
        assertThat(held.calls()).isEqualTo(1);
    }

    @Test
    void failureWhileTheHardTimeoutIsNear_isReportedOnce() {
        Instance cache = service.instance(
                builder -> builder.loadTimeouts(LoadTimeouts.none().hard(HARD)));
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        service.pass(HARD.minus(MARGIN));
        held.fail(DOWN);
        assertThat(service.failure(call)).isSameAs(DOWN);
        service.pass(HARD);
        assertThat(cache.stats().loadFailures()).isEqualTo(1);
        assertThat(cache.stats().loadTimeouts()).isZero();
    }

    @Test
    void loaderOptions_concernOneLoad_notTheNext() {
        Instance cache = service.instance(builder -> builder);
        service.origin.set((key, context) -> {
            context.timeToLive(Duration.ofSeconds(1)).tags("t").doNotCache();
            return "v1";
        });
        cache.load("k");
        service.origin.give("v2");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v2");
        assertThat(cache.known("k").freshFor()).isGreaterThan(FRESH.minus(MARGIN));
        cache.invalidateTag("t");
        assertThat(cache.look("k")).isEqualTo("v2");
    }

    @Test
    void nearCopy_endsWithTheRecordItCameFrom() {
        Instance a = service.instance(builder -> builder);
        Instance b = service.instance(builder -> builder);
        a.put("k", "v1");
        service.pass(FRESH.dividedBy(2));
        assertThat(b.look("k")).isEqualTo("v1");
        service.pass(FRESH.dividedBy(2).plus(MARGIN));
        assertThat(b.look("k")).isNull();
        assertThat(a.look("k")).isNull();
    }

    @Test
    void reserveOfTheRemoteTier_hasTheAgeOfItsLoad_whereverItIsServed() {
        Instance a = service.instance(builder -> builder.staleOnError(RESERVE));
        a.put("k", "v1");
        service.pass(FRESH.multipliedBy(2));
        Instance late = service.instance(builder -> builder.staleOnError(RESERVE));
        service.origin.fail();
        assertThat(late.load("k")).isEqualTo("v1");
        assertThat(late.known("k").age()).isGreaterThanOrEqualTo(FRESH.multipliedBy(2));
        service.pass(LIMIT.minus(FRESH.multipliedBy(2)).plus(MARGIN));
        assertThat(service.failure(late.get("k"))).isSameAs(DOWN);
    }

    @Test
    void fallback_isTheCallersToGive() {
        Instance cache = service.instance(builder -> builder.staleOnError(RESERVE));
        service.origin.fail();
        Call<String> call = cache.get("k");
        assertThat(service.failure(call)).isSameAs(DOWN);
        assertThat(call.result().exceptionally(failure -> "fallback").join()).isEqualTo("fallback");
        assertThat(cache.entry("k")).as("nobody else gets it").isNull();
    }

    // Events

    @Test
    void events_tellOfLoadsAndStaleValues_withTheReason() {
        Queue<CacheEvent> events = new ConcurrentLinkedQueue<>();
        Instance cache = service.instance(builder -> builder.staleOnError(RESERVE)
                .loadTimeouts(LoadTimeouts.soft(SOFT).hard(HARD))
                .listener(events::add));
        service.origin.give("v1");
        service.finish(cache.get("k"));
        service.passUntil(() -> events.stream().anyMatch(Loaded.class::isInstance));
        service.passFreshness();
        service.origin.fail();
        service.finish(cache.get("k"));
        service.passUntil(() -> events.stream().anyMatch(LoadFailed.class::isInstance));
        awaitServed(events, Reason.LOAD_FAILED);
        service.finish(cache.get("k"));
        awaitServed(events, Reason.HELD_BACK);
        service.pass(Duration.ofSeconds(1).plus(MARGIN));
        Held held = service.origin.hold();
        service.finish(cache.get("k"));
        awaitServed(events, Reason.SLOW_LOAD);
        held.answer("v2");
        assertThat(events).allSatisfy(event -> assertThat(event.cache()).isEqualTo("texts"));
    }

    @Test
    void events_tellOfRefreshes() {
        Queue<CacheEvent> events = new ConcurrentLinkedQueue<>();
        Instance cache = service.instance(builder ->
                builder.staleWhileRevalidate(StaleWhileRevalidate.upTo(FRESH)).listener(events::add));
        service.origin.give("v1");
        cache.load("k");
        service.passFreshness();
        service.origin.fail();
        cache.load("k");
        awaitServed(events, Reason.REVALIDATING);
        service.passUntil(() -> events.stream().anyMatch(RefreshFailed.class::isInstance));
        service.pass(FRESH.dividedBy(2));
        service.origin.give("v2");
        cache.load("k");
        service.passUntil(() -> events.stream().anyMatch(Refreshed.class::isInstance));
    }

    private void awaitServed(Queue<CacheEvent> events, Reason reason) {
        service.passUntil(() ->
                events.stream().anyMatch(event -> event instanceof StaleServed served && served.reason() == reason));
    }

    @Test
    void listenerThatThrows_harmsNobody_andIsCounted() {
        Queue<CacheEvent> events = new ConcurrentLinkedQueue<>();
        Instance cache = service.instance(builder -> builder.listener(event -> {
                    throw new IllegalStateException("a bad listener");
                })
                .listener(events::add));
        service.origin.give("v1");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        service.passUntil(() -> cache.stats().listenerFailures() > 0);
        service.passUntil(() -> !events.isEmpty());
    }
}
