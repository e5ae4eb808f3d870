package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheBuilder;
import io.crema.LoadRejectedException;
import io.crema.LoadTimeoutException;
import io.crema.policy.Bulkhead;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Call;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** So many loads of a cache run at a time, so many wait, and no more. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class BulkheadTest {

    private static final Duration HARD = Duration.ofSeconds(2);

    private final Service service;

    BulkheadTest(Setup setup) {
        service = new Service(setup);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Instance limited(Bulkhead bulkhead) {
        return service.instance(builder -> builder.bulkhead(bulkhead));
    }

    /** Ends when one of the calls has failed, because there was no place for it; the others wait. */
    private void awaitOneRejected(List<Call<String>> calls) {
        service.until(() -> calls.stream().anyMatch(Call::isDone));
        List<Call<String>> rejected = calls.stream().filter(Call::isDone).toList();
        assertThat(rejected).hasSize(1);
        assertThat(service.failure(rejected.get(0)))
                .isExactlyInstanceOf(LoadRejectedException.class)
                .hasMessageContaining("texts");
    }

    @Test
    void get_moreThanTheLimit_waitForAPlace_andOneMoreIsRejected() {
        Instance cache = limited(Bulkhead.of(2).queue(1));
        Held held = service.origin.hold();
        List<Call<String>> running = List.of(cache.get("a"), cache.get("b"));
        held.awaitCalled(2);
        List<Call<String>> further = List.of(cache.get("c"), cache.get("d"));
        awaitOneRejected(further);
        assertThat(held.calls()).isEqualTo(2);
        assertThat(cache.stats().loadsRejected()).isEqualTo(1);
        held.answer("v");
        assertThat(running).extracting(service::finish).containsOnly("v");
        service.passUntil(() -> further.stream().allMatch(Call::isDone));
        assertThat(held.calls()).isEqualTo(3);
        assertThat(cache.stats().loadFailures()).isEqualTo(1);
    }

    @Test
    void get_ofAKeyThatIsBeingLoaded_takesNoPlace() {
        Instance cache = limited(Bulkhead.of(1).queue(0));
        Held held = service.origin.hold();
        Call<String> first = cache.get("k");
        held.awaitCalled();
        List<Call<String>> others =
                Stream.generate(() -> cache.get("k")).limit(4).toList();
        others.forEach(Call::awaitWaiting);
        held.answer("v");
        assertThat(first.await()).isEqualTo("v");
        assertThat(others).extracting(Call::await).containsOnly("v");
    }

    @Test
    void get_hit_needsNoPlace() {
        Instance cache = limited(Bulkhead.of(1).queue(0));
        cache.put("there", "v");
        Held held = service.origin.hold();
        Call<String> unused = cache.get("k");
        held.awaitCalled();
        assertThat(cache.load("there")).isEqualTo("v");
    }

    @Test
    void get_afterRejection_loadsWhenThereIsAPlace() {
        Instance cache = limited(Bulkhead.of(1).queue(0));
        Held held = service.origin.hold();
        Call<String> first = cache.get("a");
        held.awaitCalled();
        assertThat(service.failure(cache.get("b"))).isInstanceOf(LoadRejectedException.class);
        held.answer("v");
        assertThat(first.await()).isEqualTo("v");
        assertThat(service.finish(cache.get("b"))).isEqualTo("v");
    }

    @Test
    void place_isFreeAfterEachKindOfFailure() {
        Instance cache = limited(Bulkhead.of(1).queue(0));
        service.origin.fail();
        assertThat(service.failure(cache.get("a"))).isSameAs(DOWN);
        service.origin.fail(new Exception("checked"));
        assertThat(service.failure(cache.get("b"))).hasRootCauseMessage("checked");
        service.origin.set((key, context) -> {
            throw new StackOverflowError();
        });
        assertThat(service.failure(cache.get("c"))).isInstanceOf(StackOverflowError.class);
        service.origin.give(null);
        assertThat(service.finish(cache.get("d"))).isNull();
        service.origin.give("!cannot be written");
        service.passUntilDone(cache.get("e"));
        service.origin.give("v");
        assertThat(service.finish(cache.get("f"))).isEqualTo("v");
    }

    @Test
    void loader_thatLoadsAnotherKey_needsNoSecondPlace() {
        Instance cache = limited(Bulkhead.of(1).queue(0));
        service.origin.set((key, context) -> key.length() == 3 ? key : key + cache.cache.get(key + "x"));
        assertThat(service.finish(cache.get("a"))).isEqualTo("aaxaxx");
        service.origin.set((key, context) -> key.length() == 2
                ? key
                : key + cache.cache.getAll(List.of(key + "x")).get(key + "x"));
        assertThat(service.finish(cache.get("b"))).isEqualTo("bbx");
    }

    @Test
    void bulkLoad_takesOnePlace() {
        Instance cache =
                service.instance(builder -> builder.bulkhead(Bulkhead.of(1).queue(0))
                        .bulkLoader(keys -> {
                            Map<String, String> values = new HashMap<>();
                            keys.forEach(key -> values.put(key, key));
                            return values;
                        }));
        assertThat(service.finish(cache.getAll("a", "b", "c"))).hasSize(3);
    }

    @Test
    void cache_doesNotCountTheLoadsOfAnother() {
        Instance cache = limited(Bulkhead.of(1).queue(0));
        Instance other = limited(Bulkhead.of(1).queue(0));
        Held held = service.origin.hold();
        Call<String> unused = cache.get("a");
        held.awaitCalled();
        Call<String> also = other.get("b");
        held.awaitCalled(2);
        held.answer("v");
        assertThat(service.finish(also)).isEqualTo("v");
    }

    @Test
    void rejected_withAReserve_givesIt() {
        Instance cache = service.instance(builder ->
                builder.bulkhead(Bulkhead.of(1).queue(0)).staleOnError(StaleOnError.upTo(Duration.ofSeconds(60))));
        service.origin.give("v1");
        cache.load("k");
        service.passFreshness();
        Held held = service.origin.hold();
        Call<String> unused = cache.get("other");
        held.awaitCalled();
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        assertThat(cache.known("k").isStale()).isTrue();
        assertThat(cache.stats().loadsRejected()).isEqualTo(1);
    }

    @Test
    void refreshBehind_thatIsRejected_leavesTheStaleValueServed() {
        Instance cache =
                service.instance(builder -> builder.bulkhead(Bulkhead.of(1).queue(0))
                        .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofSeconds(5))));
        service.origin.give("v1");
        cache.load("k");
        service.passFreshness();
        Held held = service.origin.hold();
        Call<String> unused = cache.get("other");
        held.awaitCalled();
        assertThat(cache.load("k")).isEqualTo("v1");
        service.until(() -> cache.stats().loadsRejected() == 1);
        assertThat(cache.load("k")).isEqualTo("v1");
    }

    @Test
    void hardTimeout_keepsThePlace_untilTheLoaderHasReallyEnded() {
        Instance cache = timed(builder -> builder.bulkhead(Bulkhead.of(1).queue(0)));
        Held hung = service.origin.hang();
        Call<String> first = cache.get("a");
        hung.awaitCalled();
        service.pass(HARD);
        assertThat(service.failure(first)).isInstanceOf(LoadTimeoutException.class);
        service.origin.give("v");
        assertThat(service.failure(cache.get("b"))).isInstanceOf(LoadRejectedException.class);
        hung.answer("late");
        hung.awaitEnded(1);
        service.passUntil(() -> {
            Call<String> again = cache.get("c");
            service.passUntilDone(again);
            return !again.result().isCompletedExceptionally();
        });
    }

    @Test
    void hardTimeout_inTheQueue_fails_andItsLoaderIsNeverCalled() {
        Instance cache = timed(builder -> builder.bulkhead(Bulkhead.of(1).queue(1)));
        Held hung = service.origin.hang();
        Call<String> first = cache.get("a");
        hung.awaitCalled();
        Call<String> queued = cache.get("b");
        queued.awaitWaiting();
        service.settle(1);
        service.pass(HARD);
        assertThat(service.failure(first)).isInstanceOf(LoadTimeoutException.class);
        assertThat(service.failure(queued)).isInstanceOf(LoadTimeoutException.class);
        AtomicInteger loads = new AtomicInteger();
        service.origin.set((key, context) -> {
            assertThat(key).isNotEqualTo("b");
            loads.incrementAndGet();
            return "v";
        });
        hung.answer("late");
        hung.awaitEnded(1);
        assertThat(service.finish(cache.get("c"))).isEqualTo("v");
        assertThat(loads).hasValue(1);
    }

    @Test
    void hungLoaders_neverRunMoreThanTheLimit_howeverManyTimeOut() {
        Instance cache = timed(builder -> builder.bulkhead(Bulkhead.of(2).queue(2)));
        Held hung = service.origin.hang();
        for (int i = 0; i < 4; i++) {
            int number = i;
            List<Call<String>> calls = Stream.of(1, 2)
                    .map(which -> cache.get(which + "-" + number))
                    .toList();
            if (i == 0) {
                hung.awaitCalled(2);
            }
            calls.forEach(Call::awaitWaiting);
            service.settle(2);
            service.pass(HARD);
            calls.forEach(service::failure);
        }
        assertThat(hung.calls()).isEqualTo(2);
    }

    @Test
    void abandonedInTheQueue_leavesItsPlaceToTheNext() {
        Instance cache = limited(Bulkhead.of(1).queue(1));
        Held held = service.origin.hold();
        Call<String> first = cache.get("a");
        held.awaitCalled();
        Call<String> queued = cache.get("b");
        queued.awaitWaiting();
        queued.abandon();
        held.answer("v");
        assertThat(first.await()).isEqualTo("v");
        assertThat(service.finish(cache.get("c"))).isEqualTo("v");
        assertThat(service.finish(cache.get("d"))).isEqualTo("v");
    }

    private Instance timed(UnaryOperator<CacheBuilder<String, String>> policies) {
        return service.instance(builder ->
                policies.apply(builder.loadTimeouts(LoadTimeouts.none().hard(HARD))));
    }
}
