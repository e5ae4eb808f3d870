package io.crema.postgres;

import io.crema.TieredCache;
import io.crema.postgres.internal.PostgresSource;
import io.crema.postgres.internal.Script;
import io.crema.postgres.internal.changes.ChangeListener;
import io.crema.postgres.internal.changes.Feed;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Turns changes that other programs commit to PostgreSQL tables into invalidations of caches.
 *
 * <p>Triggers notify; their function is in {@link #triggerSql()}, to be installed once:
 *
 * <pre>{@code
 * CREATE TRIGGER product_changed AFTER INSERT OR UPDATE OR DELETE ON product
 *     FOR EACH ROW EXECUTE FUNCTION crema_changed('products', 'id');
 * CREATE TRIGGER product_truncated AFTER TRUNCATE ON product
 *     FOR EACH STATEMENT EXECUTE FUNCTION crema_changed('products');
 * }</pre>
 *
 * <p>Each instance of the service listens:
 *
 * <pre>{@code
 * PostgresChanges changes = PostgresChanges.listen("jdbc:postgresql://db/shop", user, password)
 *     .namespace("shop")
 *     .on("products", products, Long::valueOf)
 *     .start();
 * }</pre>
 *
 * <p>Guarantee: as long as one instance listens, a committed change is invalidated, normally within a network delay, and
 * within about 7 s if the instance that forwards stops, vanishes or cannot reach the remote tier. After a time in which
 * no instance listened (all connections lost, none running), the caches are cleared, since nobody can know what was
 * changed. The order of changes is that of their commits.
 *
 * <p>One of the instances forwards, so that the remote tier gets each invalidation once; the others stand by. It holds
 * one connection and one daemon thread, and connects again by itself. Caches that have no remote tier need
 * {@link Builder#everyInstance()}. Thread-safe. To be closed before the {@code Crema} of its caches.
 */
public final class PostgresChanges implements AutoCloseable {

    private static final long CLOSE_MILLIS = TimeUnit.SECONDS.toMillis(2);

    private final ChangeListener listener;
    private final Thread thread;

    private PostgresChanges(ChangeListener listener) {
        this.listener = listener;
        thread = new Thread(listener, "crema-postgres-changes");
        thread.setDaemon(true);
    }

    /**
     * Over connections of a data source, whose own time limits decide how long connecting may take. A pool is asked for
     * one connection, which it never gets back; it must not be a proxy that shares sessions, as PgBouncer in transaction
     * mode.
     */
    public static Builder listen(DataSource dataSource) {
        return new Builder(PostgresSource.of(dataSource));
    }

    /**
     * Over connections of its own, with time limits of 5 s for connecting and for each answer.
     *
     * @throws IllegalArgumentException if it is not a URL of PostgreSQL
     */
    public static Builder listen(String jdbcUrl, String user, @Nullable String password) {
        return new Builder(PostgresSource.of(jdbcUrl, user, password));
    }

    /** The SQL script with the triggers' function, as in {@code changes.sql} beside this class. */
    public static String triggerSql() {
        return Script.read(PostgresChanges.class, "changes.sql");
    }

    /** Whether this instance listens now; not so while the connection is lost. */
    public boolean isListening() {
        return listener.isConnected();
    }

    /** Whether this instance, now, is the one that forwards changes to the caches. */
    public boolean isForwarding() {
        return listener.isForwarding();
    }

    /** Ends the connection and the thread; waits for an invalidation that is under way. Idempotent. */
    @Override
    public void close() {
        listener.close();
        try {
            thread.join(CLOSE_MILLIS);
            if (thread.isAlive()) {
                listener.abort();
            }
        } catch (InterruptedException e) {
            listener.abort();
            Thread.currentThread().interrupt();
        }
    }

    /** Says what to listen for. Not thread-safe. */
    public static final class Builder {

        private final PostgresSource source;
        private final Map<String, Feed<?>> feeds = new LinkedHashMap<>();
        private String namespace = "crema";
        private boolean everyInstance;

        private Builder(PostgresSource source) {
            this.source = source;
        }

        /**
         * Names the service: of those instances that have the same namespace and feed the same names, one forwards. As
         * that of the remote tier; {@code crema} if not set.
         */
        public Builder namespace(String name) {
            namespace = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Every instance applies each change, none stands by: for caches without a remote tier. After a lost connection
         * the instance clears its own caches.
         */
        public Builder everyInstance() {
            everyInstance = true;
            return this;
        }

        /**
         * Feeds a cache.
         *
         * @param name what triggers call it, usually the cache's name
         * @param cache the cache to invalidate
         * @param keyMapper turns the text of the key column, as PostgreSQL writes it, into a key; never null. If it
         *     throws, the whole cache is cleared. Called on the listener's thread; must not block
         * @throws IllegalArgumentException if the name is empty or taken
         */
        public <K> Builder on(String name, TieredCache<K, ?> cache, Function<String, ? extends K> keyMapper) {
            if (name.isEmpty() || feeds.putIfAbsent(name, new Feed<>(name, cache, keyMapper)) != null) {
                throw new IllegalArgumentException("A feed needs a name of its own, but it is '" + name + "'");
            }
            return this;
        }

        /**
         * Starts to connect, in the background, and returns at once.
         *
         * @throws IllegalStateException if nothing is fed
         */
        public PostgresChanges start() {
            if (feeds.isEmpty()) {
                throw new IllegalStateException("There is no cache to feed; name one with on(..)");
            }
            String group = everyInstance ? null : namespace + "\n" + String.join("\n", new TreeSet<>(feeds.keySet()));
            PostgresChanges changes = new PostgresChanges(new ChangeListener(source, feeds, group));
            changes.thread.start();
            return changes;
        }
    }
}
