package io.crema.loading;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheBuilder;
import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.LoadTimeoutException;
import io.crema.event.CacheEvent;
import io.crema.event.CacheEvent.LoadFailed;
import io.crema.event.CacheEvent.Loaded;
import io.crema.policy.AbandonedLoads;
import io.crema.policy.Bulkhead;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import io.crema.policy.NullCaching;
import io.crema.policy.RefreshAhead;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.scenario.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Loaders that do what they should not, in a cache with every policy on: the caller is told, by cache and key type where
 * the library made the failure, and the next load finds the key, the bulkhead's only place and the lease free.
 */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class BadLoaderTest {

    private static final Duration HARD = Duration.ofSeconds(8);

    private final Setup setup;
    private final Service service;
    private final Instance cache;

    BadLoaderTest(Setup setup) {
        this.setup = setup;
        service = new Service(setup);
        cache = service.instance(BadLoaderTest::everything);
    }

    @AfterEach
    void close() {
        service.close();
    }

    private static CacheBuilder<String, String> everything(CacheBuilder<String, String> builder) {
        return builder.staleOnError(StaleOnError.upTo(Duration.ofSeconds(60)).retryEvery(Duration.ofSeconds(1)))
                .staleWhileRevalidate(StaleWhileRevalidate.upTo(Duration.ofSeconds(2)))
                .refreshAhead(RefreshAhead.at(0.5).beta(1))
                .loadTimeouts(LoadTimeouts.soft(Duration.ofSeconds(2)).hard(HARD))
                .bulkhead(Bulkhead.of(1).queue(1))
                .singleFlight(SingleFlight.waitUpTo(Duration.ofSeconds(4)))
                .abandonedLoads(AbandonedLoads.CANCEL);
    }

    /** The key, the place and the lease are free: a load of the key succeeds. */
    private void assertNothingIsLeftOf(String key) {
        service.origin.give("good");
        assertThat(service.finish(cache.get(key))).isEqualTo("good");
        assertThat(cache.look(key)).isEqualTo("good");
    }

    @Test
    void givesNull_nullsOff_isNoEntry() {
        service.origin.give(null);
        assertThat(service.finish(cache.get("k"))).isNull();
        assertThat(cache.entry("k")).isNull();
        assertNothingIsLeftOf("k");
    }

    @Test
    void givesNull_nullsOn_isAnEntryOfNull() {
        Instance nulls = service.instance(builder -> everything(builder).nulls(NullCaching.cachedFor(HARD)));
        service.origin.give(null);
        assertThat(service.finish(nulls.get("k"))).isNull();
        assertThat(nulls.known("k").value()).isNull();
        service.finish(nulls.get("k"));
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void throwsChecked_isTheCauseOfACacheLoadException_thatNamesCacheAndKeyType() {
        IOException failure = new IOException("gone");
        service.origin.fail(failure);
        assertThat(service.failure(cache.get("k")))
                .isExactlyInstanceOf(CacheLoadException.class)
                .hasCause(failure)
                .hasMessageContaining("texts")
                .hasMessageContaining("java.lang.String");
        assertNothingIsLeftOf("k");
    }

    @Test
    void throwsUnchecked_isThrownAsItIs() {
        IllegalArgumentException failure = new IllegalArgumentException("no");
        service.origin.fail(failure);
        assertThat(service.failure(cache.get("k"))).isSameAs(failure);
        assertNothingIsLeftOf("k");
    }

    @Test
    void throwsAnError_isThrownAsItIs() {
        Error failure = new StackOverflowError("deep");
        service.origin.set((key, context) -> {
            throw failure;
        });
        assertThat(service.failure(cache.get("k"))).isSameAs(failure);
        assertNothingIsLeftOf("k");
    }

    @Test
    void throwsInterruptedException_thoughNobodyInterruptedIt_isAFailure() {
        service.origin.fail(new InterruptedException("made up"));
        assertThat(service.failure(cache.get("k"))).hasRootCauseInstanceOf(InterruptedException.class);
        assertNothingIsLeftOf("k");
    }

    @Test
    void throwsOneOfOurExceptions_isThrownAsItIs() {
        LoadTimeoutException failure = new LoadTimeoutException("the loader's own");
        service.origin.fail(failure);
        assertThat(service.failure(cache.get("k"))).isSameAs(failure);
        assertThat(cache.stats().loadTimeouts()).isZero();
        assertNothingIsLeftOf("k");
    }

    @Test
    void neverReturns_isGivenUp_andNamesCacheAndKeyType() {
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        service.pass(HARD);
        assertThat(service.failure(call))
                .isExactlyInstanceOf(LoadTimeoutException.class)
                .hasMessageContaining("texts")
                .hasMessageContaining("java.lang.String");
        held.awaitInterrupted();
        assertNothingIsLeftOf("k");
    }

    @Test
    void asksForItsOwnKey_failsAtOnce_whicheverWay() {
        for (String key : List.of("get", "async", "all", "refresh")) {
            service.origin.set((k, context) -> switch (k) {
                case "get" -> cache.cache.get(k);
                case "async" -> cache.cache.async().get(k).join();
                case "all" -> cache.cache.getAll(List.of(k)).get(k);
                default -> cache.cache.refresh(k).join();
            });
            assertThat(service.failure(cache.get(key)))
                    .as(key)
                    .hasStackTraceContaining("a loader asks for the key that it is loading");
            assertThat(cache.stats().loadTimeouts()).isZero();
            assertNothingIsLeftOf(key);
        }
    }

    @Test
    void putsItsOwnKey_thePutWins() {
        service.origin.set((key, context) -> {
            cache.cache.put(key, "put");
            return "loaded";
        });
        assertThat(service.finish(cache.get("k"))).isEqualTo("loaded");
        assertThat(cache.look("k")).isEqualTo("put");
    }

    @Test
    void invalidatesItsOwnKey_nothingIsKept() {
        service.origin.set((key, context) -> {
            cache.cache.invalidate(key);
            return "loaded";
        });
        assertThat(service.finish(cache.get("k"))).isEqualTo("loaded");
        assertThat(cache.look("k")).isNull();
        assertNothingIsLeftOf("k");
    }

    @Test
    void givesAValueThatIsTooLarge_isAClearFailure_andNothingIsKept() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        service.origin.give("x".repeat(16 * 1024 * 1024 + 1));
        assertThat(service.failure(cache.get("k")))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("texts")
                .hasMessageContaining("String")
                .hasMessageContaining(String.valueOf(16 * 1024 * 1024));
        assertThat(cache.look("k")).isNull();
        assertNothingIsLeftOf("k");
    }

    @Test
    void givesAValueThatCannotBeWritten_isAClearFailure_andNothingIsKept() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        service.origin.give("!cannot be written");
        assertThat(service.failure(cache.get("k")))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("texts")
                .hasMessageContaining("must not start with !");
        assertThat(cache.look("k")).isNull();
        assertNothingIsLeftOf("k");
    }

    @Test
    void givesAValueThatCannotBeWritten_thereIsAReserve_readersGetThat_andTheOriginIsLeftAlone() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        cache.put("k", "v1");
        service.passFreshness();
        service.pass(Duration.ofSeconds(4));
        service.origin.give("!cannot be written");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        assertThat(service.origin.calls()).as("it is tried again after a while").isEqualTo(1);
        assertThat(cache.stats().loads()).isEqualTo(1);
        assertThat(cache.stats().loadFailures()).isEqualTo(1);
        service.pass(Duration.ofSeconds(2));
        assertNothingIsLeftOf("k");
    }

    @Test
    void givesAValueThatCannotBeWritten_isToldAsAFailure_andNotAsALoad() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Queue<CacheEvent> events = new ConcurrentLinkedQueue<>();
        Instance heard = service.instance(builder -> everything(builder).listener(events::add));
        service.origin.set((key, context) -> {
            context.tags("tag");
            return "!cannot be written";
        });
        Throwable failure = service.failure(heard.get("k"));
        service.passUntil(() ->
                events.stream().anyMatch(event -> event instanceof LoadFailed failed && failed.failure() == failure));
        assertThat(events).noneMatch(Loaded.class::isInstance);
    }

    @Test
    void givesAValueThatCannotBeWeighed_thereIsAReserve_readersGetThat() {
        Assumptions.assumeTrue(setup.tiers().hasNear());
        IllegalStateException failure = new IllegalStateException("heavy");
        Instance weighed = service.instance(builder -> everything(builder).near(Near.weight(100, (key, value) -> {
            if ("heavy".equals(value)) {
                throw failure;
            }
            return 1;
        })));
        service.origin.give("heavy");
        assertThat(service.failure(weighed.get("none"))).isSameAs(failure);
        weighed.put("k", "v1");
        service.passFreshness();
        service.pass(Duration.ofSeconds(4));
        assertThat(service.finish(weighed.get("k"))).isEqualTo("v1");
        assertThat(service.finish(weighed.get("k"))).isEqualTo("v1");
        assertThat(service.origin.calls()).isEqualTo(2);
    }

    @Test
    void behindReaders_givesAValueThatCannotBeWritten_readersGetTheStaleOne() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        cache.put("k", "v1");
        service.passFreshness();
        service.origin.give("!cannot be written");
        assertThat(cache.load("k")).isEqualTo("v1");
        service.until(() -> service.origin.calls() == 1);
        service.settle();
        assertThat(cache.load("k")).isEqualTo("v1");
    }

    @Test
    void badOptions_areCacheExceptionsThatNameTheCache() {
        service.origin.set((key, context) -> {
            context.timeToLive(Duration.ZERO);
            return "v";
        });
        assertThat(service.failure(cache.get("k")))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("texts")
                .hasMessageContaining("timeToLive");
        assertNothingIsLeftOf("k");
    }

    @Test
    void failsTheSameExceptionEachTime_isNoHarm() {
        RuntimeException one = new IllegalStateException("the only one");
        service.origin.fail(one);
        for (int i = 0; i < 3; i++) {
            assertThat(service.failure(cache.get("k" + i))).isSameAs(one);
        }
        assertThat(one.getSuppressed()).isEmpty();
    }

    @Test
    void leavesItsThreadInterrupted_othersAreNotConcerned() {
        service.origin.set((key, context) -> {
            Thread.currentThread().interrupt();
            return "v";
        });
        assertThat(service.finish(cache.get("a"))).isEqualTo("v");
        service.origin.set((key, context) -> Thread.interrupted() ? "interrupted" : "clean");
        assertThat(service.finish(cache.get("b"))).isEqualTo("clean");
    }

    @Test
    void givesAValueThatCannotBeWritten_failuresAreRemembered_soIsThis() {
        Assumptions.assumeTrue(setup.tiers().hasRemote());
        Instance failures = service.instance(
                builder -> everything(builder).failures(FailureCaching.cachedFor(Duration.ofSeconds(1))));
        service.origin.give("!cannot be written");
        Throwable failure = service.failure(failures.get("k"));
        assertThat(service.failure(failures.get("k"))).isSameAs(failure);
        assertThat(service.origin.calls()).isEqualTo(1);
    }

    @Test
    void failureIsRemembered_theSameGoesForAllKindsOfFailures() {
        Instance failures = service.instance(
                builder -> everything(builder).failures(FailureCaching.cachedFor(Duration.ofSeconds(1))));
        Error error = new StackOverflowError("deep");
        service.origin.set((key, context) -> {
            throw error;
        });
        assertThat(service.failure(failures.get("error"))).isSameAs(error);
        assertThat(service.failure(failures.get("error")))
                .as("it is not this caller's own")
                .isInstanceOf(CacheLoadException.class)
                .hasCause(error);
        assertThat(service.origin.calls()).isEqualTo(1);
    }
}
