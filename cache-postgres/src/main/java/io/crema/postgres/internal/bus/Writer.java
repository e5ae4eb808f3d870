package io.crema.postgres.internal.bus;

import io.crema.postgres.internal.Backoff;
import io.crema.postgres.internal.PostgresSession;
import io.crema.postgres.internal.PostgresSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Executes statements one after the other on one connection, by one thread, each at most once. Futures complete on that
 * thread. The connection is made when it is needed; while the server is out of reach, statements fail at once between two
 * attempts.
 */
public final class Writer implements AutoCloseable {

    /** Work for the connection, in transactions of their own. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private final PostgresSource source;
    private final BlockingDeque<Task<?>> tasks = new LinkedBlockingDeque<>();
    private final Backoff backoff = new Backoff();

    private volatile @Nullable PostgresSession session;
    private volatile boolean closed;
    private long retryAt = System.nanoTime();
    private @Nullable Throwable lastFailure;

    public Writer(PostgresSource source) {
        this.source = source;
        Thread thread = new Thread(this::run, "crema-postgres-writer");
        thread.setDaemon(true);
        thread.start();
    }

    public <T> CompletableFuture<T> submit(Work<T> work) {
        return submit(work, Turn.LAST);
    }

    /** Before everything that waits: the lease of the near tiers depends on it. */
    <T> CompletableFuture<T> submitFirst(Work<T> work) {
        return submit(work, Turn.FIRST);
    }

    private enum Turn {
        FIRST,
        LAST
    }

    private <T> CompletableFuture<T> submit(Work<T> work, Turn turn) {
        Task<T> task = new Task<>(work, new CompletableFuture<>());
        if (turn == Turn.FIRST) {
            tasks.addFirst(task);
        } else {
            tasks.addLast(task);
        }
        if (closed) {
            failAll(closedException());
        }
        return task.result;
    }

    private void run() {
        try {
            while (!closed) {
                Task<?> task = tasks.poll(1, TimeUnit.SECONDS);
                if (task != null) {
                    execute(task);
                }
            }
        } catch (InterruptedException e) {
            closed = true;
        } finally {
            drop();
            failAll(closedException());
        }
    }

    private void execute(Task<?> task) {
        try {
            task.run(connected().connection());
        } catch (SQLException | IOException | RuntimeException e) {
            task.result.completeExceptionally(e);
            if (e instanceof SQLException sql && endsSession(sql)) {
                drop();
            }
        }
    }

    private static boolean endsSession(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("57P");
    }

    private PostgresSession connected() throws IOException {
        PostgresSession present = session;
        if (present != null) {
            return present;
        }
        if (closed || System.nanoTime() - retryAt < 0) {
            throw new IOException("There is no connection to " + source, lastFailure);
        }
        try {
            PostgresSession made = source.open();
            session = made;
            if (closed) {
                made.abort();
            }
            made.execute("SET lock_timeout = '2s'");
            // A crash must not take back a stamp that others have seen.
            made.execute("SELECT set_config('synchronous_commit', 'on', false)"
                    + " WHERE current_setting('synchronous_commit') = 'off'");
            backoff.reset();
            return made;
        } catch (SQLException e) {
            drop();
            lastFailure = e;
            retryAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(backoff.nextMillis());
            throw new IOException("No connection to " + source + " could be made: " + e.getMessage(), e);
        }
    }

    private void drop() {
        PostgresSession old = session;
        session = null;
        if (old != null) {
            old.abort();
        }
    }

    private void failAll(Throwable failure) {
        List<Task<?>> left = new ArrayList<>();
        tasks.drainTo(left);
        left.forEach(task -> task.result.completeExceptionally(failure));
    }

    private IOException closedException() {
        return new IOException("The connection to " + source + " is closed");
    }

    @Override
    public void close() {
        closed = true;
        PostgresSession present = session;
        if (present != null) {
            present.abort();
        }
        failAll(closedException());
    }

    private record Task<T>(Work<T> work, CompletableFuture<T> result) {

        void run(Connection connection) throws SQLException {
            result.complete(work.run(connection));
        }
    }
}
