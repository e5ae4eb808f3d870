package io.crema.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.CacheConfigException;
import io.crema.CacheException;
import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.ReadConsistency;
import io.crema.policy.Near;
import io.crema.spi.CacheTerms;
import io.crema.spi.KeyCodec;
import io.crema.spi.Opening;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.TagReply;
import io.crema.testkit.HistoryWriter;
import io.crema.testkit.ReadTier;
import io.crema.testkit.StalenessChecker;
import io.crema.testkit.StalenessReport;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Instances with near tiers alone, kept coherent over a real PostgreSQL, by roles without any privilege of a superuser. */
@Tag("end-to-end")
class PostgresInvalidationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration BOUND = Duration.ofSeconds(2);

    private static TestDatabase database;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<String, Long> origin = new ConcurrentHashMap<>();
    private final String name = "cache-" + UUID.randomUUID();

    @BeforeAll
    static void startServer() throws SQLException {
        database = TestDatabase.start();
        database.execute(PostgresInvalidation.schemaSql());
        for (String role : List.of("a", "b", "c")) {
            database.execute("CREATE ROLE " + role + " LOGIN", "GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role);
        }
    }

    @AfterAll
    static void stopServer() {
        database.close();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void invalidate_inOneInstance_isSeenByTheOther_andWhatIsCachedIsServedFromMemory() {
        origin.put("k", 1L);
        Instance a = new Instance("a");
        Instance b = new Instance("b");
        assertThat(b.cache.get("k")).isEqualTo(1);
        b.awaitServedBeyondTheBound("k");

        origin.put("k", 2L);
        a.cache.invalidate("k");

        b.awaitValue("k", 2);
        b.awaitServedBeyondTheBound("k");
    }

    @Test
    void put_inOneInstance_isKeptThereAndInvalidatesTheOther() {
        origin.put("k", 1L);
        Instance a = new Instance("a");
        Instance b = new Instance("b");
        assertThat(a.cache.get("k")).isEqualTo(1);
        assertThat(b.cache.get("k")).isEqualTo(1);
        int loads = a.loads.get();

        origin.put("k", 2L);
        a.cache.put("k", 2L);

        assertThat(a.cache.get("k")).isEqualTo(2);
        b.awaitValue("k", 2);
        assertThat(a.loads).hasValue(loads);
    }

    @Test
    void refresh_afterAPut_replacesIt() {
        Instance a = new Instance("a");
        a.cache.put("k", 1L);
        await().atMost(PATIENCE).until(() -> a.cache.stats().invalidationsReceived() == 1);
        origin.put("k", 2L);

        assertThat(a.cache.refresh("k").join()).isEqualTo(2);

        a.awaitValue("k", 2);
    }

    @Test
    void clear_inOneInstance_emptiesTheOther() {
        Instance a = new Instance("a");
        Instance b = new Instance("b");
        List<String> keys = IntStream.range(0, 100).mapToObj(i -> "k" + i).toList();
        keys.forEach(key -> {
            origin.put(key, 1L);
            assertThat(b.cache.get(key)).isEqualTo(1);
            origin.put(key, 2L);
        });

        a.cache.clear();

        b.awaitValues(keys, 2);
    }

    @Test
    void invalidateAll_ofMoreThanANotificationHolds_isSplitWithoutAGap() {
        Instance a = new Instance("a");
        Instance b = new Instance("b");
        List<String> keys =
                IntStream.range(0, 500).mapToObj(i -> "k".repeat(900) + i).toList();
        keys.forEach(key -> {
            origin.put(key, 1L);
            assertThat(b.cache.get(key)).isEqualTo(1);
            origin.put(key, 2L);
        });
        long gaps = b.cache.stats().gaps();

        a.cache.invalidateAll(keys);

        b.awaitValues(keys, 2);
        assertThat(b.cache.stats().gaps()).isEqualTo(gaps);
        assertThat(b.cache.stats().invalidationsReceived()).isEqualTo(500);
    }

    @Test
    void latest_asksTheOrigin() {
        origin.put("k", 1L);
        Instance a = new Instance("a");
        assertThat(a.cache.get("k")).isEqualTo(1);
        origin.put("k", 2L);

        assertThat(a.cache.get("k")).isEqualTo(1);
        assertThat(a.cache.reading(ReadConsistency.LATEST).get("k")).isEqualTo(2);
    }

    @Test
    void reads_ofAnInstanceThatIsCutOff_keepTheBoundAndCalmDownAfterwards() throws SQLException {
        origin.put("k", 1L);
        Instance a = new Instance("a");
        Instance b = new Instance("b");
        assertThat(b.cache.get("k")).isEqualTo(1);
        try {
            database.execute("ALTER ROLE b NOLOGIN");
            database.killSessions("usename = 'b'");

            for (long version = 2; version <= 4; version++) {
                origin.put("k", version);
                a.cache.invalidate("k");
                b.awaitValue("k", version);
            }
        } finally {
            database.execute("ALTER ROLE b LOGIN");
        }

        // With the lease back, values last longer than the bound again.
        await().atMost(PATIENCE).until(() -> {
            b.cache.get("k");
            return b.cache.stats().gaps() > 0;
        });
        origin.put("k", 5L);
        a.cache.invalidate("k");
        b.awaitValue("k", 5);
        b.awaitServedBeyondTheBound("k");
    }

    @Test
    void connection_lostWithoutAWriteMeanwhile_keepsTheNearTier() throws SQLException {
        origin.put("k", 1L);
        Instance b = new Instance("b");
        assertThat(b.cache.get("k")).isEqualTo(1);
        long kept = b.cache.stats().resyncsKept();
        origin.put("k", 2L);

        assertThat(database.killSessions("usename = 'b'")).isPositive();
        await().atMost(PATIENCE).until(() -> b.cache.stats().resyncsKept() > kept);

        // Nobody was told of the second value, and nothing was missed.
        await().atMost(PATIENCE).until(() -> b.cache.stats().gaps() == 0);
        assertThat(b.cache.getIfPresent("k")).isIn(1L, null);
    }

    @Test
    void history_ofTheServerThatChanged_makesCopiesSuspectAndWorksOn() throws SQLException {
        origin.put("k", 1L);
        Instance a = new Instance("a");
        Instance b = new Instance("b");
        assertThat(b.cache.get("k")).isEqualTo(1);
        origin.put("k", 2L);

        database.execute("UPDATE crema_history SET id = 'another'");

        b.awaitValue("k", 2);
        b.awaitServedBeyondTheBound("k");
        origin.put("k", 3L);
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(CacheException.class)
                .until(() -> {
                    a.cache.invalidate("k");
                    return true;
                });
        b.awaitValue("k", 3);
    }

    @Test
    void restartOfTheServer_isSurvivedWithTheSameHistory() throws Exception {
        origin.put("k", 1L);
        Instance a = new Instance("a");
        Instance b = new Instance("b");
        assertThat(b.cache.get("k")).isEqualTo(1);

        database.restart(() -> {
            origin.put("k", 2L);
            // Not confirmed, and kept or told; the read after the bound must not depend on it.
            assertThatThrownBy(() -> a.cache.invalidate("k")).isInstanceOf(CacheException.class);
            b.awaitValue("k", 2);
        });

        origin.put("k", 3L);
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(CacheException.class)
                .until(() -> {
                    a.cache.invalidate("k");
                    return true;
                });
        b.awaitValue("k", 3);
        b.awaitServedBeyondTheBound("k");
    }

    @Test
    void putIfAbsent_isRefusedWithWhatToDo() {
        Instance a = new Instance("a");

        assertThatThrownBy(() -> a.cache.putIfAbsent("k", 1L))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("stores values");
    }

    @Test
    void quarantine_isRefusedWithWhatToDo() {
        Instance a = new Instance("a");

        assertThatThrownBy(() -> a.cache.quarantine("k", Duration.ofSeconds(1)))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("stores values")
                .hasMessageContaining("invalidate the key afterwards");
    }

    @Test
    void build_withoutNearTier_isRefused() {
        Crema crema = keep(Crema.builder().remote(tier("a")).build());

        assertThatThrownBy(
                        () -> crema.<String, Long>cache(name).near(Near.none()).build())
                .isInstanceOf(CacheConfigException.class)
                .hasMessageContaining("Near.none()");
    }

    @Test
    void open_withAnotherKeyFormat_isRefused() {
        PostgresInvalidation a = keep(tier("a"));
        PostgresInvalidation b = keep(tier("b"));

        assertThat(join(a.open(new CacheTerms(name, "one")))).isInstanceOf(Opening.Agreed.class);
        Opening refused = join(b.open(new CacheTerms(name, "two")));

        assertThat(((Opening.Refused) refused).reason()).contains("'one'").contains("'two'");
    }

    @Test
    void open_withAnotherNumberOfPartitions_adoptsTheFirst() {
        PostgresInvalidation a = keep(tier("a"));
        PostgresInvalidation b = keep(PostgresInvalidation.builder(database.url(), "b", null)
                .partitions(5)
                .build());

        assertThat(cache(a).partitions()).isEqualTo(16);
        assertThat(cache(b).partitions()).isEqualTo(16);
    }

    @Test
    void tagVersions_stayUntilTheTagIsInvalidated() {
        RemoteCache cache = cache(keep(tier("a")));

        TagReply first = join(cache.tagVersions(List.of("red", "blue"), 1_000, 0));
        TagReply same = join(cache.tagVersions(List.of("blue", "red"), 1_000, 0));
        long stamp = join(cache.invalidateTag("red", 42, 0));
        TagReply after = join(cache.tagVersions(List.of("red", "blue"), 1_000, 0));

        assertThat(same.versions())
                .containsExactly(first.versions().get(1), first.versions().get(0));
        assertThat(after.versions().get(0).stamp()).isEqualTo(stamp).isEqualTo(after.clock());
        assertThat(after.versions().get(0).token()).isEqualTo(42);
        assertThat(after.versions().get(1)).isEqualTo(first.versions().get(1));
        assertThat(first.clock()).isGreaterThanOrEqualTo(first.versions().get(0).stamp());
    }

    @Test
    void clock_thatWasLost_startsAboveWhatWasSeen() throws SQLException {
        RemoteCache cache = cache(keep(tier("a")));
        byte[] bytes = KeyCodec.<String>standard().encode("k");
        RemoteKey key = new RemoteKey(cache.partitionOf(bytes), bytes);
        long seen = Long.MAX_VALUE / 2;
        database.execute("DELETE FROM crema_partition WHERE cache = '" + name + "'");

        long stamp =
                join(cache.invalidate(key.partition(), List.of(key), 0, seen)).stamp();

        assertThat(stamp).isEqualTo(seen + 1);
    }

    @Test
    void guarantee_namesTransportAndWarnings() {
        assertThat(join(keep(tier("a")).guarantee())).satisfies(guarantee -> {
            assertThat(guarantee.bounded()).isTrue();
            assertThat(guarantee.transport()).contains("LISTEN/NOTIFY");
            assertThat(guarantee.warnings()).singleElement().asString().contains("fsync");
        });
    }

    @Test
    void open_withoutAServer_fails() {
        PostgresInvalidation nowhere =
                keep(PostgresInvalidation.connect("jdbc:postgresql://localhost:1/none", "nobody", "secret"));

        assertThatThrownBy(() -> join(nowhere.open(new CacheTerms(name, "one"))))
                .hasMessageContaining("localhost:1/none")
                .hasMessageNotContaining("secret");
    }

    @Test
    @Timeout(90)
    void reads_whileConnectionsAreKilled_areNeverStalerThanTheBound(@TempDir Path directory) throws Exception {
        readWhileConnectionsAreKilled(Duration.ofSeconds(6), directory);
    }

    @Test
    @Tag("long")
    @Timeout(180)
    void reads_whileConnectionsAreKilledForLong_areNeverStalerThanTheBound(@TempDir Path directory) throws Exception {
        readWhileConnectionsAreKilled(Duration.ofSeconds(60), directory);
    }

    private void readWhileConnectionsAreKilled(Duration least, Path directory) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Instance> instances = List.of(new Instance("a"), new Instance("b"), new Instance("c"));
        List<HistoryWriter> histories = new ArrayList<>();
        for (int i = 0; i < instances.size(); i++) {
            histories.add(HistoryWriter.create(directory.resolve("h" + i), "instance " + i));
        }
        StalenessChecker checker = StalenessChecker.withBound(BOUND).initialVersion(0);
        long end = System.nanoTime() + least.toNanos();
        long nextKill = System.nanoTime();
        int kills = 0;
        while (System.nanoTime() - end < 0 || kills < 3) {
            long key = random.nextInt(20);
            int at = random.nextInt(instances.size());
            if (random.nextInt(200) == 0) {
                write(instances.get(at), histories.get(at), key);
            } else {
                read(instances.get(at), histories.get(at), key);
            }
            if (System.nanoTime() - nextKill >= 0) {
                kills += (int) database.killSessions("usename = '" + "abc".charAt(random.nextInt(3)) + "'");
                nextKill = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300 + random.nextInt(2_500));
            }
        }
        for (int i = 0; i < histories.size(); i++) {
            histories.get(i).close();
            checker.history(directory.resolve("h" + i));
        }

        StalenessReport report = checker.check();

        assertThat(report.passed())
                .as("seed " + seed + "\n" + report.describe())
                .isTrue();
        assertThat(instances).allMatch(instance -> instance.cache.stats().nearHits() > 100);
        assertThat(instances).anyMatch(instance -> instance.cache.stats().gaps() > 0);
    }

    private void write(Instance instance, HistoryWriter history, long key) {
        long begun = System.nanoTime();
        long version = origin.merge(Long.toString(key), 1L, Long::sum);
        long committed = System.nanoTime();
        history.written(key, version, begun, committed);
        try {
            instance.cache.invalidate(Long.toString(key));
            history.invalidated(key, version, committed, System.nanoTime());
        } catch (CacheException e) {
            // Not acknowledged, so nothing was promised.
            assertThat(e).isNotNull();
        }
    }

    private static void read(Instance instance, HistoryWriter history, long key) {
        int loads = instance.loads.get();
        long begun = System.nanoTime();
        Long version = instance.cache.get(Long.toString(key));
        long ended = System.nanoTime();
        ReadTier tier = instance.loads.get() == loads ? ReadTier.L1 : ReadTier.ORIGIN;
        history.read(key, version == null ? 0 : version, begun, ended, tier);
    }

    private RemoteCache cache(PostgresInvalidation tier) {
        return ((Opening.Agreed) join(tier.open(new CacheTerms(name, "one")))).cache();
    }

    private static <T> T join(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static PostgresInvalidation tier(String role) {
        return PostgresInvalidation.connect(database.url(), role, null);
    }

    private <C extends AutoCloseable> C keep(C closeable) {
        open.add(closeable);
        return closeable;
    }

    private final class Instance {

        final AtomicInteger loads = new AtomicInteger();
        final LoadingTieredCache<String, Long> cache;

        Instance(String role) {
            Crema crema = keep(Crema.builder().remote(tier(role)).build());
            cache = crema.<String, Long>cache(name).staleness(BOUND).build(key -> {
                loads.incrementAndGet();
                return origin.getOrDefault(key, 0L);
            });
        }

        void awaitValue(String key, long value) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cache.get(key)).isEqualTo(value));
        }

        void awaitValues(List<String> keys, long value) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cache.getAll(keys).values()).containsOnly(value));
        }

        /** Only a lease that is renewed makes an entry last for longer than the bound. */
        void awaitServedBeyondTheBound(String key) {
            await().during(BOUND.plusSeconds(1)).atMost(PATIENCE).until(() -> {
                int before = loads.get();
                assertThat(cache.get(key)).isNotNull();
                return loads.get() == before;
            });
        }
    }
}
