package io.crema.postgres;

import io.crema.spi.RemoteTier;
import io.crema.testkit.InvalidationBusContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresBusTest extends InvalidationBusContract {

    private static TestDatabase database;

    @BeforeAll
    static void startServer() throws SQLException {
        database = TestDatabase.start();
        database.execute(PostgresInvalidation.schemaSql());
        // It may be run again.
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
}
