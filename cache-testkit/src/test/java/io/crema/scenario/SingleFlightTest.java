package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.AsyncLoadingTieredCache;
import io.crema.CacheException;
import io.crema.LoadingTieredCache;
import io.crema.ReadConsistency;
import io.crema.scenario.CacheFixture.Caller;
import io.crema.scenario.CacheFixture.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Who loads, on which thread, for whom; and loads inside loads. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class SingleFlightTest {

    private final Setting setting;
    private final CacheFixture fixture;
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    SingleFlightTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
    }

    @AfterEach
    void close() {
        go.countDown();
        fixture.close();
    }

    private String hold(String value) throws InterruptedException {
        loading.countDown();
        go.await();
        return value;
    }

    @Test
    void get_byManyThreads_loadsOnce_andAllGetThatValue() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.loading(key -> hold("v" + loads.incrementAndGet()));
        List<Caller<String>> callers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            callers.add(fixture.start(() -> cache.get("k")));
        }
        callers.forEach(caller -> Waiting.untilParked(caller.thread()));
        go.countDown();
        assertThat(callers).extracting(Caller::await).containsOnly("v1");
        assertThat(loads).hasValue(1);
        assertThat(cache.stats().misses()).isEqualTo(16);
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void get_ofDifferentKeys_loadsAtTheSameTime() {
        CyclicBarrier both = new CyclicBarrier(2);
        Calls cache = fixture.loading(key -> {
            both.await(10, TimeUnit.SECONDS);
            return key;
        });
        Caller<String> a = fixture.start(() -> cache.get("a"));
        Caller<String> b = fixture.start(() -> cache.get("b"));
        assertThat(a.await()).isEqualTo("a");
        assertThat(b.await()).isEqualTo("b");
    }

    @Test
    void getIfPresent_whileTheKeyIsLoaded_doesNotWait() {
        Calls cache = fixture.loading(key -> hold("v"));
        Caller<String> get = fixture.start(() -> cache.get("k"));
        Waiting.forLatch(loading);
        assertThat(cache.getIfPresent("k")).isNull();
        assertThat(cache.entry("k")).isNull();
        assertThat(cache.getAllPresent(List.of("k"))).isEmpty();
        go.countDown();
        assertThat(get.await()).isEqualTo("v");
    }

    @Test
    void get_whileTheValueIsRefreshed_givesTheOldOne() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.loading(key -> loads.incrementAndGet() == 1 ? "old" : hold("new"));
        cache.get("k");
        Caller<String> refresh = fixture.start(() -> cache.refresh("k"));
        Waiting.forLatch(loading);
        assertThat(cache.get("k")).isEqualTo("old");
        Caller<String> second = fixture.start(() -> cache.refresh("k"));
        Waiting.untilParked(second.thread());
        go.countDown();
        assertThat(refresh.await()).isEqualTo("new");
        assertThat(second.await()).isEqualTo("new");
        assertThat(cache.get("k")).isEqualTo("new");
        assertThat(loads).hasValue(2);
    }

    @Test
    void get_afterAnInvalidation_doesNotJoinTheLoadBeforeIt() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.loading(key -> loads.incrementAndGet() == 1 ? hold("old") : "new");
        Caller<String> first = fixture.start(() -> cache.get("k"));
        Waiting.forLatch(loading);
        cache.invalidate("k");
        assertThat(cache.get("k")).isEqualTo("new");
        go.countDown();
        assertThat(first.await()).isEqualTo("old");
        assertThat(cache.getIfPresent("k")).isEqualTo("new");
    }

    @Test
    void put_whileTheKeyIsLoaded_isNotOverwrittenByTheLoad() {
        Calls cache = fixture.loading(key -> hold("loaded"));
        Caller<String> get = fixture.start(() -> cache.get("k"));
        Waiting.forLatch(loading);
        cache.put("k", "put");
        go.countDown();
        assertThat(get.await()).isEqualTo("loaded");
        assertThat(cache.getIfPresent("k")).isEqualTo("put");
    }

    @Test
    void putIfAbsent_whileTheKeyIsLoaded_storesOurs() {
        Calls cache = fixture.loading(key -> hold("loaded"));
        Caller<String> get = fixture.start(() -> cache.get("k"));
        Waiting.forLatch(loading);
        assertThat(cache.putIfAbsent("k", "put")).isTrue();
        go.countDown();
        assertThat(get.await()).isEqualTo("loaded");
        assertThat(cache.getIfPresent("k")).isEqualTo("put");
    }

    @Test
    void clear_whileTheKeyIsLoaded_leavesNothingOfThatLoad() {
        Calls cache = fixture.loading(key -> hold("loaded"));
        Caller<String> get = fixture.start(() -> cache.get("k"));
        Waiting.forLatch(loading);
        cache.clear();
        go.countDown();
        assertThat(get.await()).isEqualTo("loaded");
        assertThat(cache.getIfPresent("k")).isNull();
    }

    @Test
    void get_latest_doesNotJoinTheLoadBeforeIt() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.loading(key -> loads.incrementAndGet() == 1 ? hold("first") : "second");
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        Caller<String> first = fixture.start(() -> cache.get("k"));
        Waiting.forLatch(loading);
        Caller<String> latest =
                fixture.start(() -> cache.reading(ReadConsistency.LATEST).get("k"));
        // The lease is the first one's, so this one waits for its fill, then loads by itself.
        Waiting.until(latest.result()::isDone, () -> fixture.pass(Duration.ofMillis(20)));
        assertThat(latest.await()).isEqualTo("second");
        go.countDown();
        assertThat(first.await()).isEqualTo("first");
    }

    @Test
    void loader_runsOnTheCallersThread_orOnTheExecutor() {
        ConcurrentLinkedQueue<String> threads = new ConcurrentLinkedQueue<>();
        Calls cache = fixture.loading(key -> {
            threads.add(Thread.currentThread().getName());
            return "v";
        });
        Caller<String> caller = fixture.start(() -> cache.get("a"));
        caller.await();
        fixture.start(() -> cache.getAll(List.of("b", "c"))).await();
        String expected = setting.isSynchronous() ? caller.thread().getName() : CacheFixture.EXECUTOR_THREAD;
        assertThat(threads.poll()).startsWith(expected);
        assertThat(threads)
                .hasSize(2)
                .allSatisfy(name ->
                        assertThat(name).startsWith(setting.isSynchronous() ? CacheFixture.CALLER_THREAD : expected));
    }

    @Test
    void asyncLoader_completedElsewhere_givesItsValue_andContinuationsRunOnTheExecutor() {
        CompletableFuture<String> origin = new CompletableFuture<>();
        AtomicReference<String> encoder = new AtomicReference<>();
        LoadingTieredCache<String, String> cache = fixture.builder(fixture.instance(), "async")
                .codec(new TextCodec())
                .buildAsync(key -> origin.thenApply(value -> value + key));
        Calls calls = setting.calls(cache);
        Caller<String> caller = fixture.start(() -> calls.get("k"));
        Waiting.untilParked(caller.thread());
        CompletableFuture<Void> continued = cache.async()
                .get("k")
                .thenAccept(value -> encoder.set(Thread.currentThread().getName()));
        origin.complete("v");
        assertThat(caller.await()).isEqualTo("vk");
        Waiting.forResult(continued);
        assertThat(encoder.get()).startsWith(CacheFixture.EXECUTOR_THREAD);
        assertThat(calls.getAll(List.of("k", "l"))).hasSize(2);
        assertThat(Waiting.forResult(cache.async().getAsync("m", key -> CompletableFuture.completedFuture("own"))))
                .isEqualTo("own");
    }

    @Test
    void cancel_ofOneFuture_affectsNobodyElse() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.loading(key -> hold("v" + loads.incrementAndGet()));
        AsyncLoadingTieredCache<String, String> async = cache.cache().async();
        CompletableFuture<String> leader = async.get("k");
        CompletableFuture<String> follower = async.get("k");
        Caller<String> other = fixture.start(() -> cache.get("k"));
        Waiting.forLatch(loading);
        Waiting.untilParked(other.thread());
        leader.cancel(true);
        CompletableFuture<String> late = async.get("k");
        go.countDown();
        assertThat(leader).isCancelled();
        assertThat(Waiting.forResult(follower)).isEqualTo("v1");
        assertThat(Waiting.forResult(late)).isEqualTo("v1");
        assertThat(other.await()).isEqualTo("v1");
        assertThat(cache.getIfPresent("k")).isEqualTo("v1");
        assertThat(loads).hasValue(1);
    }

    @Test
    void loader_thatAsksForItsOwnKey_failsAtOnce_whicheverWay() {
        AtomicReference<Calls> self = new AtomicReference<>();
        Calls cache = fixture.loading(key -> switch (key) {
            case "sync" -> self.get().cache().get(key);
            case "async" -> Waiting.forResult(self.get().cache().async().get(key));
            case "bulk" -> self.get().cache().getAll(List.of("bulk")).get(key);
            default ->
                Waiting.forResult(self.get().cache().async().getAll(List.of(key)))
                        .get(key);
        });
        self.set(cache);
        for (String key : List.of("sync", "async", "bulk", "async bulk")) {
            assertThatThrownBy(() -> cache.get(key))
                    .isExactlyInstanceOf(CacheException.class)
                    .hasMessage(
                            "Cache 'texts': a loader asks for the key that it is loading, of type java.lang.String; it"
                                    + " would wait for itself");
        }
        assertThat(cache.get("sync", key -> "now")).isEqualTo("now");
    }

    @Test
    void loader_thatAsksForAnotherKey_getsIt() {
        AtomicReference<Calls> self = new AtomicReference<>();
        Calls cache = fixture.loading(key -> key.length() == 5
                ? key
                : key + self.get().get(key + "x") + self.get().get(key + "x"));
        self.set(cache);
        assertThat(cache.get("a")).hasSize(1 + 2 * (2 + 2 * (3 + 2 * (4 + 2 * 5))));
        assertThat(cache.stats().loads()).isEqualTo(5);
    }

    @Test
    void loader_thatAsksAnotherCache_getsItsValue_andMayNotComeBack() {
        Instance instance = fixture.instance();
        AtomicReference<Calls> first = new AtomicReference<>();
        LoadingTieredCache<String, String> second = fixture.builder(instance, "second")
                .build(key -> key.equals("back") ? first.get().get(key) : "2" + key);
        first.set(fixture.open(instance, builder -> builder, key -> "1" + second.get(key)));
        assertThat(first.get().get("k")).isEqualTo("12k");
        if (setting.isSynchronous()) {
            assertThatThrownBy(() -> first.get().get("back"))
                    .isExactlyInstanceOf(CacheException.class)
                    .hasMessageContaining("a loader asks for the key that it is loading");
        }
    }

    @Test
    void loaders_thatAskForEachOthersKeys_end() {
        CyclicBarrier both = new CyclicBarrier(2);
        ThreadLocal<Boolean> nested = ThreadLocal.withInitial(() -> false);
        AtomicReference<Calls> self = new AtomicReference<>();
        Calls cache = fixture.loading(key -> {
            if (nested.get()) {
                return key;
            }
            both.await(10, TimeUnit.SECONDS);
            nested.set(true);
            try {
                return key + self.get().cache().get(key.equals("a") ? "b" : "a");
            } finally {
                nested.set(false);
            }
        });
        self.set(cache);
        Caller<String> a = fixture.start(() -> cache.get("a"));
        Caller<String> b = fixture.start(() -> cache.get("b"));
        Waiting.until(() -> a.result().isDone() && b.result().isDone(), () -> fixture.pass(Duration.ofMillis(20)));
        // Whoever closes the cycle loads the other's key alone; the other may get that, or the whole.
        assertThat(a.await()).isIn("ab", "aba", "abab");
        assertThat(b.await()).isIn("ba", "bab", "baba");
    }
}
