package io.crema.examples.readme;

import com.zaxxer.hikari.HikariConfig;
import io.crema.CacheWriter;
import io.crema.Crema;
import io.crema.DeadLetter;
import io.crema.LoadingTieredCache;
import io.crema.WriteContext;
import io.crema.examples.readme.ProductService.Product;
import io.crema.policy.WritePolicy;
import io.crema.redis.codec.KryoCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The README's cache that writes to PostgreSQL. */
final class WrittenProducts {

    static final WritePolicy.Behind BEHIND = WritePolicy.behind()
            .delay(Duration.ofSeconds(1))
            .batch(100)
            .flushers(4)
            .timeout(Duration.ofSeconds(10));

    private WrittenProducts() {}

    static LoadingTieredCache<Long, Product> open(Crema crema, ProductRows rows) {
        return crema.<Long, Product>cache("products")
                .codec(KryoCodec.of(Product.class))
                .writer(rows)
                .writePolicy(WritePolicy.through().quarantine(Duration.ofSeconds(10)))
                .build(rows::find);
    }

    /** Puts that return once Redis has them; the rows follow within a second, in batches. */
    static LoadingTieredCache<Long, Product> openBehind(Crema crema, ProductRows rows) {
        return crema.<Long, Product>cache("products")
                .codec(KryoCodec.of(Product.class))
                .writer(rows)
                .writePolicy(BEHIND)
                .build(rows::find);
    }

    /** Brings back what was given up while the table refused it. */
    static void retryAll(LoadingTieredCache<Long, Product> products) {
        for (DeadLetter<Long, Product> letter :
                products.writeBehind().deadLetters(100).join()) {
            System.out.println(letter.key() + ", " + letter.age() + " ago: " + letter.reason());
            products.writeBehind().retry(letter).join();
        }
    }

    /**
     * A connection for each flusher, so that loads do not wait for writes. A connection that does not answer is given up
     * before the flusher's time is over: the driver, not the interrupt, ends a call that hangs.
     *
     * @param loads how many loads run at a time, as the cache's bulkhead says
     */
    static HikariConfig pool(String url, int loads) {
        HikariConfig settings = new HikariConfig();
        settings.setJdbcUrl(url);
        settings.setMaximumPoolSize(BEHIND.flushers() + loads);
        settings.setConnectionTimeout(2_000);
        settings.addDataSourceProperty("socketTimeout", BEHIND.timeout().toSeconds() - 3);
        settings.addDataSourceProperty("logServerErrorDetail", false);
        return settings;
    }

    /**
     * A table of which each row knows the last write that was made of it, so that an older one that comes late changes
     * nothing; deleted rows stay for that reason. Its data source should be a pool, whose limits for a connection and a
     * statement together are below the quarantine's, or the flusher's.
     */
    static final class ProductRows implements CacheWriter<Long, Product> {

        private static final String TABLE = """
                CREATE TABLE product (
                    id bigint PRIMARY KEY,
                    name text NOT NULL,
                    cents bigint NOT NULL,
                    deleted boolean NOT NULL,
                    write_id bigint NOT NULL)""";

        private static final String UPSERT = """
                INSERT INTO product AS row VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    name = excluded.name, cents = excluded.cents, deleted = excluded.deleted,
                    write_id = greatest(row.write_id, excluded.write_id)
                WHERE excluded.write_id = 0 OR row.write_id < excluded.write_id""";

        private final DataSource database;

        ProductRows(DataSource database) {
            this.database = database;
        }

        void create() throws SQLException {
            try (Connection connection = database.getConnection();
                    PreparedStatement table = connection.prepareStatement(TABLE)) {
                table.execute();
            }
        }

        @Nullable
        Product find(long id) throws SQLException {
            try (Connection connection = database.getConnection();
                    PreparedStatement query = connection.prepareStatement(
                            "SELECT name, cents FROM product WHERE id = ? AND NOT deleted")) {
                query.setLong(1, id);
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? new Product(id, row.getString(1), row.getLong(2)) : null;
                }
            }
        }

        @Override
        public void write(Long id, Product product, WriteContext context) throws SQLException {
            writeAll(Map.of(id, product), context);
        }

        @Override
        public void delete(Long id, WriteContext context) throws SQLException {
            deleteAll(Set.of(id), context);
        }

        @Override
        public void writeAll(Map<Long, Product> products, WriteContext context) throws SQLException {
            try (Connection connection = database.getConnection();
                    PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
                for (Product product : products.values()) {
                    add(upsert, product, false, context.of(product.id()).writeId());
                }
                inOneTransaction(connection, upsert);
            }
        }

        @Override
        public void deleteAll(Set<Long> ids, WriteContext context) throws SQLException {
            try (Connection connection = database.getConnection();
                    PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
                for (long id : ids) {
                    add(upsert, new Product(id, "", 0), true, context.of(id).writeId());
                }
                inOneTransaction(connection, upsert);
            }
        }

        private static void add(PreparedStatement upsert, Product product, boolean deleted, long writeId)
                throws SQLException {
            upsert.setLong(1, product.id());
            upsert.setString(2, product.name());
            upsert.setLong(3, product.cents());
            upsert.setBoolean(4, deleted);
            upsert.setLong(5, writeId);
            upsert.addBatch();
        }

        private static void inOneTransaction(Connection connection, PreparedStatement batch) throws SQLException {
            connection.setAutoCommit(false);
            try {
                batch.executeBatch();
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }
}
