package io.crema.coherence;

import io.crema.testkit.EmbeddedRedis;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks every server all the time whether it is a primary, so that it is known when a replica took over, and when a living
 * primary gave up, to within {@value #PAUSE_MILLIS} ms. Thread-safe.
 */
final class RoleWatch implements AutoCloseable {

    /** A server that is now another thing than it was. */
    record Change(long nanos, int port, boolean primary) {}

    private static final long PAUSE_MILLIS = 25;
    private static final Duration LIMIT = Duration.ofMillis(250);

    private final Admin admin;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private volatile boolean closed;

    RoleWatch(Admin admin, List<EmbeddedRedis> servers) {
        this.admin = admin;
        for (EmbeddedRedis server : servers) {
            Thread thread = new Thread(() -> watch(server), "roles-" + server.port());
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Those after a time of {@link System#nanoTime()}, in order of time. */
    synchronized List<Change> since(long nanos) {
        return changes.stream().filter(change -> change.nanos - nanos >= 0).toList();
    }

    private void watch(EmbeddedRedis server) {
        View last = null;
        StatefulRedisConnection<String, String> connection = null;
        try {
            while (!closed) {
                try {
                    if (connection == null || !connection.isOpen()) {
                        connection = admin.connect(server, LIMIT);
                    }
                    View view = View.of(connection);
                    if (last != null) {
                        compare(server, last, view);
                    }
                    last = view;
                } catch (RedisException e) {
                    // Paused or down. It is as it was when it answers again, or another one.
                    connection = closed(connection);
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            // Closed.
            return;
        } finally {
            closed(connection);
        }
    }

    private static @Nullable StatefulRedisConnection<String, String> closed(
            @Nullable StatefulRedisConnection<String, String> connection) {
        if (connection != null) {
            connection.closeAsync();
        }
        return null;
    }

    /** One that was restarted has no clients that could be misled by what it was. */
    private synchronized void compare(EmbeddedRedis server, View last, View view) {
        if (view.primary != last.primary && view.runId.equals(last.runId)) {
            changes.add(new Change(System.nanoTime(), server.port(), view.primary));
        }
    }

    private record View(String runId, boolean primary) {

        static View of(StatefulRedisConnection<String, String> connection) {
            Optional<String> runId = Admin.field(connection.sync().info("server"), "run_id");
            Optional<String> role = Admin.field(connection.sync().info("replication"), "role");
            return new View(runId.orElse(""), role.orElse("").equals("master"));
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
