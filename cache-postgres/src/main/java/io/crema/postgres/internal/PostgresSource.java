package io.crema.postgres.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/** Where connections come from. Thread-safe. */
public final class PostgresSource {

    private static final String LIMIT_SECONDS = "5";

    private final Opener opener;
    private final String name;

    private PostgresSource(Opener opener, String name) {
        this.opener = opener;
        this.name = name;
    }

    public static PostgresSource of(DataSource dataSource) {
        Objects.requireNonNull(dataSource, "dataSource");
        return new PostgresSource(dataSource::getConnection, "PostgreSQL");
    }

    /** @throws IllegalArgumentException if the URL is not one of PostgreSQL */
    public static PostgresSource of(String jdbcUrl, String user, @Nullable String password) {
        Driver driver = new Driver();
        Properties parsed = jdbcUrl.startsWith("jdbc:postgresql:") ? Driver.parseURL(jdbcUrl, new Properties()) : null;
        if (parsed == null) {
            // Not quoted: it may hold a password.
            throw new IllegalArgumentException(
                    "Not the URL of a PostgreSQL database, which looks like jdbc:postgresql://host[:port]/database");
        }
        Properties settings = new Properties();
        settings.setProperty("user", user);
        if (password != null) {
            settings.setProperty("password", password);
        }
        // What the URL says goes first.
        settings.setProperty("connectTimeout", LIMIT_SECONDS);
        settings.setProperty("loginTimeout", LIMIT_SECONDS);
        settings.setProperty("socketTimeout", LIMIT_SECONDS);
        settings.setProperty("tcpKeepAlive", "true");
        settings.setProperty("ApplicationName", "crema");
        String name = "PostgreSQL at " + parsed.getProperty("PGHOST") + ":" + parsed.getProperty("PGPORT") + "/"
                + parsed.getProperty("PGDBNAME");
        return new PostgresSource(() -> Objects.requireNonNull(driver.connect(jdbcUrl, settings)), name);
    }

    /** A new connection, to be closed by the caller; blocks. */
    public PostgresSession open() throws SQLException {
        Connection connection = opener.open();
        try {
            return new PostgresSession(connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Names the server in logs and errors, without credentials. */
    @Override
    public String toString() {
        return name;
    }

    @FunctionalInterface
    private interface Opener {
        Connection open() throws SQLException;
    }
}
