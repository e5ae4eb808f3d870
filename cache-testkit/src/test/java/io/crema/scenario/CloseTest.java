package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.CacheException;
import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.LoadingTieredCache;
import io.crema.ReadConsistency;
import io.crema.scenario.CacheFixture.Caller;
import io.crema.scenario.CacheFixture.Instance;
import io.crema.testkit.InMemoryServer;
import io.crema.testkit.Operation;
import io.crema.testkit.RemoteGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The end of an instance: nobody waits for ever, nothing is served, nothing of it stays. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class CloseTest {

    private static final String CLOSED =
            "Cache 'texts' is closed, because its Crema is; use it no more, or close the Crema later";

    private final Setting setting;
    private final CacheFixture fixture;
    private final CountDownLatch go = new CountDownLatch(1);

    CloseTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
    }

    @AfterEach
    void close() {
        go.countDown();
        fixture.close();
    }

    private static void assertClosed(ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(CacheException.class).hasMessage(CLOSED);
    }

    @Test
    void anyOperation_afterClose_namesTheCache() {
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance);
        cache.put("k", "v");
        cache.get("k");
        instance.crema().close();
        List<ThrowingCallable> calls = List.of(
                () -> cache.getIfPresent("k"),
                () -> cache.entry("k"),
                () -> cache.get("k"),
                () -> cache.get("k", key -> "v"),
                () -> cache.getAllPresent(List.of("k")),
                () -> cache.getAll(List.of("k")),
                () -> cache.getAll(List.of("k"), keys -> Map.of()),
                () -> cache.getAll(List.of()),
                () -> cache.refresh("k"),
                () -> cache.put("k", "v"),
                () -> cache.put("k", "v", EntryOptions.defaults()),
                () -> cache.putIfAbsent("k", "v"),
                () -> cache.putAll(Map.of("k", "v")),
                () -> cache.putAll(Map.of()),
                () -> cache.invalidate("k"),
                () -> cache.invalidateIfPresent("k"),
                () -> cache.invalidateAll(List.of("k")),
                () -> cache.invalidateAll(List.of()),
                () -> cache.clear(),
                () -> cache.reading(ReadConsistency.LATEST).get("k"));
        calls.forEach(CloseTest::assertClosed);
        assertThat(cache.name()).isEqualTo("texts");
        assertThat(cache.stats().nearSize()).isZero();
        assertThat(cache.cache().async().name()).isEqualTo("texts");
    }

    @Test
    void close_whileReadersWaitForALoader_endsAllOfThem() {
        Instance instance = fixture.instance();
        CountDownLatch loading = new CountDownLatch(1);
        Calls cache = fixture.open(instance, builder -> builder, key -> {
            loading.countDown();
            go.await();
            return "late";
        });
        Caller<String> leader = fixture.start(() -> cache.get("k"));
        Waiting.forLatch(loading);
        Caller<String> follower = fixture.start(() -> cache.get("k"));
        Caller<Map<String, String>> bulk = fixture.start(() -> cache.getAll(List.of("k")));
        Waiting.untilParked(follower.thread());
        Waiting.untilParked(bulk.thread());
        instance.crema().close();
        assertClosed(follower::await);
        assertClosed(bulk::await);
        go.countDown();
        assertClosed(leader::await);
    }

    @Test
    void close_whileReadersWaitForTheRemote_endsAllOfThem_andLoadsNothing() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        Instance instance = fixture.instance();
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.open(instance, builder -> builder, key -> "v" + loads.incrementAndGet());
        instance.remote().hang(Operation.READ, Operation.READ_ALL);
        List<Caller<?>> callers = new ArrayList<>();
        callers.add(fixture.start(() -> cache.get("a")));
        callers.add(fixture.start(() -> cache.get("a")));
        callers.add(fixture.start(() -> String.valueOf(cache.getIfPresent("b"))));
        callers.add(fixture.start(() -> String.valueOf(cache.entry("c"))));
        callers.add(fixture.start(() -> cache.getAll(List.of("d", "e"))));
        callers.add(fixture.start(() -> cache.reading(ReadConsistency.LATEST).get("f")));
        callers.forEach(caller -> Waiting.untilParked(caller.thread()));
        instance.crema().close();
        callers.forEach(caller -> assertClosed(caller::await));
        fixture.executor.shutdown();
        assertThatCode(() -> fixture.executor.awaitTermination(10, TimeUnit.SECONDS))
                .doesNotThrowAnyException();
        assertThat(loads).hasValue(0);
    }

    @Test
    void close_whileWritersWaitForTheRemote_endsAllOfThem() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance);
        instance.remote().hang(Operation.PUT, Operation.PUT_IF_ABSENT, Operation.INVALIDATE, Operation.CLEAR);
        List<Caller<Boolean>> callers = new ArrayList<>();
        for (Runnable write : List.<Runnable>of(
                () -> cache.put("a", "v"),
                () -> cache.putIfAbsent("b", "v"),
                () -> cache.putAll(Map.of("c", "v")),
                () -> cache.invalidate("d"),
                () -> cache.clear())) {
            callers.add(fixture.start(() -> {
                write.run();
                return true;
            }));
        }
        callers.forEach(caller -> Waiting.untilParked(caller.thread()));
        instance.crema().close();
        callers.forEach(caller -> assertThatThrownBy(caller::await)
                .isInstanceOf(CacheException.class)
                .hasMessageStartingWith("Cache 'texts'"));
    }

    @Test
    void close_whileAReaderPollsForAnotherInstancesFill_endsIt() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        CountDownLatch loading = new CountDownLatch(1);
        Calls other = fixture.open();
        Caller<String> theirs = fixture.start(() -> other.get("k", key -> {
            loading.countDown();
            go.await();
            return "theirs";
        }));
        Waiting.forLatch(loading);
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance);
        Caller<String> poller = fixture.start(() -> cache.get("k"));
        Waiting.untilParked(poller.thread());
        fixture.pass(Duration.ofMillis(100));
        instance.crema().close();
        assertClosed(poller::await);
        go.countDown();
        assertThat(theirs.await()).isEqualTo("theirs");
    }

    @Test
    void close_whileReadersWaitForALoadThatWasInvalidated_endsAllOfThem() {
        Instance instance = fixture.instance();
        CountDownLatch loading = new CountDownLatch(2);
        Calls cache = fixture.open(instance, builder -> builder, key -> {
            loading.countDown();
            go.await();
            return "late";
        });
        Caller<String> leader = fixture.start(() -> cache.get("k"));
        Waiting.until(() -> loading.getCount() == 1, () -> {});
        Caller<String> follower = fixture.start(() -> cache.get("k"));
        Waiting.untilParked(follower.thread());
        cache.invalidate("k");
        Caller<String> nextLeader = fixture.start(() -> cache.get("k"));
        if (!setting.tiers().hasRemote()) {
            Waiting.forLatch(loading);
        }
        Waiting.untilParked(nextLeader.thread());
        instance.crema().close();
        assertClosed(follower::await);
        go.countDown();
        assertClosed(leader::await);
        assertClosed(nextLeader::await);
    }

    @Test
    void close_whileAReaderPollsForAFillThatWasInvalidated_endsIt() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        CountDownLatch loading = new CountDownLatch(1);
        Calls other = fixture.open();
        Caller<String> theirs = fixture.start(() -> other.get("k", key -> {
            loading.countDown();
            go.await();
            return "theirs";
        }));
        Waiting.forLatch(loading);
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance);
        Caller<String> poller = fixture.start(() -> cache.get("k"));
        Waiting.untilParked(poller.thread());
        other.invalidate("k");
        instance.crema().close();
        assertClosed(poller::await);
        go.countDown();
        assertThat(theirs.await()).isEqualTo("theirs");
    }

    @Test
    void close_whileALoadedValueIsFilled_endsTheReader() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance);
        RemoteGate requests = instance.remote().holdRequests(Operation.FILL);
        Caller<String> get = fixture.start(() -> cache.get("k", key -> "v"));
        requests.awaitHeld(1);
        Waiting.untilParked(get.thread());
        instance.crema().close();
        assertClosed(get::await);
    }

    @Test
    void close_twiceAndByTwoThreads_isOnce() throws Exception {
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance);
        CyclicBarrier together = new CyclicBarrier(4);
        List<Caller<Boolean>> closers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            closers.add(fixture.start(() -> {
                together.await();
                instance.crema().close();
                return true;
            }));
        }
        assertThat(closers).extracting(Caller::await).containsOnly(true);
        instance.crema().close();
        assertClosed(() -> cache.get("k"));
        assertThat(instance.crema().cacheNames()).containsExactly("texts");
        assertThat(fixture.executor.isShutdown()).isFalse();
    }

    @Test
    void close_ofOneInstance_leavesTheOthers() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance);
        Calls other = fixture.open();
        cache.put("k", "v");
        instance.crema().close();
        assertThat(other.getIfPresent("k")).isEqualTo("v");
        other.put("k", "w");
        assertThat(other.getIfPresent("k")).isEqualTo("w");
    }

    @Test
    void close_ofACremaWithItsOwnThreads_endsThem() {
        String node = "node" + System.identityHashCode(this);
        Crema.Builder builder = Crema.builder().nodeName(node);
        if (setting.tiers().hasRemote()) {
            builder.remote(InMemoryServer.create(fixture.time).connect());
        }
        Crema crema = builder.build();
        LoadingTieredCache<String, String> cache = fixture.builder(new Instance(crema, null), "texts")
                .build(key -> {
                    if (key.equals("slow")) {
                        go.await();
                    }
                    return Thread.currentThread().getName();
                });
        Calls calls = setting.calls(cache);
        assertThat(cache.async().get("k").join()).startsWith("crema-" + node + "-worker-");
        assertThat(calls.get("other")).isNotNull();
        CompletableFuture<String> slow = cache.async().get("slow");
        assertThat(threadsOf(node)).isNotEmpty();
        crema.close();
        assertThatThrownBy(() -> Waiting.forResult(slow))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage(CLOSED);
        go.countDown();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(threadsOf(node)).isEmpty());
    }

    private static List<String> threadsOf(String node) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("crema-" + node))
                .toList();
    }
}
