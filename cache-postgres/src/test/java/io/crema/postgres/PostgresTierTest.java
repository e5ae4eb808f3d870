package io.crema.postgres;

import io.crema.spi.RemoteTier;
import io.crema.testkit.RemoteClockContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of remote tiers that store no values, on a real PostgreSQL. */
class PostgresTierTest extends RemoteClockContract {

    private static TestDatabase database;

    @BeforeAll
    static void startServer() throws SQLException {
        database = TestDatabase.start();
        database.execute(PostgresInvalidation.schemaSql());
    }

    @AfterAll
    static void stopServer() {
        database.close();
    }

    @Override
    protected RemoteTier connect() {
        return PostgresInvalidation.connect(database.url(), TestDatabase.USER, null);
    }

    @Override
    protected RemoteTier connectWithOtherPartitions() {
        return PostgresInvalidation.builder(database.url(), TestDatabase.USER, null)
                .partitions(7)
                .build();
    }

    @Override
    protected void loseClock(String cache, int partition) {
        execute("DELETE FROM crema_partition WHERE cache = '" + cache + "' AND partition = " + partition);
    }

    @Override
    protected void loseTag(String cache, String tag) {
        execute("DELETE FROM crema_tag WHERE cache = '" + cache + "' AND tag = '" + tag + "'");
    }

    @Override
    protected void changeHistory() {
        execute("UPDATE crema_history SET id = md5(id)");
    }

    private static void execute(String sql) {
        try {
            database.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
