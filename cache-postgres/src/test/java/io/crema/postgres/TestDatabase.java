package io.crema.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** A real PostgreSQL server on a free loopback port that can be stopped and started again with its data. */
public final class TestDatabase implements AutoCloseable {

    public static final String USER = "postgres";

    private final Path data;
    private EmbeddedPostgres server;

    private TestDatabase(Path data) throws IOException {
        this.data = data;
        server = settings().start();
    }

    public static TestDatabase start() {
        try {
            return new TestDatabase(Files.createTempDirectory("crema-postgres-").resolve("data"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EmbeddedPostgres.Builder settings() {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPGStartupWait(Duration.ofSeconds(60))
                // Nothing has to survive a crash of the machine.
                .setServerConfig("fsync", "off")
                .setServerConfig("full_page_writes", "off");
    }

    /** Stops the server, ending all connections, and starts it on the same port with the same data. */
    public void restart(Runnable whileDown) throws IOException {
        int port = server.getPort();
        server.close();
        whileDown.run();
        server = settings().setPort(port).start();
    }

    public String url() {
        return "jdbc:postgresql://localhost:" + server.getPort() + "/postgres";
    }

    /** Each call with a connection of its own: a program that knows nothing of caches. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(), USER, "");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
            connection.commit();
        }
    }

    public long queryLong(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(), USER, "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    /** Ends sessions of Crema that are in a state. */
    public long killSessions(String condition) throws SQLException {
        return queryLong("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE application_name = 'crema' AND pid <> pg_backend_pid() AND " + condition);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(data.getParent());
        }
    }

    private static void delete(Path path) {
        try (var files = Files.walk(path)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> {
                if (!file.toFile().delete()) {
                    file.toFile().deleteOnExit();
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
