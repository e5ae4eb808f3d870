package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheEntry;
import io.crema.EntryOptions;
import io.crema.policy.Expiration;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import io.crema.policy.NullCaching;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Times of single values, jitter, values that are not to be cached and cached nulls, with the policies that keep values. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class PerValuePoliciesTest {

    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final StaleOnError RESERVE = StaleOnError.upTo(LIMIT).retryEvery(Duration.ofSeconds(1));

    private final Setup setup;
    private final Service service;

    PerValuePoliciesTest(Setup setup) {
        this.setup = setup;
        service = new Service(setup);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private void giveFor(String value, Duration timeToLive) {
        service.origin.set((key, context) -> {
            context.timeToLive(timeToLive);
            return value;
        });
    }

    @Test
    void timeToLive_ofTheLoader_endsFreshness_andTheReserveCountsFromTheLoad() {
        Instance cache = service.instance(builder -> builder.staleOnError(RESERVE));
        giveFor("v1", SHORT);
        cache.load("k");
        service.pass(SHORT.plus(MARGIN));
        service.origin.fail();
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.known("k").isStale()).isTrue();
        service.pass(LIMIT.minus(SHORT));
        assertThat(service.failure(cache.get("k"))).isSameAs(DOWN);
    }

    @Test
    void timeToLive_ofTheLoader_movesTheWindowOfRevalidation() {
        Instance cache = service.instance(builder -> builder.staleWhileRevalidate(StaleWhileRevalidate.upTo(SHORT)));
        giveFor("v1", SHORT);
        cache.load("k");
        service.pass(SHORT.plus(MARGIN));
        assertThat(cache.look("k")).isEqualTo("v1");
        service.pass(SHORT);
        assertThat(cache.look("k")).isNull();
    }

    @Test
    void timeToLive_ofALoadThatLandsBehind_isHeeded() {
        Instance cache = service.instance(
                builder -> builder.staleOnError(RESERVE).loadTimeouts(LoadTimeouts.soft(Duration.ofMillis(100))));
        cache.put("k", "v1");
        service.passFreshness();
        Held held = service.origin.held();
        service.origin.set((key, context) -> {
            context.timeToLive(SHORT);
            return held.load();
        });
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        held.answer("v2");
        service.until(() -> "v2".equals(cache.look("k")));
        assertThat(cache.known("k").freshFor()).isLessThanOrEqualTo(SHORT);
    }

    @Test
    void doNotCache_isForThoseWhoWait_andLeavesNothingFresh() {
        Instance cache = service.instance(builder -> builder.staleOnError(RESERVE));
        service.origin.set((key, context) -> {
            context.doNotCache();
            return "once";
        });
        assertThat(cache.load("k")).isEqualTo("once");
        assertThat(cache.look("k")).isNull();
        assertThat(service.finish(cache.get("k"))).isEqualTo("once");
        assertThat(service.origin.calls()).isEqualTo(2);
    }

    @Test
    void doNotCache_behindReaders_isSeenByNobody() {
        Instance cache = service.instance(builder -> builder.staleWhileRevalidate(StaleWhileRevalidate.upTo(LIMIT)));
        cache.put("k", "v1");
        service.passFreshness();
        service.origin.set((key, context) -> {
            context.doNotCache();
            return "once";
        });
        assertThat(cache.load("k")).isEqualTo("v1");
        service.until(() -> service.origin.calls() == 1);
        service.settle();
        assertThat(cache.look("k")).isNotEqualTo("once");
    }

    @Test
    void jitter_shortensFreshness_butNotTheLimitOfTheReserve() {
        Instance cache = service.instance(builder ->
                builder.staleOnError(RESERVE).expiration(Expiration.fresh(FRESH).jitter(0.5)));
        service.origin.give("v1");
        List<String> keys = IntStream.range(0, 30).mapToObj(i -> "k" + i).toList();
        keys.forEach(cache::load);
        List<Duration> fresh =
                keys.stream().map(key -> cache.known(key).freshFor()).toList();
        assertThat(fresh).allSatisfy(each -> assertThat(each).isBetween(FRESH.dividedBy(2), FRESH));
        assertThat(fresh.stream().distinct().count()).isGreaterThan(10);
        service.passFreshness();
        service.origin.fail();
        assertThat(keys).extracting(cache::load).containsOnly("v1");
        service.pass(LIMIT.minus(FRESH).minus(MARGIN.multipliedBy(2)));
        assertThat(cache.load("k0")).isEqualTo("v1");
        service.pass(MARGIN.multipliedBy(2));
        assertThat(keys.stream().map(cache::entry).toList()).containsOnlyNulls();
    }

    @Test
    void jitter_shortensTheTimeOfNulls_butNoneThatIsGivenWithAValue() {
        Instance cache = service.instance(builder -> builder.nulls(NullCaching.cachedFor(FRESH))
                .expiration(Expiration.fresh(FRESH).jitter(0.5)));
        service.origin.give(null);
        assertThat(freshFor(cache, "null").distinct().count()).isGreaterThan(10);
        giveFor("v1", SHORT);
        assertThat(freshFor(cache, "given"))
                .allSatisfy(fresh -> assertThat(fresh).isCloseTo(SHORT, MARGIN));
    }

    /** For how long each of 30 values is fresh that are loaded now. */
    private Stream<Duration> freshFor(Instance cache, String prefix) {
        return IntStream.range(0, 30).mapToObj(i -> prefix + i).map(key -> {
            cache.load(key);
            return cache.known(key).freshFor();
        });
    }

    @Test
    void jitter_isDrawnOnceForAllInstances() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Instance cache = service.instance(
                builder -> builder.expiration(Expiration.fresh(FRESH).jitter(0.5)));
        Instance other = service.instance(
                builder -> builder.expiration(Expiration.fresh(FRESH).jitter(0.5)));
        service.origin.give("v1");
        for (int i = 0; i < 10; i++) {
            cache.load("k" + i);
            assertThat(other.known("k" + i).freshFor())
                    .isCloseTo(cache.known("k" + i).freshFor(), MARGIN);
        }
    }

    @Test
    void jitter_movesTheWindowOfRevalidation() {
        Instance cache = service.instance(builder -> builder.staleWhileRevalidate(StaleWhileRevalidate.upTo(SHORT))
                .expiration(Expiration.fresh(FRESH).jitter(0.5)));
        service.origin.give("v1");
        cache.load("k");
        service.pass(cache.known("k").freshFor().plus(MARGIN));
        assertThat(cache.look("k")).isEqualTo("v1");
        service.pass(SHORT);
        assertThat(cache.look("k")).isNull();
    }

    @Test
    void cachedNull_withAShorterTime_thanValues() {
        Instance cache = service.instance(
                builder -> builder.nulls(NullCaching.cachedFor(SHORT)).staleOnError(RESERVE));
        service.origin.give(null);
        assertThat(cache.load("k")).isNull();
        assertThat(cache.load("k")).isNull();
        assertThat(service.origin.calls()).isEqualTo(1);
        service.pass(SHORT.plus(MARGIN));
        service.origin.give("inserted");
        assertThat(cache.load("k")).isEqualTo("inserted");
        service.pass(SHORT.plus(MARGIN));
        assertThat(cache.load("k")).isEqualTo("inserted");
        assertThat(service.origin.calls()).isEqualTo(2);
    }

    @Test
    void cachedNull_inPlaceOfAValue_isTheReserveFromThenOn() {
        Instance cache = service.instance(
                builder -> builder.nulls(NullCaching.cachedFor(SHORT)).staleOnError(RESERVE));
        cache.put("k", "v1");
        service.passFreshness();
        service.origin.give(null);
        assertThat(cache.load("k")).isNull();
        service.pass(SHORT.plus(MARGIN));
        service.origin.fail();
        assertThat(cache.load("k")).as("the row was gone when it was last seen").isNull();
    }

    @Test
    void nearTimeToLive_endsTheNearCopy_notTheReserve() {
        Assumptions.assumeTrue(setup.tiers().hasNear() && setup.tiers().hasRemote());
        Instance cache = service.instance(
                builder -> builder.near(Near.entries(100).expireAfter(SHORT)).staleOnError(RESERVE));
        service.origin.give("v1");
        cache.load("k");
        service.pass(SHORT.plus(MARGIN));
        assertThat(cache.load("k")).as("from the remote tier").isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(1);
        service.passFreshness();
        service.origin.fail();
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(2);
    }

    @Test
    void options_ofAPut_decideOverItsReserve() {
        Instance cache = service.instance(builder -> builder.staleOnError(RESERVE));
        cache.put("k", "put", EntryOptions.defaults().timeToLive(SHORT));
        service.pass(SHORT.plus(MARGIN));
        service.origin.fail();
        assertThat(cache.load("k")).isEqualTo("put");
        CacheEntry<String> entry = cache.known("k");
        assertThat(entry.age()).isGreaterThan(SHORT);
        assertThat(entry.isStale()).isTrue();
    }
}
