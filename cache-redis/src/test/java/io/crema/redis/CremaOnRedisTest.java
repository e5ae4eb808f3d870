package io.crema.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.crema.CacheConfigException;
import io.crema.CacheException;
import io.crema.Crema;
import io.crema.InvalidationPendingException;
import io.crema.LoadingTieredCache;
import io.crema.ReadConsistency;
import io.crema.TieredCache;
import io.crema.policy.Near;
import io.crema.redis.codec.KryoCodec;
import io.crema.redis.codec.PlainCodec;
import io.crema.spi.Codec;
import io.crema.spi.KeyCodec;
import io.crema.spi.Limits;
import io.lettuce.core.KillArgs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The whole cache over a real server. */
class CremaOnRedisTest extends ServerTest {

    private final Map<Long, String> table = new ConcurrentHashMap<>();
    private final AtomicInteger loads = new AtomicInteger();

    enum Colour {
        RED
    }

    record Known(String name, Object more) {}

    record Unknown(String name) {}

    private LoadingTieredCache<Long, String> instance() {
        return instance(redis.uri());
    }

    private LoadingTieredCache<Long, String> instance(String uri) {
        return crema(uri)
                .<Long, String>cache("texts")
                .codec(PlainCodec.strings())
                .build(id -> {
                    loads.incrementAndGet();
                    return table.get(id);
                });
    }

    private Crema crema(String uri) {
        return opened(Crema.builder().remote(RedisRemote.connect(uri)).build());
    }

    private static void awaitValue(LoadingTieredCache<Long, String> cache, String expected) {
        Awaitility.await().untilAsserted(() -> assertThat(cache.get(1L)).isEqualTo(expected));
    }

    @Test
    void get_threeInstances_loadOnceAndAgree() {
        table.put(1L, "one");
        List<LoadingTieredCache<Long, String>> all =
                IntStream.range(0, 3).mapToObj(i -> instance()).toList();
        all.forEach(cache -> assertThat(cache.get(1L)).isEqualTo("one"));
        assertThat(loads).hasValue(1);

        table.put(1L, "uno");
        all.get(0).invalidate(1L);
        assertThat(all.get(0).get(1L)).isEqualTo("uno");
        all.forEach(cache -> awaitValue(cache, "uno"));
        assertThat(loads).hasValue(2);
        assertThat(all.get(1).stats().invalidationsReceived()).isEqualTo(1);
    }

    @Test
    void latest_afterInvalidationElsewhere_isNewAtOnce() {
        table.put(1L, "one");
        LoadingTieredCache<Long, String> a = instance();
        LoadingTieredCache<Long, String> b = instance();
        b.get(1L);
        for (int i = 0; i < 50; i++) {
            table.put(1L, "v" + i);
            a.invalidate(1L);
            assertThat(b.reading(ReadConsistency.LATEST).get(1L)).isEqualTo("v" + i);
        }
    }

    /** A server that is made a replica keeps its clients, and answers their reads with what it has. */
    @Test
    void r30_serverBecomesAReplica_isNotReadAnyMore() {
        table.put(1L, "one");
        LoadingTieredCache<Long, String> cache = instance();
        assertThat(cache.get(1L)).isEqualTo("one");
        table.put(1L, "uno");

        plain().replicaof("127.0.0.1", 1);

        awaitValue(cache, "uno");
        assertThat(cache.reading(ReadConsistency.LATEST).get(1L)).isEqualTo("uno");
        plain().replicaofNoOne();
        Awaitility.await().ignoreExceptions().until(() -> {
            cache.invalidate(1L);
            return true;
        });
        table.put(1L, "one again");
        cache.invalidate(1L);
        awaitValue(cache, "one again");
    }

    @Test
    void subscriptionKilled_nothingMissed_nearStaysHot() {
        LoadingTieredCache<Long, String> cache = instance();
        for (long id = 0; id < 200; id++) {
            table.put(id, "v" + id);
            cache.get(id);
        }
        long kept = cache.stats().resyncsKept();
        plain().clientKill(KillArgs.Builder.typePubsub());
        Awaitility.await().until(() -> cache.stats().resyncsKept() >= kept + 16);
        long before = cache.stats().nearHits();
        table.keySet().forEach(cache::get);
        assertThat(cache.stats().nearHits() - before).isEqualTo(200);
    }

