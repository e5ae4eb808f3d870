package io.crema.examples.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.crema.CacheWriteException;
import io.crema.Crema;
import io.crema.LoadingTieredCache;
import io.crema.WriteContext;
import io.crema.examples.readme.ProductService.Product;
import io.crema.examples.readme.WrittenProducts.ProductRows;
import io.crema.redis.RedisRemote;
import io.crema.testkit.EmbeddedRedis;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The README's writer on a real PostgreSQL, under a cache over a real Redis. */
class WrittenProductsTest {

    private static EmbeddedPostgres postgres;
    private static EmbeddedRedis redis;
    private static HikariDataSource pool;
    private static ProductRows rows;

    @BeforeAll
    static void start() throws IOException, SQLException {
        postgres = EmbeddedPostgres.start();
        redis = EmbeddedRedis.start();
        pool = new HikariDataSource(WrittenProducts.pool(postgres.getJdbcUrl("postgres", "postgres"), 4));
        rows = new ProductRows(pool);
        rows.create();
    }

    @AfterAll
    static void stop() throws IOException {
        pool.close();
        redis.close();
        postgres.close();
    }

    /** What a writer is told of a write. */
    private record Numbered(long writeId) implements WriteContext {

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public WriteContext originVersion(long version) {
            return this;
        }

        @Override
        public WriteContext of(Object key) {
            return this;
        }
    }

    @Test
    void put_thenReadByAnotherInstance_bothTiersAndTheTableAgree() throws SQLException {
        try (Crema crema = connected();
                Crema another = connected()) {
            LoadingTieredCache<Long, Product> products = WrittenProducts.open(crema, rows);
            LoadingTieredCache<Long, Product> others = WrittenProducts.open(another, rows);
            Product espresso = new Product(1, "espresso", 240);

            products.put(1L, espresso);

            assertThat(rows.find(1)).isEqualTo(espresso);
            assertThat(others.getIfPresent(1L)).isEqualTo(espresso);

            others.put(1L, new Product(1, "espresso", 260));
            assertThat(rows.find(1).cents()).isEqualTo(260);
            others.delete(1L);
            assertThat(rows.find(1)).isNull();
            assertThat(products.get(1L)).isNull();
        }
    }

    @Test
    void putBehind_thenReadByAnotherInstance_theTableFollows() {
        try (Crema crema = connected();
                Crema another = connected()) {
            LoadingTieredCache<Long, Product> products = WrittenProducts.openBehind(crema, rows);
            LoadingTieredCache<Long, Product> others = WrittenProducts.openBehind(another, rows);

            for (int cents = 1; cents <= 300; cents++) {
                products.put(10L, new Product(10, "ristretto", cents));
            }
            assertThat(others.get(10L).cents()).isEqualTo(300);
            await().until(() -> rows.find(10) != null && rows.find(10).cents() == 300);

            others.delete(10L);
            assertThat(others.get(10L)).isNull();
            await().until(() -> products.get(10L) == null);
            await().until(() -> rows.find(10) == null);
        }
    }

    @Test
    void pool_hasAConnectionForEachFlusherAndLoad() {
        assertThat(pool.getMaximumPoolSize()).isEqualTo(WrittenProducts.BEHIND.flushers() + 4);
    }

    @Test
    void putAllAndDeleteAll_areOneBatchEach() throws SQLException {
        try (Crema crema = connected()) {
            LoadingTieredCache<Long, Product> products = WrittenProducts.open(crema, rows);
            products.putAll(Map.of(2L, new Product(2, "mocha", 300), 3L, new Product(3, "latte", 320)));

            assertThat(rows.find(2).name()).isEqualTo("mocha");
            assertThat(products.getAllPresent(List.of(2L, 3L))).hasSize(2);

            products.deleteAll(List.of(2L, 3L));
            assertThat(rows.find(3)).isNull();
            assertThat(products.getAllPresent(List.of(2L, 3L))).isEmpty();
        }
    }

    @Test
    void put_thatTheTableRefuses_failsAndTheOldValueStays() {
        try (Crema crema = connected()) {
            LoadingTieredCache<Long, Product> products = WrittenProducts.open(crema, rows);
            products.put(4L, new Product(4, "lungo", 250));

            assertThatThrownBy(() -> products.put(4L, new Product(4, "zero \0 byte", 250)))
                    .isInstanceOf(CacheWriteException.class)
                    .hasCauseInstanceOf(SQLException.class);

            assertThat(products.get(4L).name()).isEqualTo("lungo");
        }
    }

    @Test
    void write_olderThanTheRow_changesNothing() throws SQLException {
        rows.write(5L, new Product(5, "second", 1), new Numbered(20));
        rows.write(5L, new Product(5, "first, late", 1), new Numbered(10));
        assertThat(rows.find(5).name()).isEqualTo("second");

        rows.delete(5L, new Numbered(30));
        rows.write(5L, new Product(5, "before the deletion", 1), new Numbered(25));
        assertThat(rows.find(5)).isNull();

        rows.write(5L, new Product(5, "not ordered", 1), new Numbered(0));
        assertThat(rows.find(5).name()).isEqualTo("not ordered");
        rows.write(5L, new Product(5, "still before", 1), new Numbered(29));
        assertThat(rows.find(5).name()).isEqualTo("not ordered");
    }

    private static Crema connected() {
        return Crema.builder().remote(RedisRemote.connect(redis.uri())).build();
    }
}
