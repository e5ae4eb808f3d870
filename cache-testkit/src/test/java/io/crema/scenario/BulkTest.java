package io.crema.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.BulkCacheLoader;
import io.crema.CacheException;
import io.crema.CacheLoadException;
import io.crema.policy.NullCaching;
import io.crema.scenario.CacheFixture.Caller;
import io.crema.scenario.CacheFixture.Instance;
import io.crema.testkit.Operation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads of many keys. */
@ParameterizedClass
@MethodSource("io.crema.scenario.Setting#all")
@Timeout(60)
class BulkTest {

    private final Setting setting;
    private final CacheFixture fixture;
    private final ConcurrentLinkedQueue<Set<String>> asked = new ConcurrentLinkedQueue<>();
    private final BulkCacheLoader<String, String> upperCase = keys -> {
        asked.add(Set.copyOf(keys));
        Map<String, String> values = new HashMap<>();
        keys.forEach(key -> values.put(key, key.toUpperCase(Locale.ROOT)));
        return values;
    };

    BulkTest(Setting setting) {
        this.setting = setting;
        this.fixture = new CacheFixture(setting);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private int executed(Instance instance, Operation operation) {
        return setting.tiers().hasRemote() ? instance.remote().executed(operation) : 0;
    }

    @Test
    void getAll_ofKeysPartlyThere_readsTheRestOnceAndLoadsItOnce() {
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance);
        cache.put("a", "near");
        if (setting.tiers().hasRemote()) {
            fixture.open().put("b", "remote");
        }
        int reads = executed(instance, Operation.READ) + executed(instance, Operation.READ_ALL);
        Map<String, String> all = cache.getAll(List.of("d", "a", "b", "c", "a", "d"), upperCase);
        String b = setting.tiers().hasRemote() ? "remote" : "B";
        assertThat(all)
                .containsExactly(Map.entry("d", "D"), Map.entry("a", "near"), Map.entry("b", b), Map.entry("c", "C"));
        Set<String> rest = setting.tiers().hasRemote() ? Set.of("c", "d") : Set.of("b", "c", "d");
        assertThat(asked).containsExactly(rest);
        assertThat(executed(instance, Operation.READ) + executed(instance, Operation.READ_ALL) - reads)
                .isEqualTo(setting.tiers().hasRemote() ? 1 : 0);
        assertThat(executed(instance, Operation.READ_ALL))
                .isEqualTo(setting.tiers().hasRemote() ? 1 : 0);
        assertThat(cache.stats().loads()).isEqualTo(1);
        assertThat(cache.getAllPresent(List.of("a", "b", "c", "d"))).hasSize(4);
    }

    @Test
    void getAll_ofKeysThatAreThere_asksNoLoader() {
        Calls cache = fixture.open();
        cache.putAll(Map.of("a", "1", "b", "2"));
        assertThat(cache.getAll(List.of("b", "a"))).containsExactly(Map.entry("b", "2"), Map.entry("a", "1"));
        assertThat(cache.getAll(List.of())).isEmpty();
        assertThat(cache.getAllPresent(List.of())).isEmpty();
    }

