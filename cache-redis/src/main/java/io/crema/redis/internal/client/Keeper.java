package io.crema.redis.internal.client;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.netty.util.concurrent.EventExecutorGroup;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection: makes it, and after each loss a new one, with delays of full jitter between 10 ms and 1 s.
 * A connection that does not get ready in time is given up like a lost one.
 *
 * <p>Thread-safe, never blocks.
 *
 * @param <S> what is kept for each connection that is ready
 */
public final class Keeper<S> {

    /** Makes connections and learns about them; called on I/O threads, for one connection at a time. */
    public interface Owner<S> {

        CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>> connect();

        /** Asks a new connection what has to be known of it. A failure gives it up. */
        CompletionStage<S> prepare(Link link);

        /** The connection is ready; {@link Keeper#current()} returns its session. */
        void onReady(S session);

        /** The connection that was ready is lost; everything under way on it has failed. */
        void onLost(S session);

        /** An attempt to connect, or to get ready, has failed; there will be another. */
        default void onFailed() {}
    }

    private static final Logger LOG = System.getLogger(Keeper.class.getName());
    private static final long LEAST_DELAY_MILLIS = 10;
    private static final long MOST_DELAY_MILLIS = 1_000;
    private static final int MOST_DOUBLINGS = 7;
    private static final long READY_LIMIT_MILLIS = 3_000;

    private final String server;
    private final EventExecutorGroup timer;
    private final Owner<S> owner;

    private final CompletableFuture<Void> firstAttempt = new CompletableFuture<>();
    private volatile @Nullable S current;
    private volatile boolean closed;
    /** Why there is no connection, in words; null if nobody knows. */
    private volatile @Nullable String reason;
    /** The connection being made ready or ready; guarded by this. */
    private @Nullable Link link;
    /** Attempts since a connection was last ready; guarded by this. */
    private int failures;

    public Keeper(String server, EventExecutorGroup timer, Owner<S> owner) {
        this.server = server;
        this.timer = timer;
        this.owner = owner;
    }

    /** Starts connecting. Called once. */
    public void start() {
        connect();
    }

    /** What belongs to the connection that is ready, null if none is. */
    public @Nullable S current() {
        return current;
    }

    /** Ends when the first connection is ready, or could not be made: until then nobody knows whether the server is there. */
    public CompletableFuture<Void> firstAttempt() {
        return firstAttempt.copy();
    }

    /** What a request fails with that finds no connection. */
    public RedisException notConnected() {
        if (closed) {
            return new RedisException("The connection to " + server + " was closed");
        }
        String why = reason;
        return new RedisException("Not connected to " + server + (why == null ? "" : ": " + why));
    }

    /** Drops the connection, if there is one, and makes a new one. */
    public void reset() {
        dropLink();
    }

    /** Drops the connection and makes no more. Idempotent. The future ends when the connection is closed. */
    public CompletableFuture<Void> close() {
        synchronized (this) {
            closed = true;
        }
        return dropLink();
    }

    private CompletableFuture<Void> dropLink() {
        Link dropped;
        synchronized (this) {
            dropped = link;
        }
        return dropped == null ? CompletableFuture.completedFuture(null) : dropped.drop();
    }

    private void connect() {
        if (closed) {
            return;
        }
        CompletionStage<? extends StatefulRedisConnection<byte[], byte[]>> connecting;
        try {
            connecting = owner.connect();
        } catch (RuntimeException e) {
            retry(e);
            return;
        }
        connecting.whenComplete((connection, failure) -> {
            if (connection == null) {
                retry(failure);
            } else {
                prepare(connection);
            }
        });
    }

    private void prepare(StatefulRedisConnection<byte[], byte[]> connection) {
        Attempt attempt = new Attempt();
        Link made = new Link(connection, server, () -> lost(attempt));
        boolean late;
        synchronized (this) {
            late = closed;
            link = made;
        }
        made.watch();
        if (late) {
            made.drop();
            return;
        }
        if (!schedule(READY_LIMIT_MILLIS, () -> giveUpUnlessReady(attempt, made))) {
            made.drop();
            return;
        }
        owner.prepare(made).whenComplete((session, failure) -> {
            if (session == null) {
                attempt.failure = failure;
                made.drop();
            } else {
                ready(attempt, made, session);
            }
        });
    }

    private void ready(Attempt attempt, Link made, S session) {
        boolean again;
        synchronized (this) {
            if (made.isLost()) {
                return;
            }
            attempt.session = session;
            current = session;
            again = failures > 0;
            failures = 0;
            reason = null;
        }
        LOG.log(again ? Level.INFO : Level.DEBUG, "Connected to {0}", server);
        owner.onReady(session);
        firstAttempt.complete(null);
    }

    private void giveUpUnlessReady(Attempt attempt, Link made) {
        synchronized (this) {
            if (attempt.session != null) {
                return;
            }
        }
        made.drop();
    }

    private void lost(Attempt attempt) {
        S session;
        synchronized (this) {
            session = attempt.session;
            current = null;
            link = null;
        }
        if (session != null) {
            owner.onLost(session);
        }
        retry(attempt.failure);
    }

    private void retry(@Nullable Throwable failure) {
        int doublings;
        synchronized (this) {
            doublings = Math.min(failures, MOST_DOUBLINGS);
            failures++;
            reason = failure == null ? null : advised(Refusal.root(failure).getMessage());
        }
        firstAttempt.complete(null);
        if (closed) {
            return;
        }
        owner.onFailed();
        LOG.log(
                doublings == 0 ? Level.WARNING : Level.DEBUG,
                "No connection to " + server + ", trying again" + (failure == null ? "" : ": " + reason(failure)));
        long most = Math.min(MOST_DELAY_MILLIS, LEAST_DELAY_MILLIS << doublings);
        schedule(ThreadLocalRandom.current().nextLong(LEAST_DELAY_MILLIS, most + 1), this::connect);
    }

    /** The failure, and what is at its root: a refused connection and a refused password look alike without it. */
    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause();
        Throwable outer = failure instanceof CompletionException && cause != null ? cause : failure;
        Throwable root = Refusal.root(outer);
        return (root == outer ? outer.toString() : outer + ", because of " + root) + Refusal.advice(root.getMessage());
    }

    private static @Nullable String advised(@Nullable String message) {
        return message == null ? null : message + Refusal.advice(message);
    }

    /** Returns false if the client has been shut down, by close or by its owner: then there is nothing more to do. */
    private boolean schedule(long delayMillis, Runnable task) {
        try {
            timer.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** What became of one connection. */
    private final class Attempt {
        private @Nullable S session;
        private volatile @Nullable Throwable failure;
    }
}
