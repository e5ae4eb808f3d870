package io.crema.redis.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.redis.ServerTest;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.TagVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisCacheTest extends ServerTest {

    private RedisCache cache;

    @BeforeEach
    void openCache() {
        cache = (RedisCache) open(remote());
    }

    @Test
    void read_absentKey_isAbsent() {
        RemoteKey key = key(cache, "sA");
        assertThat(get(cache.read(key, ReadMode.VALUE))).isEqualTo(RemoteRecord.absent(RemoteRecord.NO_FLOOR));
        assertThat(get(cache.read(key, ReadMode.VALUE_AND_FLOOR))).isEqualTo(RemoteRecord.absent(0));
        assertThat(get(cache.read(key, ReadMode.HEADER))).isEqualTo(RemoteRecord.absent(0));
    }

    @Test
    void read_value_agesAndFreshnessAreOnTheSafeSide() {
        RemoteKey key = key(cache, "sA");
        long before = System.nanoTime();
        stored(cache.put(key, value("x", 30_000), 0, 0));

        RemoteRecord record = get(cache.read(key, ReadMode.VALUE));

        long most = (System.nanoTime() - before) / 1_000_000 + 3;
        assertThat(record.ageMillis()).isBetween(0L, most);
        assertThat(record.freshMillis()).isBetween(30_000 - most, 30_000L);
        assertThat(record.ageMillis() + record.freshMillis()).isEqualTo(30_000);
    }

    @Test
    void read_modes_giveFloorAndPayloadAsAsked() {
        RemoteKey key = key(cache, "sA");
        long floor = get(cache.clear(key.partition(), 0));
        long stamp = stored(cache.put(key, value("hello"), 0, 0)).stamp();

        RemoteRecord value = get(cache.read(key, ReadMode.VALUE));
        RemoteRecord both = get(cache.read(key, ReadMode.VALUE_AND_FLOOR));
        RemoteRecord header = get(cache.read(key, ReadMode.HEADER));

        assertThat(List.of(value.stamp(), both.stamp(), header.stamp())).containsOnly(stamp);
        assertThat(List.of(value.token(), both.token(), header.token())).containsOnly((long) "hello".hashCode());
        assertThat(List.of(value.floor(), both.floor(), header.floor())).containsExactly(-1L, floor, floor);
        assertThat(text(value.payload())).isEqualTo("hello");
        assertThat(text(both.payload())).isEqualTo("hello");
        assertThat(header.payload().hasRemaining()).isFalse();
        assertThat(List.of(value.codec(), both.codec(), header.codec())).containsOnly((byte) 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 30, 64})
    void read_header_hasAllTagsOfAnyLength(int count) {
        List<TagVersion> tags = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tags.add(new TagVersion(i + "x".repeat(count == 1 ? 1 : 250), i, -i));
        }
        RemoteKey tagged = key(cache, "sA");
        RemoteKey other = key(cache, "sB");
        get(cache.put(tagged, value("y".repeat(5_000)).withTags(tags).withOriginVersion(-2), 0, 0));
        get(cache.put(other, value("plain"), 0, 0));

        List<RemoteRecord> found = get(cache.readAll(List.of(tagged, other), ReadMode.HEADER));

        assertThat(found.get(0).tags()).isEqualTo(tags);
        assertThat(found.get(0).originVersion()).isEqualTo(-2);
        assertThat(found.get(0).payload().hasRemaining()).isFalse();
        assertThat(found.get(1).tags()).isEmpty();
        assertThat(found.get(1).kind()).isEqualTo(Kind.VALUE);
        assertThat(get(cache.read(tagged, ReadMode.VALUE)).tags()).isEqualTo(tags);
    }

    @Test
    void readAll_keysOfManyPartitions_comeInTheirOrder() {
        List<RemoteKey> keys = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            RemoteKey key = key(cache, "s" + i);
            keys.add(key);
            if (i % 3 != 0) {
                stored(cache.put(key, value("v" + i), 0, 0));
            }
        }
        long floor = get(cache.clear(2, 0));
        for (ReadMode mode : ReadMode.values()) {
            List<RemoteRecord> records = get(cache.readAll(keys, mode));
            assertThat(records).hasSize(500);
            for (int i = 0; i < 500; i++) {
                RemoteRecord record = records.get(i);
                assertThat(record.kind()).isEqualTo(i % 3 == 0 ? Kind.ABSENT : Kind.VALUE);
                if (i % 3 != 0 && mode != ReadMode.HEADER) {
                    assertThat(text(record.payload())).isEqualTo("v" + i);
                }
                long expected = keys.get(i).partition() == 2 ? floor : 0;
                assertThat(record.floor()).isEqualTo(mode == ReadMode.VALUE ? RemoteRecord.NO_FLOOR : expected);
            }
        }
        assertThat(get(cache.readAll(List.of(), ReadMode.VALUE))).isEmpty();
    }

    @Test
    void read_manyThreadsAtOnce_eachGetsItsOwn() throws Exception {
        int threads = 8;
        int each = 3_000;
        for (int i = 0; i < 64; i++) {
            stored(cache.put(key(cache, "s" + i), value("v" + i), 0, 0));
        }
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Integer>> wrong = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int seed = t;
                wrong.add(pool.submit(() -> {
                    go.await();
                    return wrongReads(seed, each);
                }));
            }
            go.countDown();
            for (Future<Integer> count : wrong) {
                assertThat(count.get()).isZero();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void read_moreThanABatchAtOnce_allAreAnsweredInFewCommands() {
        stored(cache.put(key(cache, "sA"), value("x"), 0, 0));
        long before = commandsProcessed();
        redis.pause();
        List<CompletableFuture<RemoteRecord>> reads = new ArrayList<>();
        for (int i = 0; i < 10 * BatchReader.MOST + 7; i++) {
            reads.add(cache.read(key(cache, "sA"), ReadMode.VALUE));
        }
        redis.resume();
        for (CompletableFuture<RemoteRecord> read : reads) {
            assertThat(text(get(read).payload())).isEqualTo("x");
        }
        assertThat(commandsProcessed() - before).isLessThan(reads.size());
    }

    private int wrongReads(int seed, int count) {
        int wrong = 0;
        List<CompletableFuture<RemoteRecord>> window = new ArrayList<>();
        List<Integer> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int k = (seed * 31 + i * 7) % 80;
            asked.add(k);
            window.add(cache.read(key(cache, "s" + k), ReadMode.VALUE));
            if (window.size() == 1 + i % 40) {
                for (int w = 0; w < window.size(); w++) {
                    RemoteRecord record = get(window.get(w));
                    boolean right = asked.get(w) >= 64
                            ? record.kind() == Kind.ABSENT
                            : text(record.payload()).equals("v" + asked.get(w));
                    wrong += right ? 0 : 1;
                }
                window.clear();
                asked.clear();
            }
        }
        return wrong;
    }

    private long commandsProcessed() {
        String stats = plain().info("stats");
        int at = stats.indexOf("total_commands_processed:") + "total_commands_processed:".length();
        return Long.parseLong(stats.substring(at, stats.indexOf('\r', at)));
    }
}
