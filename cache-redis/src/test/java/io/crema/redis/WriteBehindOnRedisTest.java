package io.crema.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.CacheConfigException;
import io.crema.CacheException;
import io.crema.CacheWriter;
import io.crema.Crema;
import io.crema.DeadLetter;
import io.crema.LoadingTieredCache;
import io.crema.WriteContext;
import io.crema.policy.Backoff;
import io.crema.policy.WritePolicy;
import io.crema.redis.codec.PlainCodec;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.FaultProxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two instances that write behind, over a real server. */
@Timeout(120)
class WriteBehindOnRedisTest {

    private static final WritePolicy.Behind POLICY = WritePolicy.behind()
            .delay(Duration.ofMillis(50))
            .lease(Duration.ofSeconds(1))
            .retry(Backoff.every(Duration.ofMillis(50)), 2)
            .drain(Duration.ofSeconds(2));

    private final Rows rows = new Rows();
    private final List<Crema> cremas = new ArrayList<>();
    private EmbeddedRedis redis;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start();
    }

    @AfterEach
    void stop() {
        cremas.forEach(Crema::close);
        redis.close();
    }

    /** An origin that keeps the write with the highest id of each key, and counts its calls. */
    private static final class Rows implements CacheWriter<String, String> {

        private final Map<String, String> values = new ConcurrentHashMap<>();
        private final Map<String, Long> ids = new ConcurrentHashMap<>();
        private final AtomicInteger batches = new AtomicInteger();
        private final AtomicInteger inversions = new AtomicInteger();
        private volatile boolean down;

        @Override
        public void write(String key, String value, WriteContext context) {
            if (down || key.startsWith("poison")) {
                throw new IllegalStateException("down");
            }
            if (ids.merge(key, context.writeId(), Math::max) != context.writeId()) {
                inversions.incrementAndGet();
            } else {
                values.put(key, value);
            }
        }

        @Override
        public void delete(String key, WriteContext context) {
            values.remove(key);
        }

        @Override
        public void writeAll(Map<String, String> all, WriteContext context) {
            batches.incrementAndGet();
            all.forEach((key, value) -> write(key, value, context.of(key)));
        }

        @Override
        public void deleteAll(Set<String> keys, WriteContext context) {
            values.keySet().removeAll(keys);
        }
    }

    private LoadingTieredCache<String, String> instance() {
        return instance(POLICY);
    }

    private LoadingTieredCache<String, String> instance(WritePolicy policy) {
        return instance(redis.uri(), policy);
    }

    private LoadingTieredCache<String, String> instance(String uri, WritePolicy policy) {
        Crema crema = Crema.builder().remote(RedisRemote.connect(uri)).build();
        cremas.add(crema);
        return crema.<String, String>cache("texts")
                .codec(PlainCodec.strings())
                .writer(rows)
                .writePolicy(policy)
                .build(rows.values::get);
    }

    @Test
    void manyKeys_oftenWrittenByBoth_theOriginEndsWithTheLastOfEach() {
        LoadingTieredCache<String, String> a = instance();
        LoadingTieredCache<String, String> b = instance();
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 100; i++) {
                (i % 2 == round % 2 ? a : b).put("k" + i, "v" + round);
            }
        }

        await().atMost(Duration.ofSeconds(30))
                .until(() -> rows.values.size() == 100
                        && rows.values.values().stream().allMatch("v9"::equals));

        assertThat(rows.inversions).hasValue(0);
        assertThat(a.get("k1")).isEqualTo("v9");
        a.deleteAll(List.of("k1", "k2"));
        await().until(() -> !rows.values.containsKey("k1") && !rows.values.containsKey("k2"));
        assertThat(b.get("k1")).isNull();
    }

    @Test
    void ownerGone_theOtherOneWritesWhatItHadNot() {
        WritePolicy patient =
                POLICY.retry(Backoff.every(Duration.ofMillis(50)), 1_000_000).drain(Duration.ofMillis(100));
        rows.down = true;
        LoadingTieredCache<String, String> a = instance(patient);
        for (int i = 0; i < 50; i++) {
            a.put("k" + i, "v");
        }
        cremas.get(0).close();
        assertThat(rows.values).isEmpty();

        LoadingTieredCache<String, String> b = instance(patient);
        assertThat(b.get("k7")).as("dirty").isEqualTo("v");
        rows.down = false;

        await().atMost(Duration.ofSeconds(30)).until(() -> rows.values.size() == 50);
    }

    @Test
    void serverThatMayEvictAnyKey_isRefused() {
        redis.close();
        redis = EmbeddedRedis.start("--maxmemory-policy", "allkeys-lru");

        assertThatThrownBy(this::instance)
                .isInstanceOf(CacheConfigException.class)
                .hasMessageContaining("'texts'")
                .hasMessageContaining("allkeys-lru");
    }

    @Test
    void redisAwayWithDirtyEntries_putsFailAndWhatWasAcknowledgedIsWrittenOnceItIsBack() {
        rows.down = true;
        try (FaultProxy proxy = FaultProxy.to(URI.create(redis.uri()).getPort())) {
            LoadingTieredCache<String, String> a = instance(
                    "redis://127.0.0.1:" + proxy.port(), POLICY.retry(Backoff.every(Duration.ofMillis(50)), 1_000_000));
            for (int i = 0; i < 20; i++) {
                a.put("k" + i, "v" + i);
            }
            await().until(() -> a.stats().writeFailures() > 0);
            proxy.refuse();
            for (FaultProxy.Link link : List.of(FaultProxy.Link.COMMANDS, FaultProxy.Link.SUBSCRIPTIONS)) {
                proxy.reset(link);
            }

            assertThatThrownBy(() -> a.put("k0", "unconfirmed"))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("'texts'")
                    .hasMessageContaining("repeat the call");
            rows.down = false;
            proxy.heal();

            await().atMost(Duration.ofSeconds(30)).until(() -> rows.values.size() == 20);
            assertThat(rows.values)
                    .allSatisfy((key, value) -> assertThat(value).isIn("v" + key.substring(1), "unconfirmed"));
            await().atMost(Duration.ofSeconds(30)).until(() -> a.writeBehind().pending() == 0);
            assertThat(a.stats().writesGivenUp()).isZero();
            assertThat(rows.inversions).hasValue(0);
        }
    }

    private static List<DeadLetter<String, String>> deadLetters(LoadingTieredCache<String, String> cache) {
        return cache.writeBehind().deadLetters(100).join();
    }

    @Test
    void poisonKey_isADeadLetterAndCanBeDropped() {
        LoadingTieredCache<String, String> a = instance();
        a.put("poison", "v");

        // On a busy machine a call may find no answer in time; it is made again then, as by any user.
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(CompletionException.class)
                .until(() -> deadLetters(a).size() == 1);

        assertThat(a.getIfPresent("poison")).isNull();
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(CompletionException.class)
                .until(() -> {
                    deadLetters(a)
                            .forEach(letter -> a.writeBehind().drop(letter).join());
                    return deadLetters(a).isEmpty();
                });
    }
}
