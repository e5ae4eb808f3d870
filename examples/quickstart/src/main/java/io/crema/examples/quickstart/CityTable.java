package io.crema.examples.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The origin: a table of cities in PostgreSQL. Thread-safe as its data source is. */
final class CityTable {

    private static final int BATCH = 1_000;

    private final DataSource database;

    CityTable(DataSource database) {
        this.database = database;
    }

    void create(List<City> cities) throws SQLException {
        try (Connection connection = database.getConnection()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("""
                        CREATE TABLE city (
                            id bigint PRIMARY KEY,
                            name text NOT NULL,
                            country text NOT NULL,
                            region text NOT NULL,
                            latitude double precision NOT NULL,
                            longitude double precision NOT NULL,
                            visitors bigint NOT NULL,
                            version bigint NOT NULL)""");
            }
            connection.setAutoCommit(false);
            insert(connection, cities);
            connection.commit();
        }
    }

    private static void insert(Connection connection, List<City> cities) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO city VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            int batched = 0;
            for (City city : cities) {
                insert.setLong(1, city.id());
                insert.setString(2, city.name());
                insert.setString(3, city.country());
                insert.setString(4, city.region());
                insert.setDouble(5, city.latitude());
                insert.setDouble(6, city.longitude());
                insert.setLong(7, city.visitors());
                insert.setLong(8, city.version());
                insert.addBatch();
                if (++batched % BATCH == 0) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
        }
    }

    @Nullable
    City find(long id) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT name, country, region, latitude, longitude, visitors, version FROM city WHERE id = ?")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? new City(
                                id,
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getDouble(4),
                                row.getDouble(5),
                                row.getLong(6),
                                row.getLong(7))
                        : null;
            }
        }
    }

    /** Adds a visitor and commits. Returns the row's new version. */
    long addVisitor(long id) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE city SET visitors = visitors + 1, version = version + 1 WHERE id = ? RETURNING version")) {
            update.setLong(1, id);
            try (ResultSet row = update.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("There is no city " + id);
                }
                return row.getLong(1);
            }
        }
    }
}
