package io.crema.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.CacheException;
import io.crema.CacheWriter;
import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.TieredCache;
import io.crema.WriteContext;
import io.crema.policy.Backoff;
import io.crema.policy.WritePolicy;
import io.crema.redis.codec.PlainCodec;
import io.crema.testkit.EmbeddedRedis;
import io.crema.testkit.EmbeddedSentinel;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/operations.md says of writes that the origin does not have yet when Redis is restarted, full, or replaced. */
@Tag("end-to-end")
@Timeout(120)
class WriteBehindDurabilityTest {

    private static final int KEYS = 50;

    /** A busy machine may take its time; each put is to be made once. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Fails for as long as the origin is down; the drain is short, so that a closed instance leaves its journal. */
    private static final WritePolicy.Behind POLICY = WritePolicy.behind()
            .delay(Duration.ofMillis(50))
            .lease(Duration.ofSeconds(1))
            .retry(Backoff.every(Duration.ofMillis(50)), 1_000_000)
            .drain(Duration.ofMillis(50));

    private final Rows rows = new Rows();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <T extends AutoCloseable> T closed(T resource) {
        opened.push(resource);
        return resource;
    }

    private EmbeddedRedis redis(String... settings) {
        return closed(EmbeddedRedis.start(settings));
    }

    /** An origin that keeps the write with the highest id of each key. */
    private static final class Rows implements CacheWriter<String, String> {

        private record Row(String value, long writeId) {}

        private final Map<String, Row> all = new ConcurrentHashMap<>();
        private volatile boolean down;

        @Override
        public void write(String key, String value, WriteContext context) {
            if (down) {
                throw new IllegalStateException("down");
            }
            all.merge(
                    key,
                    new Row(value, context.writeId()),
                    (before, row) -> before.writeId < row.writeId ? row : before);
        }

        @Override
        public void delete(String key, WriteContext context) {
            throw new UnsupportedOperationException("Nothing is deleted here");
        }

        String value(String key) {
            return Optional.ofNullable(all.get(key)).map(Row::value).orElse("none");
        }

        long id(String key) {
            return Optional.ofNullable(all.get(key)).map(Row::writeId).orElse(0L);
        }
    }

    private LoadingTieredCache<String, String> instance(String uri, WritePolicy policy) {
        Crema crema = closed(Crema.builder()
                .remote(RedisRemote.builder(uri).timeLimit(PATIENCE).build())
                .build());
        return crema.<String, String>cache("texts")
                .codec(PlainCodec.strings())
                .writer(rows)
                .writePolicy(policy)
                .build(rows::value);
    }

    private LoadingTieredCache<String, String> instance(EmbeddedRedis redis) {
        return instance(redis.uri(), POLICY);
    }

    /** The last instance that was opened ends with what it has not written. */
    private void closeInstance() throws Exception {
        opened.pop().close();
    }

    private static <T> T ask(EmbeddedRedis redis, Function<RedisCommands<String, String>, T> question) {
        RedisClient client = RedisClient.create(redis.uri());
        try {
            return question.apply(client.connect().sync());
        } finally {
            client.shutdown();
        }
    }

    private static long inJournals(EmbeddedRedis redis) {
        return ask(
                redis,
                commands -> commands.keys("{crema:texts:*}wb").stream()
                        .mapToLong(commands::xlen)
                        .sum());
    }

    private static boolean isPut(TieredCache<String, String> cache, String key, String value) {
        try {
            cache.put(key, value);
            return true;
        } catch (CacheException e) {
            return false;
        }
    }

    @Test
    void serverKilled_appendfsyncAlways_valuesAndJournalAreThereAgain() throws Exception {
        EmbeddedRedis redis = redis("--appendonly", "yes", "--appendfsync", "always");
        rows.down = true;
        LoadingTieredCache<String, String> first = instance(redis);
        for (int i = 0; i < KEYS; i++) {
            first.put("k" + i, "v");
        }
        closeInstance();

        redis.restart();

        assertThat(inJournals(redis)).isEqualTo(KEYS);
        LoadingTieredCache<String, String> second = instance(redis);
        await().untilAsserted(() -> assertThat(second.get("k7")).as("dirty").isEqualTo("v"));
        rows.down = false;
        await().until(() -> rows.all.size() == KEYS);
        await().until(() -> inJournals(redis) == 0);
    }

