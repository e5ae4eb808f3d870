package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.AsyncCacheLoader;
import io.crema.CacheBuilder;
import io.crema.CacheException;
import io.crema.LoadRejectedException;
import io.crema.LoadTimeoutException;
import io.crema.policy.Bulkhead;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Call;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The policies over a loader that gives futures. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class AsyncLoaderPoliciesTest {

    private static final Duration SOFT = Duration.ofMillis(200);
    private static final Duration HARD = Duration.ofSeconds(8);
    private static final StaleOnError RESERVE =
            StaleOnError.upTo(Duration.ofSeconds(60)).retryEvery(Duration.ofSeconds(1));

    private final Service service;
    private final List<CompletableFuture<String>> given = new CopyOnWriteArrayList<>();

    AsyncLoaderPoliciesTest(Setup setup) {
        service = new Service(setup);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Instance instance(
            UnaryOperator<CacheBuilder<String, String>> policies, AsyncCacheLoader<String, String> loader) {
        return service.instance(policies, builder -> builder.buildAsync(loader));
    }

    /** Whose loader gives futures that the test completes. */
    private Instance held(UnaryOperator<CacheBuilder<String, String>> policies) {
        return instance(policies, key -> {
            CompletableFuture<String> future = new CompletableFuture<>();
            given.add(future);
            return future;
        });
    }

    private CompletableFuture<String> awaitGiven(int count) {
        service.until(() -> given.size() >= count);
        return given.get(count - 1);
    }

    @Test
    void hardTimeout_cancelsTheFuture_andTheKeyIsFree() {
        Instance cache =
                held(builder -> builder.loadTimeouts(LoadTimeouts.none().hard(HARD)));
        Call<String> call = cache.get("k");
        CompletableFuture<String> first = awaitGiven(1);
        service.pass(HARD.minus(MARGIN));
        assertThat(call.isDone()).isFalse();
        assertThat(service.failure(call)).isInstanceOf(LoadTimeoutException.class);
        service.until(first::isCancelled);
        Call<String> again = cache.get("k");
        service.passUntil(() -> given.size() == 2);
        given.get(1).complete("v");
        assertThat(service.finish(again)).isEqualTo("v");
    }

    @Test
    void softTimeout_givesTheReserve_andTheFutureLandsBehind() {
        Instance cache = held(builder -> builder.staleOnError(RESERVE).loadTimeouts(LoadTimeouts.soft(SOFT)));
        cache.put("k", "v1");
        service.passFreshness();
        Call<String> call = cache.get("k");
        CompletableFuture<String> future = awaitGiven(1);
        assertThat(service.finish(call)).isEqualTo("v1");
        assertThat(future.isDone()).isFalse();
        future.complete("v2");
        service.until(() -> "v2".equals(cache.look("k")));
    }

    @Test
    void staleOnError_futureFails_givesTheReserve_andIsHeldBack() {
        Instance cache = instance(
                builder -> builder.staleOnError(RESERVE), key -> CompletableFuture.failedFuture(new Exception("down")));
        cache.put("k", "v1");
        service.passFreshness();
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void staleWhileRevalidate_loadsBehind() {
        Instance cache = held(builder -> builder.staleWhileRevalidate(StaleWhileRevalidate.upTo(HARD)));
        cache.put("k", "v1");
        service.passFreshness();
        assertThat(cache.load("k")).isEqualTo("v1");
        awaitGiven(1).complete("v2");
        service.until(() -> "v2".equals(cache.look("k")));
        assertThat(given).hasSize(1);
    }

    @Test
    void bulkhead_holdsAPlace_untilTheFutureHasEnded() {
        Instance cache = held(builder -> builder.bulkhead(Bulkhead.of(1).queue(0)));
        Call<String> first = cache.get("a");
        awaitGiven(1);
        assertThat(service.failure(cache.get("b"))).isInstanceOf(LoadRejectedException.class);
        given.get(0).complete("v");
        assertThat(service.finish(first)).isEqualTo("v");
        Call<String> second = cache.get("b");
        service.passUntil(() -> given.size() == 2);
        given.get(1).complete("v");
        assertThat(service.finish(second)).isEqualTo("v");
    }

    @Test
    void bulkhead_queued_isCalledWhenThereIsAPlace() {
        Instance cache = held(builder -> builder.bulkhead(Bulkhead.of(1).queue(1)));
        Call<String> first = cache.get("a");
        awaitGiven(1);
        Call<String> second = cache.get("b");
        second.awaitWaiting();
        assertThat(given).hasSize(1);
        given.get(0).complete("v");
        assertThat(service.finish(first)).isEqualTo("v");
        awaitGiven(2).complete("w");
        assertThat(service.finish(second)).isEqualTo("w");
    }

    @Test
    void loader_givesNoFuture_orThrows_freesThePlace() {
        Instance cache = instance(builder -> builder.bulkhead(Bulkhead.of(1).queue(0)), key -> switch (key) {
            case "none" -> null;
            case "throws" -> throw DOWN;
            case "error" -> throw new StackOverflowError("deep");
            case "cancelled" -> {
                CompletableFuture<String> cancelled = new CompletableFuture<>();
                cancelled.cancel(true);
                yield cancelled;
            }
            default -> CompletableFuture.completedFuture("v");
        });
        assertThat(service.failure(cache.get("none")))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessageContaining("no future");
        assertThat(service.failure(cache.get("throws"))).isSameAs(DOWN);
        assertThat(service.failure(cache.get("error"))).isInstanceOf(StackOverflowError.class);
        assertThat(service.failure(cache.get("cancelled"))).isInstanceOf(CancellationException.class);
        assertThat(service.finish(cache.get("good"))).isEqualTo("v");
    }

    @Test
    void loader_givesNoFuture_withAReserve_givesIt() {
        Instance cache = instance(builder -> builder.staleOnError(RESERVE), key -> null);
        cache.put("k", "v1");
        service.passFreshness();
        assertThat(cache.load("k")).isEqualTo("v1");
    }

    @Test
    void loader_futureCompletesAfterTheHardTimeout_thoughItWasCancelled_isDropped() {
        CompletableFuture<String> stubborn = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                return false;
            }
        };
        Instance cache =
                instance(builder -> builder.loadTimeouts(LoadTimeouts.none().hard(HARD)), key -> stubborn);
        Call<String> call = cache.get("k");
        call.awaitWaiting();
        service.settle();
        service.pass(HARD);
        assertThat(service.failure(call)).isInstanceOf(LoadTimeoutException.class);
        stubborn.complete("late");
        service.settle();
        assertThat(cache.look("k")).isNull();
    }
}
