package io.crema.loading;

import static io.crema.loading.Origin.DOWN;
import static io.crema.loading.Service.MARGIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.LoadTimeoutException;
import io.crema.policy.Bulkhead;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.StaleOnError;
import io.crema.scenario.Call;
import io.crema.scenario.Style;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** After the hard timeout the load has failed: its thread is interrupted, the key is free, what it gives is dropped. */
@ParameterizedClass
@MethodSource("io.crema.loading.Setup#all")
@Timeout(60)
class HardTimeoutTest {

    private static final Duration HARD = Duration.ofSeconds(8);
    private static final Duration RETRY = Duration.ofSeconds(3);

    private final Setup setup;
    private final Service service;
    private final Instance cache;

    HardTimeoutTest(Setup setup) {
        this.setup = setup;
        service = new Service(setup);
        cache = service.instance(
                builder -> builder.loadTimeouts(LoadTimeouts.none().hard(HARD)));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Instance withReserve() {
        return service.instance(builder -> builder.staleOnError(
                        StaleOnError.upTo(Duration.ofSeconds(60)).retryEvery(RETRY))
                .loadTimeouts(LoadTimeouts.none().hard(HARD)));
    }

    @Test
    void get_fastLoad_givesItsValue() {
        service.origin.give("v1");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v1");
        service.pass(HARD.plus(MARGIN));
        assertThat(cache.load("k")).isEqualTo("v1");
        assertThat(cache.stats().loadTimeouts()).isZero();
    }

    @Test
    void get_slowLoad_throws_andInterruptsTheLoader() {
        Held held = service.origin.hold();
        Call<String> call = cache.get("k");
        held.awaitCalled();
        service.pass(HARD.minus(MARGIN));
        assertThat(call.isDone()).isFalse();
        assertThat(held.interrupts()).isZero();
        assertThat(service.failure(call))
                .isExactlyInstanceOf(LoadTimeoutException.class)
                .hasMessageContaining("texts")
                .hasMessageContaining("java.lang.String");
        held.awaitInterrupted();
        assertThat(cache.stats().loadTimeouts()).isEqualTo(1);
        assertThat(cache.stats().loadFailures()).isEqualTo(1);
        assertThat(cache.look("k")).isNull();
    }

    @Test
    void get_afterATimeout_loadsAnew_thoughTheLoaderStillRuns() {
        Held hung = service.origin.hang();
        Call<String> call = cache.get("k");
        hung.awaitCalled();
        service.pass(HARD);
        assertThat(service.failure(call)).isInstanceOf(LoadTimeoutException.class);
        service.origin.give("v2");
        assertThat(service.finish(cache.get("k"))).isEqualTo("v2");
        assertThat(hung.calls()).isEqualTo(1);
        hung.answer("late");
        hung.awaitEnded(1);
        service.settle();
        assertThat(cache.look("k")).isEqualTo("v2");
    }

    @Test
    void lateResult_withNothingNewer_isDroppedToo() {
        Instance one = service.instance(
                builder -> builder.loadTimeouts(LoadTimeouts.none().hard(HARD)).bulkhead(Bulkhead.of(1)));
        Held hung = service.origin.hang();
        Call<String> call = one.get("k");
        hung.awaitCalled();
        service.pass(HARD);
        assertThat(service.failure(call)).isInstanceOf(LoadTimeoutException.class);
        hung.answer("late");
        service.origin.give("v");
        assertThat(service.finish(one.get("other")))
                .as("there is one place, so the late one has ended")
                .isEqualTo("v");
        assertThat(one.entry("k")).isNull();
    }

    @Test
    void get_byManyCallers_allFailTogether() {
        Held held = service.origin.hold();
        List<Call<String>> calls = new ArrayList<>();
        Stream.generate(() -> cache.get("k")).limit(4).forEach(calls::add);
        held.awaitCalled();
        calls.forEach(Call::awaitWaiting);
        service.pass(HARD);
        assertThat(calls).extracting(service::failure).hasOnlyElementsOfType(LoadTimeoutException.class);
        assertThat(held.calls()).isEqualTo(1);
        assertThat(cache.stats().loadTimeouts()).isEqualTo(1);
    }

    @Test
    void get_withAReserve_givesItAtTheTimeout_andHoldsTheKeyBack() {
        Instance reserve = withReserve();
        service.origin.give("v1");
        service.finish(reserve.get("k"));
        service.passFreshness();
        Held held = service.origin.hold();
        Call<String> call = reserve.get("k");
        held.awaitCalled();
        service.pass(HARD);
        assertThat(service.finish(call)).isEqualTo("v1");
        held.awaitInterrupted();
        service.origin.give("v2");
        assertThat(reserve.load("k")).as("held back").isEqualTo("v1");
        service.pass(RETRY.plus(MARGIN));
        assertThat(service.finish(reserve.get("k"))).isEqualTo("v2");
    }

    @Test
    void get_failureBeforeTheTimeout_isThrownAsItIs() {
        service.origin.fail();
        assertThat(service.failure(cache.get("unchecked"))).isSameAs(DOWN);
        IOException checked = new IOException("gone");
        service.origin.fail(checked);
        assertThat(service.failure(cache.get("checked")))
                .isExactlyInstanceOf(CacheLoadException.class)
                .hasCause(checked);
        StackOverflowError error = new StackOverflowError("deep");
        service.origin.set((key, context) -> {
            throw error;
        });
        assertThat(service.failure(cache.get("error"))).isSameAs(error);
        assertThat(cache.stats().loadTimeouts()).isZero();
    }

    @Test
    void loader_runsOnTheExecutor_notOnTheCallersThread() {
        ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
        service.origin.set((key, context) -> {
            threads.add(Thread.currentThread());
            return "v";
        });
        Call<String> call = cache.get("k");
        service.finish(call);
        assertThat(threads).hasSize(1).allSatisfy(thread -> {
            assertThat(thread).isNotSameAs(call.thread()).isNotSameAs(Thread.currentThread());
            assertThat(thread.getName()).startsWith(TrackedExecutor.THREAD);
        });
    }

    @Test
    void refresh_slow_failsAtTheTimeout_andTheValueStays() {
        service.origin.give("v1");
        service.finish(cache.get("k"));
        Held held = service.origin.hold();
        Call<String> refresh = cache.refresh("k");
        held.awaitCalled();
        service.pass(HARD);
        assertThat(service.failure(refresh)).isInstanceOf(LoadTimeoutException.class);
        held.awaitInterrupted();
        assertThat(cache.load("k")).isEqualTo("v1");
    }

    @Test
    void getAll_slow_throws_andWhatHasCome_isKept() {
        Held held = service.origin.held();
        service.origin.set((key, context) -> key.equals("slow") ? held.load() : key);
        Call<?> all = cache.getAll("a", "slow", "b");
        held.awaitCalled();
        service.until(() -> "a".equals(cache.look("a")));
        service.pass(HARD);
        assertThat(service.failure(all)).isInstanceOf(LoadTimeoutException.class);
        assertThat(cache.look("a")).isEqualTo("a");
    }

    @Test
    void loader_thatAsksForItsOwnKey_failsAtOnce() {
        service.origin.set((key, context) -> cache.cache.get(key));
        assertThat(service.failure(cache.get("sync")))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessageContaining("a loader asks for the key that it is loading");
        service.origin.set((key, context) -> cache.cache.async().get(key).join());
        assertThat(service.failure(cache.get("async"))).hasStackTraceContaining("a loader asks for the key");
        assertThat(cache.stats().loadTimeouts()).isZero();
    }

    @Test
    void loader_thatAsksForAnotherKey_getsIt() {
        service.origin.set((key, context) -> key.length() == 3 ? key : key + cache.cache.get(key + "x"));
        assertThat(service.finish(cache.get("a"))).isEqualTo("aaxaxx");
    }

    @Test
    void get_loadedInTime_thoughStoredLater_givesItsValue() {
        assumeThat(cache.hasRemote()).isTrue();
        Instance quick = service.instance(
                builder -> builder.loadTimeouts(LoadTimeouts.none().hard(MARGIN)));
        service.origin.give("v1");
        try (RemoteGate fills = quick.remote().holdRequests(Operation.FILL)) {
            Call<String> call = quick.get("k");
            fills.awaitHeld(1);
            service.pass(MARGIN.multipliedBy(2));
            fills.releaseNext();
            assertThat(service.finish(call)).isEqualTo("v1");
        }
        assertThat(quick.stats().loadTimeouts()).isZero();
        assertThat(quick.look("k")).isEqualTo("v1");
    }

    @Test
    void get_grantedTheLease_asTheTimeoutEnds_countsOneTimeout() {
        assumeThat(cache.hasRemote()).isTrue();
        assumeThat(setup.style())
                .as("a caller's own thread takes one step at a time")
                .isEqualTo(Style.ASYNCHRONOUS);
        AtomicReference<SlowReleases> wrapped = new AtomicReference<>();
        service.wrapRemotes(tier -> {
            wrapped.set(new SlowReleases(tier));
            return wrapped.get();
        });
        Duration quick = Duration.ofSeconds(1);
        Instance late = service.instance(
                builder -> builder.loadTimeouts(LoadTimeouts.none().hard(quick)));
        Held held = service.origin.hold();
        Call<String> unused = cache.get("k");
        held.awaitCalled();
        Call<String> call = late.get("k");
        service.settle(1);
        service.pass(quick.minus(MARGIN.multipliedBy(2)));
        try (RemoteGate leases = late.remote().holdRequests(Operation.LEASE)) {
            service.passUntil(() -> leases.held() > 0);
            assertThat(call.isDone()).isFalse();
            service.loseRecord("k");
            service.executor.keep();
            service.pass(MARGIN.multipliedBy(3));
            service.executor.pass();
            leases.releaseNext();
            wrapped.get().awaitEntered();
            assertThat(service.executor.runKept()).isPositive();
            // The other's loader, and the step that is in the remote tier.
            service.settle(2);
        } finally {
            wrapped.get().letGo();
        }
        assertThat(service.failure(call)).isInstanceOf(LoadTimeoutException.class);
        assertThat(late.stats().loadTimeouts()).isEqualTo(1);
    }
}