    @Test
    void flushAll_everyInstance_loadsAnew() {
        table.put(1L, "one");
        LoadingTieredCache<Long, String> a = instance();
        LoadingTieredCache<Long, String> b = instance();
        a.get(1L);
        b.get(1L);
        plain().flushall();
        table.put(1L, "uno");
        a.invalidate(1L);
        awaitValue(a, "uno");
        awaitValue(b, "uno");
    }

    @Test
    void killAndRestartEmpty_readsGoOnAndInstancesAgreeAgain() {
        table.put(1L, "one");
        LoadingTieredCache<Long, String> a = instance();
        LoadingTieredCache<Long, String> b = instance();
        a.get(1L);
        b.get(1L);
        redis.kill();
        assertThat(a.get(1L)).isEqualTo("one");
        table.put(2L, "two");
        assertThat(a.get(2L)).isEqualTo("two");
        table.put(1L, "uno");
        assertThatExceptionOfType(InvalidationPendingException.class).isThrownBy(() -> a.invalidate(1L));
        assertThat(a.get(1L)).isEqualTo("uno");

        redis.restart();
        Awaitility.await().ignoreExceptions().untilAsserted(() -> {
            a.invalidate(1L);
            assertThat(b.get(1L)).isEqualTo("uno");
        });
        table.put(1L, "eins");
        Awaitility.await().ignoreExceptions().untilAsserted(() -> a.invalidate(1L));
        awaitValue(b, "eins");
    }

    @Test
    void paused_readsAndWritesEndInTime() {
        LoadingTieredCache<Long, String> cache = instance();
        redis.pause();
        table.put(1L, "one");
        assertThat(cache.get(1L)).isEqualTo("one");
        assertThatExceptionOfType(InvalidationPendingException.class).isThrownBy(() -> cache.invalidate(1L));
        redis.resume();
        Awaitility.await().ignoreExceptions().untilAsserted(() -> cache.invalidate(1L));
    }

    @Test
    void serverDownAtStart_worksWithoutItAndConnectsLater() {
        redis.kill();
        table.put(1L, "one");
        LoadingTieredCache<Long, String> a = instance();
        LoadingTieredCache<Long, String> b = instance();
        assertThat(a.get(1L)).isEqualTo("one");
        assertThat(a.get(1L)).isEqualTo("one");
        assertThat(a.stats().nearHits()).isEqualTo(1);
        redis.restart();
        Awaitility.await().ignoreExceptions().untilAsserted(() -> a.invalidate(1L));
        Awaitility.await().ignoreExceptions().untilAsserted(() -> b.invalidate(1L));
        table.put(7L, "seven");
        a.get(7L);
        int before = loads.get();
        assertThat(b.get(7L)).isEqualTo("seven");
        assertThat(loads).hasValue(before);
    }

    @Test
    void build_otherKeyFormat_isRefused() {
        instance();
        Crema other = crema(redis.uri());
        assertThatExceptionOfType(CacheConfigException.class)
                .isThrownBy(() -> other.<Colour, String>cache("texts")
                        .keyCodec(KeyCodec.ofEnum(Colour.class))
                        .codec(PlainCodec.strings())
                        .build())
                .withMessageContaining("texts")
                .withMessageContaining("standard-1");
    }

    @Test
    void values_badOnes_areClearErrorsAndFreeTheKey() {
        Crema small = opened(Crema.builder()
                .remote(RedisRemote.builder(redis.uri())
                        .limits(new Limits(64, 1_000))
                        .build())
                .build());
        TieredCache<String, Known> cache = small.<String, Known>cache("known")
                .codec(KryoCodec.of(Known.class))
                .near(Near.none())
                .build();
        assertThatExceptionOfType(CacheException.class)
                .isThrownBy(() -> cache.get("k", key -> new Known("a", new Unknown("b"))))
                .withMessageContaining("known")
                .withMessageContaining("Unknown");
        assertThatExceptionOfType(CacheException.class)
                .isThrownBy(() -> cache.put("k", new Known("x".repeat(2_000), null)))
                .withMessageContaining("known")
                .withMessageContaining("1000");
        assertThatExceptionOfType(CacheException.class)
                .isThrownBy(() -> cache.getIfPresent("k".repeat(100)))
                .withMessageContaining("64");
        assertThat(cache.get("k", key -> new Known("fine", "text"))).isEqualTo(new Known("fine", "text"));
        assertThat(cache.getIfPresent("k")).isEqualTo(new Known("fine", "text"));
    }

