package io.crema.coherence.crash;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.crema.CacheWriter;
import io.crema.PartialWriteException;
import io.crema.WriteContext;
import io.crema.coherence.crash.WriteLog.Change;
import io.crema.coherence.crash.WriteLog.Outcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The origin: a table whose rows know the last write that was made of them, deleted ones too. It fails now and then: before it
 * has done anything, with half of a batch done, and when all is done. Thread-safe.
 */
final class Rows implements CacheWriter<Integer, Long>, AutoCloseable {

    private static final String UPSERT = """
            INSERT INTO item AS row VALUES (?, ?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET
                value = excluded.value, deleted = excluded.deleted, write_id = excluded.write_id
            WHERE row.write_id < excluded.write_id""";

    /** One for each flusher, and some for loads. */
    private static final int CONNECTIONS = Settled.POLICY.flushers() + 4;

    private static final int CONNECT_MILLIS = 500;
    private static final double FAILS_BEFORE = 0.05;
    private static final double FAILS_HALFWAY = 0.10;
    private static final double FAILS_AFTER = 0.15;

    private final HikariDataSource pool;
    private final WriteLog log;
    private final Random random;
    private final LongAdder calls = new LongAdder();
    private final LongAdder failures = new LongAdder();

    private Rows(HikariDataSource pool, WriteLog log, Random random) {
        this.pool = pool;
        this.log = log;
        this.random = random;
    }

    static Rows open(String url, WriteLog log, long seed) {
        HikariConfig settings = new HikariConfig();
        settings.setJdbcUrl(url);
        settings.setMaximumPoolSize(CONNECTIONS);
        settings.setConnectionTimeout(CONNECT_MILLIS);
        settings.setValidationTimeout(CONNECT_MILLIS);
        settings.setInitializationFailTimeout(-1);
        // Else the pool asks its first connection, and if that is cut off then it never makes another one.
        settings.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        return new Rows(new HikariDataSource(settings), log, new Random(seed));
    }

    /** How often the writer was called. */
    long calls() {
        return calls.sum();
    }

    /** How often it failed, on purpose or not. */
    long failures() {
        return failures.sum();
    }

    @Nullable
    Long find(int key) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query =
                        connection.prepareStatement("SELECT value FROM item WHERE key = ? AND NOT deleted")) {
            query.setInt(1, key);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getLong(1) : null;
            }
        }
    }

    @Override
    public void write(Integer key, Long value, WriteContext context) throws SQLException {
        writeAll(Map.of(key, value), context);
    }

    @Override
    public void delete(Integer key, WriteContext context) throws SQLException {
        deleteAll(Set.of(key), context);
    }

    @Override
    public void writeAll(Map<Integer, Long> values, WriteContext context) throws SQLException {
        List<Change> changes = new ArrayList<>();
        values.forEach((key, value) -> {
            WriteContext own = context.of(key);
            changes.add(new Change(key, value, false, own.writeId(), own.attempt()));
        });
        make(changes);
    }

    @Override
    public void deleteAll(Set<Integer> keys, WriteContext context) throws SQLException {
        List<Change> changes = new ArrayList<>();
        for (Integer key : keys) {
            WriteContext own = context.of(key);
            changes.add(new Change(key, 0, true, own.writeId(), own.attempt()));
        }
        make(changes);
    }

    private void make(List<Change> changes) throws SQLException {
        calls.increment();
        log.called(changes);
        double drawn = random.nextDouble();
        // Of one, half is nothing or all.
        List<Change> toMake = drawn < FAILS_BEFORE
                ? List.of()
                : drawn < FAILS_HALFWAY ? changes.subList(0, changes.size() / 2) : changes;
        List<Change> left = changes.subList(toMake.size(), changes.size());
        boolean isDone = false;
        try {
            inOneTransaction(toMake);
            isDone = true;
        } finally {
            if (!isDone) {
                log.ended(changes, Outcome.FAILED);
                failed();
            }
        }
        log.ended(left, Outcome.FAILED);
        if (drawn < FAILS_AFTER) {
            failed();
            SQLException cause = new SQLException("fails by chance");
            if (toMake.isEmpty() || left.isEmpty()) {
                throw cause;
            }
            throw new PartialWriteException(left.stream().map(Change::key).toList(), cause);
        }
    }

    private void failed() {
        log.failed();
        failures.increment();
    }

    private void inOneTransaction(List<Change> changes) throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        int[] counts;
        try (Connection connection = pool.getConnection();
                PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
            connection.setAutoCommit(false);
            try {
                for (Change change : changes) {
                    upsert.setInt(1, change.key());
                    upsert.setLong(2, change.value());
                    upsert.setBoolean(3, change.isDelete());
                    upsert.setLong(4, change.id());
                    upsert.addBatch();
                }
                counts = upsert.executeBatch();
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
        log.ended(having(changes, counts, 1), Outcome.APPLIED);
        log.ended(having(changes, counts, 0), Outcome.REFUSED);
    }

    private static List<Change> having(List<Change> changes, int[] counts, int rows) {
        List<Change> those = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == rows) {
                those.add(changes.get(i));
            }
        }
        return those;
    }

    @Override
    public void close() {
        pool.close();
    }
}