    @Test
    void getAll_result_isTheCallersOwn() {
        Calls cache = fixture.open();
        cache.put("a", "1");
        Map<String, String> all = cache.getAll(List.of("a"), upperCase);
        all.put("own", "entry");
        assertThat(cache.getAllPresent(List.of("a", "own"))).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void getAll_withBulkLoaderOfTheCache_usesIt() {
        Calls cache = fixture.open(builder -> builder.bulkLoader(upperCase));
        assertThat(cache.getAll(List.of("a", "b"))).isEqualTo(Map.of("a", "A", "b", "B"));
        assertThat(asked).containsExactly(Set.of("a", "b"));
    }

    @Test
    void getAll_withoutBulkLoader_loadsEachKeyOnce() {
        AtomicInteger loads = new AtomicInteger();
        Calls cache = fixture.loading(key -> {
            loads.incrementAndGet();
            return key.equals("none") ? null : key + "!";
        });
        assertThat(cache.getAll(List.of("a", "none", "b", "a")))
                .containsExactly(Map.entry("a", "a!"), Map.entry("b", "b!"));
        assertThat(loads).hasValue(3);
    }

    @Test
    void bulkLoader_thatLeavesOutAndAdds_isTakenAtItsWordForWhatWasAsked() {
        Calls cache = fixture.open();
        Map<String, String> all = cache.getAll(List.of("a", "b"), keys -> Map.of("a", "1", "extra", "2"));
        assertThat(all).isEqualTo(Map.of("a", "1"));
        assertThat(cache.getAllPresent(List.of("a", "b", "extra"))).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void bulkLoader_keyLeftOut_isACachedNullWhereNullsAreCached() {
        Calls cache = fixture.open(builder -> builder.nulls(NullCaching.cachedFor(Duration.ofSeconds(5))));
        cache.getAll(List.of("a", "b"), keys -> Map.of("a", "1"));
        assertThat(cache.entry("b")).isNotNull();
        assertThat(cache.entry("b").value()).isNull();
    }

    @Test
    void bulkLoader_givenKeys_cannotChangeThem() {
        Calls cache = fixture.open();
        assertThatThrownBy(() -> cache.getAll(List.of("a"), keys -> {
                    keys.clear();
                    return Map.of();
                }))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void bulkLoader_thatReturnsNull_isNamed_andNothingIsCached() {
        Calls cache = fixture.open();
        assertThatThrownBy(() -> cache.getAll(List.of("a", "b"), keys -> null))
                .isExactlyInstanceOf(CacheException.class)
                .hasMessage(
                        "Cache 'texts': the bulk loader returned null for a key of type java.lang.String; leave out keys"
                                + " that the origin does not have");
        assertThat(cache.getAll(List.of("a", "b"), upperCase)).hasSize(2);
    }

    @Test
    void bulkLoader_thatThrows_failsTheCall_andNothingIsCached() {
        Calls cache = fixture.open();
        IllegalStateException failure = new IllegalStateException("no");
        IOException checked = new IOException("down");
        assertThatThrownBy(() -> cache.getAll(List.of("a", "b"), keys -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThatThrownBy(() -> cache.getAll(List.of("a", "b"), keys -> {
                    throw checked;
                }))
                .isInstanceOf(CacheLoadException.class)
                .hasCause(checked);
        assertThat(cache.getAllPresent(List.of("a", "b"))).isEmpty();
        assertThat(cache.getAll(List.of("a", "b"), upperCase)).hasSize(2);
        assertThat(cache.stats().loads()).isEqualTo(3);
        assertThat(cache.stats().loadFailures()).isEqualTo(2);
    }

    @Test
    void bulkLoader_whoseMapThrows_failsAllKeys() {
        Calls cache = fixture.open();
        assertThatThrownBy(() -> cache.getAll(List.of("a", "b"), keys -> new HashMap<>() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public String get(Object key) {
                        throw new ClassCastException("odd map");
                    }
                }))
                .isInstanceOf(ClassCastException.class);
        assertThat(cache.getAll(List.of("a", "b"), upperCase)).hasSize(2);
    }

    @Test
    void getAll_whileOneKeyIsLoaded_waitsForThatLoad() {
        Calls cache = fixture.open();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Caller<String> single = fixture.start(() -> cache.get("a", key -> {
            loading.countDown();
            go.await();
            return "single";
        }));
        Waiting.forLatch(loading);
        Caller<Map<String, String>> bulk = fixture.start(() -> cache.getAll(List.of("a", "b"), upperCase));
        Waiting.until(() -> !asked.isEmpty(), () -> {});
        go.countDown();
        assertThat(bulk.await()).isEqualTo(Map.of("a", "single", "b", "B"));
        assertThat(single.await()).isEqualTo("single");
        assertThat(asked).containsExactly(Set.of("b"));
    }

    @Test
    void get_whileItsKeyIsLoadedInBulk_waitsForThatLoad() {
        Calls cache = fixture.open();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Caller<Map<String, String>> bulk = fixture.start(() -> cache.getAll(List.of("a", "b"), keys -> {
            loading.countDown();
            go.await();
            return upperCase.loadAll(keys);
        }));
        Waiting.forLatch(loading);
        Caller<String> single = fixture.start(() -> cache.get("a"));
        Caller<Map<String, String>> other = fixture.start(() -> cache.getAll(List.of("b", "a")));
        Waiting.untilParked(single.thread());
        Waiting.untilParked(other.thread());
        go.countDown();
        assertThat(single.await()).isEqualTo("A");
        assertThat(other.await()).containsExactly(Map.entry("b", "B"), Map.entry("a", "A"));
        assertThat(bulk.await()).hasSize(2);
        assertThat(asked).hasSize(1);
    }

    @Test
    void getAll_joinedLoadFails_failsAlike() {
        Calls cache = fixture.open();
        IllegalStateException failure = new IllegalStateException("no");
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Caller<String> single = fixture.start(() -> cache.get("a", key -> {
            loading.countDown();
            go.await();
            throw failure;
        }));
        Waiting.forLatch(loading);
        Caller<Map<String, String>> bulk = fixture.start(() -> cache.getAll(List.of("a", "b"), upperCase));
        Waiting.until(() -> !asked.isEmpty(), () -> {});
        go.countDown();
        assertThatThrownBy(bulk::await).isSameAs(failure);
        assertThatThrownBy(single::await).isSameAs(failure);
        assertThat(cache.getIfPresent("b")).isEqualTo("B");
    }

    @Test
    void loaderWithinGetAll_thatAsksForTheOtherKeys_getsThem() {
        List<Calls> self = new ArrayList<>();
        Calls cache = fixture.loading(key -> {
            String next = Map.of("a", "b", "b", "c").get(key);
            return next == null ? key : key + self.get(0).get(next);
        });
        self.add(cache);
        Caller<Map<String, String>> all = fixture.start(() -> cache.getAll(List.of("a", "b", "c")));
        Waiting.until(all.result()::isDone, () -> fixture.pass(Duration.ofMillis(25)));
        assertThat(all.await()).isEqualTo(Map.of("a", "abc", "b", "bc", "c", "c"));
    }

    @Test
    void loaderWithinGetAll_thatWaitsForTheFutureOfAnotherKey_getsIt() {
        List<Calls> self = new ArrayList<>();
        Calls cache = fixture.loading(
                key -> key.equals("a") ? self.get(0).cache().async().get("b").join() : key);
        self.add(cache);
        Caller<Map<String, String>> all = fixture.start(() -> cache.getAll(List.of("a", "b")));
        Waiting.until(all.result()::isDone, () -> fixture.pass(Duration.ofMillis(25)));
        assertThat(all.await()).isEqualTo(Map.of("a", "b", "b", "b"));
    }

    @Test
    void bulkLoader_thatAsksForItsOwnKey_fails() {
        Calls cache = fixture.open();
        assertThatThrownBy(() -> cache.getAll(
                        List.of("a", "b"), keys -> Map.of("a", cache.cache().get("a"))))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("a loader asks for the key that it is loading");
        assertThatThrownBy(() ->
                        cache.getAll(List.of("a", "b"), keys -> cache.cache().getAll(List.of("b"))))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("a loader asks for the key that it is loading");
    }

    @Test
    void getAll_whenRemoteDoesNotAnswer_loadsInOneCall() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        Instance instance = fixture.instance();
        Calls cache = fixture.open(instance);
        instance.remote().fail(Operation.READ_ALL);
        assertThat(cache.getAll(List.of("a", "b"), upperCase)).isEqualTo(Map.of("a", "A", "b", "B"));
        assertThat(cache.getAllPresent(List.of("x"))).isEmpty();
        assertThat(asked).hasSize(1);
        instance.remote().recover();
        instance.remote().fail(Operation.LEASE, Operation.FILL);
        assertThat(cache.getAll(List.of("c", "d"), upperCase)).isEqualTo(Map.of("c", "C", "d", "D"));
        assertThat(asked).hasSize(2);
    }

    @Test
    void getAll_keyThatAnotherInstanceLoads_isWaitedForWhileTheOthersLoad() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        Calls slow = fixture.open();
        Calls cache = fixture.open();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Caller<String> other = fixture.start(() -> slow.get("a", key -> {
            loading.countDown();
            go.await();
            return "theirs";
        }));
        Waiting.forLatch(loading);
        Caller<Map<String, String>> bulk = fixture.start(() -> cache.getAll(List.of("a", "b"), upperCase));
        Waiting.until(() -> !asked.isEmpty(), () -> {});
        go.countDown();
        assertThat(other.await()).isEqualTo("theirs");
        Waiting.until(bulk.result()::isDone, () -> fixture.pass(Duration.ofMillis(10)));
        assertThat(bulk.await()).isEqualTo(Map.of("a", "theirs", "b", "B"));
        assertThat(asked).containsExactly(Set.of("b"));
    }

    @Test
    void getAll_keyThatAnotherInstanceNeverFills_isLoadedByItself() {
        Assumptions.assumeTrue(setting.tiers().hasRemote());
        Calls slow = fixture.open();
        Calls cache = fixture.open();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Caller<String> other = fixture.start(() -> slow.get("a", key -> {
            loading.countDown();
            go.await();
            return "theirs";
        }));
        Waiting.forLatch(loading);
        Caller<Map<String, String>> bulk = fixture.start(() -> cache.getAll(List.of("a", "b"), upperCase));
        Waiting.until(bulk.result()::isDone, () -> fixture.pass(Duration.ofMillis(10)));
        assertThat(bulk.await()).isEqualTo(Map.of("a", "A", "b", "B"));
        assertThat(asked).containsExactly(Set.of("b"), Set.of("a"));
        go.countDown();
        assertThat(other.await()).isEqualTo("theirs");
    }

    @Test
    void bulkLoader_ofAsynchronousCall_runsOnTheExecutor_elseOnTheCaller() {
        Calls cache = fixture.open();
        List<String> threads = new ArrayList<>();
        Caller<Map<String, String>> bulk = fixture.start(() -> cache.getAll(List.of("a"), keys -> {
            threads.add(Thread.currentThread().getName());
            return Map.of();
        }));
        bulk.await();
        assertThat(threads)
                .singleElement()
                .asString()
                .startsWith(setting.isSynchronous() ? CacheFixture.CALLER_THREAD : CacheFixture.EXECUTOR_THREAD);
    }
}