    @Test
    void timeLimit_set_isWhatAPausedServerIsGiven() {
        RedisRemote patient = RedisRemote.builder(redis.uri())
                .timeLimit(Duration.ofSeconds(20))
                .build();
        TieredCache<String, String> cache = opened(
                        Crema.builder().remote(patient).build())
                .<String, String>cache("patient")
                .codec(PlainCodec.strings())
                .build();
        redis.pause();
        CompletableFuture<Void> put = cache.async().put("k", "v");
        Awaitility.await().pollDelay(Duration.ofMillis(400)).until(() -> !put.isDone());
        redis.resume();
        assertThat(put).succeedsWithin(Duration.ofSeconds(10));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> RedisRemote.builder(redis.uri()).timeLimit(Duration.ZERO))
                .withMessageContaining("10 ms");
    }

    @Test
    void getAll_thousandsOfMissingKeys_areAllStored() {
        // That they are stored, not how fast a busy machine stores them.
        RedisRemote patient = RedisRemote.builder(redis.uri())
                .timeLimit(Duration.ofSeconds(10))
                .build();
        TieredCache<Long, String> cache = opened(Crema.builder().remote(patient).build())
                .<Long, String>cache("bulk")
                .codec(PlainCodec.strings())
                .near(Near.none())
                .build();
        List<Long> ids = IntStream.range(0, 12_000).mapToObj(Long::valueOf).toList();
        Map<Long, String> loaded = cache.getAll(
                ids, keys -> keys.stream().collect(Collectors.toMap(Function.identity(), key -> "v" + key)));
        assertThat(loaded).hasSize(12_000);
        assertThat(cache.getAllPresent(ids)).isEqualTo(loaded);
        assertThat(cache.stats().loads()).isEqualTo(1);
    }

    @Test
    void undecodableRecord_isAMissAndReplaced() {
        cacheOf(PlainCodec.longs()).put("k", 1L);
        TieredCache<String, String> texts = cacheOf(PlainCodec.strings());
        assertThat(texts.getIfPresent("k")).isNull();
        assertThat(texts.get("k", key -> "text")).isEqualTo("text");
        assertThat(texts.stats().undecodable()).isEqualTo(2);
        assertThat(texts.getIfPresent("k")).isEqualTo("text");
    }

    private <V> TieredCache<String, V> cacheOf(Codec<V> codec) {
        return crema(redis.uri()).<String, V>cache("mixed").codec(codec).build();
    }

    /** Channels are of the whole server. */
    @Test
    void twoDatabasesOfAServer_doNotHearEachOther() {
        table.put(1L, "one");
        LoadingTieredCache<Long, String> a = instance();
        LoadingTieredCache<Long, String> b = instance(redis.uri() + "/1");
        a.get(1L);
        b.get(1L);
        long gaps = a.stats().gaps();
        b.clear();
        a.invalidate(2L);
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(a.stats().invalidationsReceived()).isEqualTo(1));
        assertThat(a.stats().gaps()).isEqualTo(gaps);
        assertThat(a.get(1L)).isEqualTo("one");
        assertThat(loads).hasValue(2);
    }

    @Test
    void invalidateAll_manyKeys_reachesOtherInstances() {
        // That all of them arrive, not how fast a busy machine sends them.
        RedisRemote patient = RedisRemote.builder(redis.uri())
                .timeLimit(Duration.ofSeconds(10))
                .build();
        LoadingTieredCache<Long, String> a = opened(
                        Crema.builder().remote(patient).build())
                .<Long, String>cache("texts")
                .codec(PlainCodec.strings())
                .build(table::get);
        LoadingTieredCache<Long, String> b = instance();
        List<Long> ids = IntStream.range(0, 40_000).mapToObj(Long::valueOf).toList();
        b.get(5L, id -> "old");
        a.invalidateAll(ids);
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(b.stats().invalidationsReceived()).isEqualTo(40_000));
        assertThat(b.getIfPresent(5L)).isNull();
    }

    @Test
    void close_everything_leavesNoThread() {
        Crema crema = Crema.builder()
                .remote(RedisRemote.connect(redis.uri()))
                .nodeName("to-be-closed")
                .build();
        crema.<String, String>cache("c")
                .codec(PlainCodec.strings())
                .build()
                .async()
                .get("k", key -> "v")
                .join();
        crema.close();
        crema.close();
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.contains("to-be-closed")));
    }
}