    @Test
    void serverKilled_appendfsyncAlwaysAndTheOwnerLives_itGoesOn() {
        EmbeddedRedis redis = redis("--appendonly", "yes", "--appendfsync", "always");
        rows.down = true;
        LoadingTieredCache<String, String> cache = instance(redis);
        for (int i = 0; i < KEYS; i++) {
            cache.put("k" + i, "v1");
        }

        redis.restart();
        await().until(() -> isPut(cache, "k7", "v2"));
        rows.down = false;

        await().until(() -> rows.all.size() == KEYS && rows.value("k7").equals("v2"));
        await().until(() -> inJournals(redis) == 0);
        assertThat(cache.get("k7")).isEqualTo("v2");
    }

    @Test
    void serverKilled_withoutPersistence_whatTheOriginDoesNotHaveIsGone() throws Exception {
        EmbeddedRedis redis = redis();
        rows.down = true;
        instance(redis).put("k", "v");
        closeInstance();

        redis.restart();
        rows.down = false;

        LoadingTieredCache<String, String> cache = instance(redis);
        cache.put("other", "v");
        await().until(() -> rows.value("other").equals("v"));
        assertThat(cache.get("k")).isEqualTo("none");
        assertThat(rows.all).doesNotContainKey("k");
    }

    @Test
    void memoryFull_volatilePolicy_evictsWhatIsCleanAndNothingThatIsNotWritten() throws Exception {
        EmbeddedRedis redis = redis("--maxmemory", "6mb", "--maxmemory-policy", "volatile-lru");
        rows.down = true;
        LoadingTieredCache<String, String> cache = instance(redis);
        for (int i = 0; i < KEYS; i++) {
            cache.put("k" + i, "v");
        }

        String large = "x".repeat(1_000);
        ask(redis, commands -> {
            for (int i = 0; i < 20_000; i++) {
                commands.psetex("clean-" + i, 600_000, large);
            }
            return commands.dbsize();
        });

        String stats = ask(redis, commands -> commands.info("stats"));
        assertThat(stats).contains("evicted_keys:").doesNotContain("evicted_keys:0\r\n");
        assertThat(inJournals(redis)).isEqualTo(KEYS);
        rows.down = false;
        await().until(() -> rows.all.size() == KEYS);
    }

    @Test
    void memoryFull_nothingToEvict_putsFailAndTheJournalIsWritten() throws Exception {
        EmbeddedRedis redis = redis("--maxmemory-policy", "noeviction");
        rows.down = true;
        LoadingTieredCache<String, String> cache = instance(redis);
        cache.put("k", "v1");
        ask(redis, commands -> commands.configSet("maxmemory", "1mb"));

        assertThatThrownBy(() -> cache.put("k", "v2"))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("OOM");
        assertThat(cache.get("k")).isEqualTo("v1");
        rows.down = false;

        await().until(() -> rows.value("k").equals("v1"));
        await().until(() -> inJournals(redis) == 0);
    }

    @Test
    void failover_replicasHaveEverything_nothingIsLost() {
        EmbeddedSentinel sentinel = closed(EmbeddedSentinel.start());
        rows.down = true;
        LoadingTieredCache<String, String> cache = instance(sentinel.uri(), POLICY);
        for (int i = 0; i < KEYS; i++) {
            cache.put("k" + i, "v");
        }
        ask(sentinel.primary(), commands -> commands.waitForReplication(1, 5_000));

        sentinel.failover();
        rows.down = false;

        await().atMost(Duration.ofSeconds(60)).until(() -> rows.all.size() == KEYS);
    }

    @Test
    void failover_thatLosesAcknowledgedWrites_laterOnesHaveHigherIds() {
        EmbeddedSentinel sentinel = closed(EmbeddedSentinel.start());
        LoadingTieredCache<String, String> cache = instance(sentinel.uri(), POLICY);
        cache.put("k", "before");

        sentinel.failoverLosingWrites(() -> {
            for (int i = 0; i < KEYS; i++) {
                cache.put("k", "lost " + i);
            }
            // The origin may have some that Redis will know nothing of.
            await().until(() -> rows.value("k").startsWith("lost"));
        });
        long id = rows.id("k");
        await().atMost(Duration.ofSeconds(60)).until(() -> isPut(cache, "k", "after"));

        await().until(() -> rows.value("k").equals("after"));
        assertThat(rows.id("k")).isGreaterThan(id);
    }
}
