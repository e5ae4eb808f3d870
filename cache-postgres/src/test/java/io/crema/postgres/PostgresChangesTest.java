package io.crema.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.redis.RedisRemote;
import io.crema.redis.codec.KryoCodec;
import io.crema.testkit.EmbeddedRedis;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Programs that know nothing of the caches write; instances with a near tier and a real Redis follow. */
@Tag("end-to-end")
class PostgresChangesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static TestDatabase database;
    private static EmbeddedRedis redis;

    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void startServers() throws SQLException {
        database = TestDatabase.start();
        redis = EmbeddedRedis.start();
        database.execute(PostgresChanges.triggerSql());
    }

    @AfterAll
    static void stopServers() {
        redis.close();
        database.close();
    }

    @BeforeEach
    void createTable() throws SQLException {
        database.execute(
                "DROP TABLE IF EXISTS product",
                "CREATE TABLE product (id text PRIMARY KEY, name text NOT NULL)",
                "CREATE TRIGGER product_changed AFTER INSERT OR UPDATE OR DELETE ON product"
                        + " FOR EACH ROW EXECUTE FUNCTION crema_changed('products', 'id')",
                "CREATE TRIGGER product_truncated AFTER TRUNCATE ON product"
                        + " FOR EACH STATEMENT EXECUTE FUNCTION crema_changed('products')",
                "INSERT INTO product VALUES ('1', 'cup'), ('2', 'pot')");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void update_byAnotherProgram_reachesBothTiersOfEveryInstance() throws SQLException {
        Instance a = new Instance("update");
        Instance b = new Instance("update");
        awaitForwarder(a, b);
        assertThat(a.products.get("1")).isEqualTo("cup");
        assertThat(b.products.get("1")).isEqualTo("cup");

        database.execute("UPDATE product SET name = 'mug' WHERE id = '1'");

        a.awaitValue("1", "mug");
        b.awaitValue("1", "mug");
    }

    @Test
    void keyChange_insertAndDelete_invalidateOldAndNewKey() throws SQLException {
        Instance a = new Instance("keys");
        awaitForwarder(a);
        assertThat(a.products.get("1")).isEqualTo("cup");
        assertThat(a.products.get("2")).isEqualTo("pot");

        database.execute("UPDATE product SET id = '10' WHERE id = '1'", "DELETE FROM product WHERE id = '2'");
        a.awaitValue("1", null);
        a.awaitValue("10", "cup");
        a.awaitValue("2", null);

        database.execute("INSERT INTO product VALUES ('2', 'jug')");
        a.awaitValue("2", "jug");
    }

    @Test
    void keys_ofUnusualText_arriveAsTheyAre() throws SQLException {
        Instance a = new Instance("unusual");
        awaitForwarder(a);
        String key = "x\n\\n'\"\u00e9\uD83D\uDE00";
        database.execute("INSERT INTO product VALUES (E'x\\n\\\\n''\"\u00e9\uD83D\uDE00', 'odd')");
        assertThat(a.products.get(key)).isEqualTo("odd");

        database.execute("UPDATE product SET name = 'even' WHERE name = 'odd'");

        a.awaitValue(key, "even");
    }

    @Test
    void truncate_and_aKeyTooLongForANotification_clearTheCache() throws SQLException {
        Instance a = new Instance("clear");
        awaitForwarder(a);
        assertThat(a.products.get("1")).isEqualTo("cup");
        database.execute("ALTER TABLE product DISABLE TRIGGER product_changed");
        database.execute("UPDATE product SET name = 'mug' WHERE id = '1'");
        database.execute("ALTER TABLE product ENABLE TRIGGER product_changed");

        database.execute("INSERT INTO product VALUES (repeat('x', 9000), 'long')");
        a.awaitValue("1", "mug");

        database.execute("TRUNCATE product");
        a.awaitValue("1", null);
    }

    @Test
    void rollback_ofAChange_invalidatesNothing() throws SQLException {
        Instance a = new Instance("rollback");
        awaitForwarder(a);
        assertThat(a.products.get("1")).isEqualTo("cup");
        assertThat(a.products.get("2")).isEqualTo("pot");
        int loads = a.loads.get();

        assertThatThrownBy(() -> database.execute("UPDATE product SET name = 'mug' WHERE id = '1'", "SELECT 1 / 0"))
                .isInstanceOf(SQLException.class);
        database.execute("UPDATE product SET name = 'jug' WHERE id = '2'");

        a.awaitValue("2", "jug");
        assertThat(a.products.get("1")).isEqualTo("cup");
        assertThat(a.loads).hasValue(loads + 1);
    }

    @Test
    void bulkChange_ofMoreKeysThanOneBatchHolds_leavesNoOldValue() throws SQLException {
        database.execute("INSERT INTO product SELECT 'b' || i, 'old' FROM generate_series(1, 25000) i");
        Instance a = new Instance("bulk");
        awaitForwarder(a);
        List<String> sample = List.of("b1", "b9999", "b10001", "b25000");
        sample.forEach(key -> assertThat(a.products.get(key)).isEqualTo("old"));

        database.execute("UPDATE product SET name = 'new' WHERE name = 'old'");

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(a.products.getAll(sample).values()).containsOnly("new"));
    }

    @Test
    void keyMapper_thatThrows_clearsTheCache() throws SQLException {
        database.execute("INSERT INTO product VALUES ('none', 'x')");
        Instance a = new Instance("mapper", key -> {
            throw new IllegalArgumentException("no key: " + key);
        });
        awaitForwarder(a);
        assertThat(a.products.get("1")).isEqualTo("cup");

        database.execute("UPDATE product SET name = 'mug' WHERE id = '1'");

        a.awaitValue("1", "mug");
    }

    @Test
    void changes_whileTheOnlyListenerIsCutOff_areNotLost() throws SQLException {
        Instance a = new Instance("cut");
        awaitForwarder(a);

        for (int round = 1; round <= 5; round++) {
            a.awaitValue("1", round == 1 ? "cup" : "round " + (round - 1));
            // The update commits in the transaction that ends the listener, so that it can hear of it under no
            // circumstances
            // but by what it does after it has connected again.
            database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE application_name = 'crema' AND pid <> pg_backend_pid()",
                    "SELECT pg_sleep(0.05)",
                    "UPDATE product SET name = 'round " + round + "' WHERE id = '1'");
        }

        a.awaitValue("1", "round 5");
    }

    @Test
    void takeOver_byAStandbyThatHeardAll_keepsTheCacheHot() throws SQLException {
        Instance a = new Instance("takeover");
        awaitForwarder(a);
        Instance b = new Instance("takeover");
        await().atMost(PATIENCE).until(b.changes::isListening);
        awaitConfirmedMarks();
        assertThat(b.changes.isForwarding()).isFalse();
        assertThat(b.products.get("1")).isEqualTo("cup");
        assertThat(b.products.get("2")).isEqualTo("pot");
        int loads = a.loads.get() + b.loads.get();

        a.changes.close();
        await().atMost(PATIENCE).until(b.changes::isForwarding);
        database.execute("UPDATE product SET name = 'mug' WHERE id = '1'");
        b.awaitValue("1", "mug");

        assertThat(b.products.get("2")).isEqualTo("pot");
        assertThat(a.loads.get() + b.loads.get()).isEqualTo(loads + 1);
    }

    @Test
    void forwarder_killedAmidWrites_isReplacedWithoutALoss() throws SQLException {
        Instance a = new Instance("amid");
        Instance b = new Instance("amid");
        Instance c = new Instance("amid");
        awaitForwarder(a, b, c);

        for (int i = 1; i <= 200; i++) {
            assertThat(a.products.get("1")).isNotNull();
            assertThat(b.products.get("1")).isNotNull();
            if (i % 50 == 0) {
                database.killSessions("pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')");
            }
            database.execute("UPDATE product SET name = 'v" + i + "' WHERE id = '1'");
        }

        a.awaitValue("1", "v200");
        b.awaitValue("1", "v200");
        c.awaitValue("1", "v200");
        awaitForwarder(a, b, c);
    }

    @Test
    void forwarder_thatHangs_isHelpedByAStandby() throws SQLException {
        CountDownLatch hung = new CountDownLatch(1);
        CountDownLatch end = keep(new CountDownLatch(1), CountDownLatch::countDown);
        Instance a = new Instance("hang", key -> {
            hung.countDown();
            awaitQuietly(end);
            return key;
        });
        awaitForwarder(a);
        Instance b = new Instance("hang");
        await().atMost(PATIENCE).until(b.changes::isListening);
        assertThat(b.products.get("1")).isEqualTo("cup");

        database.execute("UPDATE product SET name = 'mug' WHERE id = '1'");

        b.awaitValue("1", "mug");
        assertThat(hung.getCount()).isZero();
        assertThat(a.changes.isForwarding()).isTrue();
        end.countDown();
    }

    @Test
    void restartOfTheServer_andAChangeWithoutTriggersBefore_areFollowedByAClear() throws Exception {
        Instance a = new Instance("restart");
        awaitForwarder(a);
        assertThat(a.products.get("1")).isEqualTo("cup");

        database.execute("SET session_replication_role = replica", "UPDATE product SET name = 'mug' WHERE id = '1'");
        assertThat(a.products.get("1")).isEqualTo("cup");
        database.restart(() -> await().atMost(PATIENCE).until(() -> !a.changes.isListening()));

        a.awaitValue("1", "mug");
    }

    @Test
    void everyInstance_withoutARemoteTier_invalidatesItsOwn() throws SQLException {
        List<LoadingTieredCache<String, String>> caches = new ArrayList<>();
        List<PostgresChanges> listeners = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Crema crema = keep(Crema.builder().build());
            LoadingTieredCache<String, String> products =
                    crema.<String, String>cache("products").build(PostgresChangesTest::load);
            listeners.add(keep(PostgresChanges.listen(dataSource())
                    .everyInstance()
                    .on("products", products, Function.identity())
                    .start()));
            caches.add(products);
        }
        await().atMost(PATIENCE).until(() -> listeners.stream().allMatch(PostgresChanges::isForwarding));
        caches.forEach(cache -> assertThat(cache.get("1")).isEqualTo("cup"));

        database.execute("UPDATE product SET name = 'mug' WHERE id = '1'");

        caches.forEach(cache -> await().atMost(PATIENCE).until(() -> "mug".equals(cache.get("1"))));
    }

    @Test
    void close_ofTheListener_leavesNoSessionBehind() throws SQLException {
        Instance a = new Instance("close");
        awaitForwarder(a);

        a.changes.close();
        a.changes.close();

        await().atMost(PATIENCE)
                .until(() ->
                        database.queryLong("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crema'")
                                == 0);
        assertThat(a.changes.isListening()).isFalse();
    }

    @Test
    void listen_withoutAServer_returnsAndKeepsTrying() {
        Crema crema = keep(Crema.builder().build());
        LoadingTieredCache<String, String> products =
                crema.<String, String>cache("products").build(key -> key);

        PostgresChanges changes = keep(PostgresChanges.listen("jdbc:postgresql://localhost:1/none", "nobody", "secret")
                .on("products", products, Function.identity())
                .start());

        assertThat(changes.isListening()).isFalse();
        assertThat(products.get("1")).isEqualTo("1");
    }

    @Test
    void listen_withAUrlOfSomethingElse_isRefusedWithoutQuotingIt() {
        assertThatThrownBy(() -> PostgresChanges.listen("jdbc:mysql://user:secret@host/db", "u", "p"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    private static void awaitForwarder(Instance... instances) {
        await().atMost(PATIENCE).until(() -> {
            long forwarders = List.of(instances).stream()
                    .filter(instance -> instance.changes.isForwarding())
                    .count();
            return forwarders == 1 && List.of(instances).stream().allMatch(instance -> instance.changes.isListening());
        });
    }

    /** A listener of our own sees the forwarder's marks: three of them, and a standby has one confirmed. */
    private static void awaitConfirmedMarks() throws SQLException {
        try (var connection = dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("LISTEN crema_changes");
            AtomicInteger marks = new AtomicInteger();
            await().atMost(PATIENCE).until(() -> {
                var received =
                        connection.unwrap(org.postgresql.PGConnection.class).getNotifications(100);
                for (var notification : received) {
                    if (notification.getParameter().startsWith("mark")) {
                        marks.incrementAndGet();
                    }
                }
                return marks.get() >= 4;
            });
        }
    }

    private static PGSimpleDataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.url());
        source.setUser(TestDatabase.USER);
        return source;
    }

    private static String load(String key) throws SQLException {
        try (var connection = dataSource().getConnection();
                var statement = connection.prepareStatement("SELECT name FROM product WHERE id = ?")) {
            statement.setString(1, key);
            try (var rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> T keep(T resource, Consumer<T> end) {
        open.add(() -> end.accept(resource));
        return resource;
    }

    private <C extends AutoCloseable> C keep(C closeable) {
        open.add(closeable);
        return closeable;
    }

    /** An instance of the service. */
    private final class Instance {

        final AtomicInteger loads = new AtomicInteger();
        final LoadingTieredCache<String, String> products;
        final PostgresChanges changes;

        Instance(String namespace) {
            this(namespace, Function.identity());
        }

        Instance(String namespace, Function<String, String> keyMapper) {
            Crema crema = keep(Crema.builder()
                    .remote(RedisRemote.builder(redis.uri())
                            .namespace(namespace)
                            .build())
                    .build());
            products = crema.<String, String>cache("products")
                    .codec(KryoCodec.of(String.class))
                    .build(key -> {
                        loads.incrementAndGet();
                        return load(key);
                    });
            changes = keep(PostgresChanges.listen(database.url(), TestDatabase.USER, null)
                    .namespace(namespace)
                    .on("products", products, keyMapper)
                    .start());
        }

        void awaitValue(String key, String value) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(products.get(key)).isEqualTo(value));
        }
    }
}
