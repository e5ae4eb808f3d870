package io.crema.postgres.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGNotification;
import org.postgresql.jdbc.PgConnection;

/**
 * One connection whose session has state (LISTEN, locks), so that nobody else may use it afterwards. Each statement is
 * a transaction of its own. Used by one thread at a time, except {@link #abort}.
 */
public final class PostgresSession implements AutoCloseable {

    private static final int ANSWER_LIMIT_MILLIS = 5_000;

    private final Connection lent;
    private final PgConnection connection;

    PostgresSession(Connection lent) throws SQLException {
        this.lent = lent;
        connection = lent.unwrap(PgConnection.class);
        connection.setAutoCommit(true);
        connection.setNetworkTimeout(Runnable::run, ANSWER_LIMIT_MILLIS);
        // So that the server, too, soon ends a session whose client has vanished, and with it the session's locks.
        execute("SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3");
    }

    public void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    public boolean queryBoolean(String sql, String argument) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, argument);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }

    /** Sends a notification; reaches this session too, if it listens. */
    public void notify(String channel, String payload) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_notify(?, ?)")) {
            statement.setString(1, channel);
            statement.setString(2, payload);
            statement.execute();
        }
    }

    /** The notifications that have come, in order; waits up to {@code millis} for the first. */
    public List<PGNotification> notifications(int millis) throws SQLException {
        PGNotification @Nullable [] received = connection.getNotifications(Math.max(1, millis));
        return received == null ? List.of() : List.of(received);
    }

    /** For statements of another form than those above. */
    public Connection connection() {
        return connection;
    }

    /** Cuts the connection, from any thread; whoever waits for an answer gets an exception. */
    public void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // Then it is closed.
            return;
        }
    }

    /** Ends the server's session, even if a pool lent the connection. */
    @Override
    public void close() throws SQLException {
        try {
            connection.close();
        } finally {
            lent.close();
        }
    }
}
