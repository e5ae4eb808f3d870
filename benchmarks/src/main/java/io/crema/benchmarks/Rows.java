package io.crema.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.crema.CacheWriter;
import io.crema.WriteContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.redisson.api.map.MapWriter;

/**
 * A table of which each row knows the last write that was made of it, and how caches write it: one row in one statement that
 * commits itself, more of them in one batch and one transaction. Made anew for a fork.
 */
final class Rows implements CacheWriter<String, byte[]>, AutoCloseable {

    /** Of the pool. A thread each that writes through. */
    private static final int CONNECTIONS = 16;

    private static final String TABLE = """
            CREATE TABLE written (
                name text PRIMARY KEY,
                value bytea NOT NULL,
                write_id bigint NOT NULL)""";

    private static final String UPSERT = """
            INSERT INTO written AS row VALUES (?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET
                value = excluded.value, write_id = greatest(row.write_id, excluded.write_id)
            WHERE excluded.write_id = 0 OR row.write_id < excluded.write_id""";

    private final HikariDataSource database = Database.pool(CONNECTIONS);
    private final Consumer<Map<String, byte[]>> committed;
    private final LongAdder sent = new LongAdder();
    private volatile long lastSent;
    private final AtomicLong ids = new AtomicLong();

    /** @param committed is told of rows when the database has them, by many threads */
    Rows(Consumer<Map<String, byte[]>> committed) {
        this.committed = committed;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS written");
            statement.execute(TABLE);
            // What the fork before has left to be done is not for this one to pay.
            statement.execute("CHECKPOINT");
        } catch (SQLException e) {
            database.close();
            throw new IllegalStateException(e);
        }
    }

    Rows() {
        this(rows -> {});
    }

    /** How many rows the database was sent and has, those that it had before included. */
    long sent() {
        return sent.sum();
    }

    /** When the database had the last of those; {@link System#nanoTime()}. */
    long lastSent() {
        return lastSent;
    }

    /** How many rows there are. */
    long count() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM written")) {
            return rows.next() ? rows.getLong(1) : 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void write(String name, byte[] value, WriteContext context) throws SQLException {
        one(name, value, context.writeId());
    }

    @Override
    public void writeAll(Map<String, byte[]> values, WriteContext context) throws SQLException {
        all(values, name -> context.of(name).writeId());
    }

    @Override
    public void delete(String name, WriteContext context) {
        throw new UnsupportedOperationException("Nothing is deleted here");
    }

    /** For who has no ids of writes: the order in which they come here. */
    MapWriter<String, byte[]> inOrder() {
        return new MapWriter<>() {
            @Override
            public void write(Map<String, byte[]> values) {
                try {
                    if (values.size() == 1) {
                        Map.Entry<String, byte[]> only =
                                values.entrySet().iterator().next();
                        one(only.getKey(), only.getValue(), ids.incrementAndGet());
                    } else {
                        all(values, name -> ids.incrementAndGet());
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void delete(Collection<String> names) {
                throw new UnsupportedOperationException("Nothing is deleted here");
            }
        };
    }

    private void one(String name, byte[] value, long id) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
            set(upsert, name, value, id);
            upsert.executeUpdate();
        }
        sent(Map.of(name, value));
    }

    private void all(Map<String, byte[]> values, ToLongFunction<String> id) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
            for (Map.Entry<String, byte[]> row : values.entrySet()) {
                set(upsert, row.getKey(), row.getValue(), id.applyAsLong(row.getKey()));
                upsert.addBatch();
            }
            connection.setAutoCommit(false);
            try {
                upsert.executeBatch();
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
        sent(values);
    }

    private void sent(Map<String, byte[]> values) {
        lastSent = System.nanoTime();
        sent.add(values.size());
        committed.accept(values);
    }

    private static void set(PreparedStatement upsert, String name, byte[] value, long id) throws SQLException {
        upsert.setString(1, name);
        upsert.setBytes(2, value);
        upsert.setLong(3, id);
    }

    @Override
    public void close() {
        database.close();
    }
}
