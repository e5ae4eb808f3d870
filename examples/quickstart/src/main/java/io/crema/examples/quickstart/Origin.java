package io.crema.examples.quickstart;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** A real PostgreSQL server on a free loopback port, with the table of cities. */
final class Origin implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String USER = "postgres";

    private final EmbeddedPostgres server;

    private Origin(EmbeddedPostgres server) {
        this.server = server;
    }

    /**
     * Starts the server and fills the table.
     *
     * @param data a directory for the server's files, which must not be there yet
     */
    static Origin start(Path data, List<City> cities) throws IOException, SQLException {
        Origin origin = new Origin(EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(true)
                .setPGStartupWait(START_LIMIT)
                // Data of this run only: nothing has to survive a crash of the machine.
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "off")
                .setServerConfig("full_page_writes", "off")
                .start());
        try {
            new CityTable(origin.server.getPostgresDatabase()).create(cities);
            return origin;
        } catch (SQLException | RuntimeException e) {
            origin.close();
            throw e;
        }
    }

    String jdbcUrl() {
        return server.getJdbcUrl(USER, USER);
    }

    /** Stops the server and removes its files. Idempotent. */
    @Override
    public void close() throws IOException {
        server.close();
    }
}
