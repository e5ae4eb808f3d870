package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.FRESH;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheBuilder;
import io.crema.LoadRejectedException;
import io.crema.LoadTimeoutException;
import io.crema.policy.Bulkhead;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.NullCaching;
import io.crema.policy.RefreshAhead;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Call;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Many keys at once, under each policy: what is stale, missing or failing is decided for each key. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class BulkPoliciesTest {

    private static final Duration HARD = Duration.ofSeconds(8);
    private static final StaleOnError RESERVE =
            StaleOnError.upTo(Duration.ofSeconds(60)).retryEvery(Duration.ofSeconds(1));

    private final Setup setup;
    private final Service service;
    private final List<Set<String>> asked = new CopyOnWriteArrayList<>();

    /** Gives each key's name and the number of the call, unless a test says otherwise. */
    private volatile BulkAnswer bulk = keys -> keys.stream()
            .filter(key -> !key.startsWith("none"))
            .collect(Collectors.toMap(Function.identity(), key -> key + asked.size()));

    BulkPoliciesTest(Setup setup) {
        this.setup = setup;
        service = new Service(setup);
    }

    @AfterEach
    void close() {
        service.close();
    }

    /** What the bulk loader gives. */
    private interface BulkAnswer {
        Map<String, String> of(Set<String> keys) throws Exception;
    }

    private Instance instance(UnaryOperator<CacheBuilder<String, String>> policies) {
        return service.instance(builder -> policies.apply(builder).bulkLoader(keys -> {
            asked.add(Set.copyOf(keys));
            return bulk.of(keys);
        }));
    }

    private void giveSecond() {
        bulk = keys -> keys.stream().collect(Collectors.toMap(Function.identity(), key -> key + "2"));
    }

    private void down() {
        bulk = keys -> {
            throw DOWN;
        };
    }

    private Held hold() {
        Held held = service.origin.held();
        bulk = keys -> {
            String suffix = held.load();
            return keys.stream().collect(Collectors.toMap(Function.identity(), key -> key + suffix));
        };
        return held;
    }

    @Test
    void getAll_someFresh_loadsTheRestByOneCall() {
        Instance cache = instance(builder -> builder);
        service.finish(cache.getAll("a"));
        assertThat(service.finish(cache.getAll("a", "b", "none", "c")))
                .containsExactly(Map.entry("a", "a1"), Map.entry("b", "b2"), Map.entry("c", "c2"));
        assertThat(asked).containsExactly(Set.of("a"), Set.of("b", "none", "c"));
    }

    @Test
    void staleOnError_loadFails_givesTheReserves() {
        Instance cache = instance(builder -> builder.staleOnError(RESERVE));
        service.finish(cache.getAll("a", "b"));
        service.passFreshness();
        down();
        assertThat(service.finish(cache.getAll("a", "b"))).containsOnly(Map.entry("a", "a1"), Map.entry("b", "b1"));
        assertThat(service.finish(cache.getAll("a", "b"))).as("held back").hasSize(2);
        assertThat(asked).hasSize(2);
        assertThat(cache.known("a").isStale()).isTrue();
    }

    @Test
    void staleOnError_oneKeyWithoutAReserve_throws() {
        Instance cache = instance(builder -> builder.staleOnError(RESERVE));
        service.finish(cache.getAll("a"));
        service.passFreshness();
        down();
        assertThat(service.failure(cache.getAll("a", "new"))).isSameAs(DOWN);
        assertThat(service.finish(cache.getAll("a"))).containsEntry("a", "a1");
    }

    @Test
    void staleOnError_heldBackKey_isNotAskedForWithTheOthers() {
        Instance cache = instance(builder -> builder.staleOnError(RESERVE));
        service.finish(cache.getAll("a"));
        service.passFreshness();
        service.origin.fail();
        assertThat(service.finish(cache.get("a"))).isEqualTo("a1");
        assertThat(service.finish(cache.getAll("a", "new")))
                .containsOnly(Map.entry("a", "a1"), Map.entry("new", "new2"));
        assertThat(asked.get(1)).containsExactly("new");
    }

    @Test
    void staleWhileRevalidate_givesStaleValues_andLoadsThemBehind() {
        Instance cache = instance(builder -> builder.staleWhileRevalidate(StaleWhileRevalidate.upTo(FRESH)));
        service.finish(cache.getAll("a", "b"));
        service.passFreshness();
        giveSecond();
        assertThat(cache.getAll("a", "b").await()).containsOnly(Map.entry("a", "a1"), Map.entry("b", "b1"));
        service.until(() -> cache.lookAll("a", "b").equals(Map.of("a", "a2", "b", "b2")));
    }

    @Test
    void refreshAhead_givesFreshValues_andLoadsThemBehind() {
        Assumptions.assumeTrue(setup.tiers().hasNear());
        Instance cache = instance(builder -> builder.refreshAhead(RefreshAhead.at(0.5)));
        service.finish(cache.getAll("a", "b"));
        service.pass(FRESH.dividedBy(2).plus(MARGIN));
        giveSecond();
        assertThat(cache.getAll("a", "b").await()).containsOnly(Map.entry("a", "a1"), Map.entry("b", "b1"));
        service.until(() -> cache.lookAll("a", "b").equals(Map.of("a", "a2", "b", "b2")));
    }

    @Test
    void hardTimeout_slowBulkLoad_throws_andItsKeysAreFree() {
        Instance cache =
                instance(builder -> builder.loadTimeouts(LoadTimeouts.none().hard(HARD)));
        Held held = hold();
        Call<?> call = cache.getAll("a", "b");
        held.awaitCalled();
        service.pass(HARD);
        assertThat(service.failure(call)).isInstanceOf(LoadTimeoutException.class);
        held.awaitInterrupted();
        service.origin.give("single");
        assertThat(service.finish(cache.get("a"))).isEqualTo("single");
        assertThat(cache.look("b")).isNull();
        assertThat(cache.stats().loadTimeouts()).as("one for each key").isEqualTo(2);
    }

    @Test
    void softTimeout_slowBulkLoad_givesReserves_andLandsBehind() {
        Instance cache = instance(
                builder -> builder.staleOnError(RESERVE).loadTimeouts(LoadTimeouts.soft(Duration.ofMillis(100))));
        service.finish(cache.getAll("a", "b"));
        service.passFreshness();
        Held held = hold();
        Call<Map<String, String>> call = cache.getAll("a", "b");
        held.awaitCalled();
        assertThat(service.finish(call)).containsOnly(Map.entry("a", "a1"), Map.entry("b", "b1"));
        held.answer("late");
        service.until(() -> cache.lookAll("a", "b").equals(Map.of("a", "alate", "b", "blate")));
    }

    @Test
    void softTimeout_oneKeyWithoutAReserve_waitsForTheLoad() {
        Instance cache = instance(
                builder -> builder.staleOnError(RESERVE).loadTimeouts(LoadTimeouts.soft(Duration.ofMillis(100))));
        service.finish(cache.getAll("a"));
        service.passFreshness();
        Held held = hold();
        Call<Map<String, String>> call = cache.getAll("a", "new");
        held.awaitCalled();
        service.pass(Duration.ofMillis(200));
        call.awaitWaiting();
        assertThat(call.isDone()).isFalse();
        held.answer("2");
        assertThat(service.finish(call)).containsEntry("new", "new2").containsKey("a");
    }

    @Test
    void bulkhead_full_rejectsTheBulkLoad_orGivesReserves() {
        Instance cache =
                instance(builder -> builder.bulkhead(Bulkhead.of(1).queue(0)).staleOnError(RESERVE));
        service.finish(cache.getAll("a"));
        service.passFreshness();
        Held held = service.origin.hold();
        Call<String> unused = cache.get("other");
        held.awaitCalled();
        assertThat(service.finish(cache.getAll("a"))).containsEntry("a", "a1");
        assertThat(service.failure(cache.getAll("new", "newer"))).isInstanceOf(LoadRejectedException.class);
        assertThat(asked).hasSize(1);
    }

    @Test
    void failureCaching_eachKeyOfAFailedBulkLoad_failsAtOnce() {
        Instance cache = instance(builder -> builder.failures(FailureCaching.cachedFor(Duration.ofSeconds(1))));
        down();
        assertThat(service.failure(cache.getAll("a", "b"))).isSameAs(DOWN);
        assertThat(service.failure(cache.get("a"))).isSameAs(DOWN);
        assertThat(service.failure(cache.getAll("b"))).isSameAs(DOWN);
        assertThat(asked).hasSize(1);
        assertThat(service.origin.calls()).isZero();
    }

    @Test
    void nullCaching_missingKeys_areRemembered() {
        Instance cache = instance(builder -> builder.nulls(NullCaching.cachedFor(FRESH)));
        assertThat(service.finish(cache.getAll("a", "none"))).containsOnlyKeys("a");
        assertThat(service.finish(cache.getAll("a", "none"))).containsOnlyKeys("a");
        assertThat(cache.known("none").value()).isNull();
        assertThat(asked).hasSize(1);
    }

    @Test
    void singleFlight_bulkAndSingleReads_shareLoads() {
        Instance cache = instance(builder -> builder);
        Held single = service.origin.hold();
        Call<String> get = cache.get("a");
        single.awaitCalled();
        Held many = hold();
        Call<Map<String, String>> all = cache.getAll("a", "b");
        many.awaitCalled();
        Call<String> joined = cache.get("b");
        joined.awaitWaiting();
        many.answer("-bulk");
        assertThat(service.finish(joined)).isEqualTo("b-bulk");
        single.answer("a-single");
        assertThat(service.finish(get)).isEqualTo("a-single");
        assertThat(service.finish(all)).containsEntry("a", "a-single").containsEntry("b", "b-bulk");
        assertThat(asked).containsExactly(Set.of("b"));
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void bulkLoader_givesNull_isAClearError() {
        Instance cache = instance(builder -> builder);
        bulk = keys -> null;
        assertThat(service.failure(cache.getAll("a", "b")))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("texts");
        bulk = keys -> Map.of("a", "v", "b", "v");
        assertThat(service.finish(cache.getAll("a", "b"))).hasSize(2);
    }

    @Test
    void bulkLoader_givesMoreThanAsked_theRestIsIgnored() {
        Instance cache = instance(builder -> builder);
        bulk = keys -> Map.of("a", "v", "extra", "v");
        assertThat(service.finish(cache.getAll("a"))).containsOnlyKeys("a");
        assertThat(cache.look("extra")).isNull();
    }

    @Test
    void bulkLoader_throwsAnError_reachesTheCallers_andHoldsNothing() {
        Instance cache = instance(builder -> builder.bulkhead(Bulkhead.of(1).queue(0)));
        StackOverflowError error = new StackOverflowError("deep");
        bulk = keys -> {
            throw error;
        };
        assertThat(service.failure(cache.getAll("a", "b"))).isSameAs(error);
        service.origin.give("v");
        assertThat(service.finish(cache.get("a"))).isEqualTo("v");
    }

    @Test
    void bulkLoader_oneValueCannotBeStored_failsForThat_theOthersAreCached() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Instance cache = instance(builder -> builder);
        bulk = keys -> Map.of("a", "v", "bad", "!cannot be written");
        assertThat(service.failure(cache.getAll("a", "bad"))).hasMessageContaining("texts");
        assertThat(cache.look("a")).isEqualTo("v");
        assertThat(cache.look("bad")).isNull();
    }
}
