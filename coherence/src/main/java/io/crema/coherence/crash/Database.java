package io.crema.coherence.crash;

import io.crema.coherence.crash.Judge.Row;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A PostgreSQL server with the table of the instances, as its operator sees it. It remembers all that the rows have been. */
final class Database implements AutoCloseable {

    private static final String INSTANCE = "instance";

    private static final List<String> SETUP = List.of("""
            CREATE TABLE item (
                key int PRIMARY KEY, value bigint NOT NULL, deleted boolean NOT NULL, write_id bigint NOT NULL)""", """
            CREATE TABLE applied (
                place bigserial PRIMARY KEY, key int NOT NULL, value bigint NOT NULL, write_id bigint NOT NULL)""", """
            CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                INSERT INTO applied (key, value, write_id) VALUES (new.key, new.value, new.write_id);
                RETURN NULL;
            END $$""", """
            CREATE TRIGGER remember AFTER INSERT OR UPDATE ON item
                FOR EACH ROW EXECUTE FUNCTION remember()""", "CREATE ROLE instance LOGIN", """
            GRANT SELECT, INSERT, UPDATE ON item TO instance""");

    private final EmbeddedPostgres postgres;

    private Database(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static Database start() throws IOException, SQLException {
        Database database = new Database(EmbeddedPostgres.start());
        try {
            database.execute(SETUP);
            return database;
        } catch (SQLException e) {
            database.close();
            throw e;
        }
    }

    /** For instances. */
    String url() {
        return postgres.getJdbcUrl(INSTANCE, "postgres");
    }

    private void execute(List<String> statements) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** Cuts off all instances, whatever they are at, and lets none in. */
    void fail() throws SQLException {
        execute(List.of("ALTER ROLE instance NOLOGIN", """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'instance'"""));
    }

    void recover() throws SQLException {
        execute(List.of("ALTER ROLE instance LOGIN"));
    }

    List<Row> rows() throws SQLException {
        return rows("SELECT key, CASE WHEN deleted THEN 0 ELSE value END, write_id FROM item ORDER BY key");
    }

    /** All that the rows have been, in the order in which they became it. */
    List<Row> applied() throws SQLException {
        return rows("SELECT key, value, write_id FROM applied ORDER BY place");
    }

    private List<Row> rows(String query) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                PreparedStatement statement = connection.prepareStatement(query);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                rows.add(new Row(result.getInt(1), result.getLong(2), result.getLong(3)));
            }
        }
        return rows;
    }

    /** What a database that compares no ids lets a late write do. */
    void overwrite(Row row) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE item SET value = ?, deleted = ?, write_id = ? WHERE key = ?")) {
            update.setLong(1, row.value());
            update.setBoolean(2, row.value() == 0);
            update.setLong(3, row.writeId());
            update.setInt(4, row.key());
            update.execute();
        }
    }

    String version() throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
