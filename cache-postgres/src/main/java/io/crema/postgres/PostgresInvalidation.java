package io.crema.postgres;

import io.crema.postgres.internal.PostgresSource;
import io.crema.postgres.internal.Script;
import io.crema.postgres.internal.bus.PostgresBus;
import io.crema.postgres.internal.bus.PostgresCache;
import io.crema.postgres.internal.bus.Writer;
import io.crema.spi.CacheTerms;
import io.crema.spi.Guarantee;
import io.crema.spi.InvalidationBus;
import io.crema.spi.Limits;
import io.crema.spi.Opening;
import io.crema.spi.RemoteTier;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A remote tier that stores nothing and carries invalidations, over PostgreSQL's LISTEN and NOTIFY: near tiers of
 * several instances stay coherent where there is no Redis, within the same bound.
 *
 * <pre>{@code
 * Crema crema = Crema.builder()
 *     .remote(PostgresInvalidation.connect("jdbc:postgresql://db/shop", user, password))
 *     .build();
 * }</pre>
 *
 * <p>The tables and functions of {@link #schemaSql()} must be there, on the search path of the connections. Each object
 * holds two connections, one that listens and one that writes, each with a thread, and makes them again after each loss.
 * An invalidation is one transaction, so some hundred to some thousand can be sent in a second. Caches need no codec for
 * values; a put invalidates the key everywhere and keeps the value here; putIfAbsent and quarantines are
 * refused.
 *
 * <p>Thread-safe. Futures complete on the threads of this tier, which dependents must not block.
 */
public final class PostgresInvalidation implements RemoteTier {

    private static final int MAX_KEY_BYTES = 5_000;
    private static final int MAX_PARTITIONS = 128;

    private final PostgresSource source;
    private final String namespace;
    private final int partitions;
    private final Limits limits;
    private final Duration timeLimit;
    private final Writer writer;
    private final PostgresBus bus;
    private final Map<String, PostgresCache> caches = new ConcurrentHashMap<>();

    private PostgresInvalidation(Builder builder) {
        source = builder.source;
        namespace = builder.namespace;
        partitions = builder.partitions;
        limits = new Limits(builder.maxKeyBytes, Integer.MAX_VALUE);
        timeLimit = builder.timeLimit;
        writer = new Writer(source);
        bus = new PostgresBus(source, writer, namespace, this::partitionsOf);
    }

    /**
     * With the defaults, over connections of its own, which have time limits of 5 s.
     *
     * @throws IllegalArgumentException if it is not a URL of PostgreSQL
     */
    public static PostgresInvalidation connect(String jdbcUrl, String user, @Nullable String password) {
        return builder(jdbcUrl, user, password).build();
    }

    /** As {@link #connect}, with settings. */
    public static Builder builder(String jdbcUrl, String user, @Nullable String password) {
        return new Builder(PostgresSource.of(jdbcUrl, user, password));
    }

    /**
     * Over connections of a data source, whose own time limits decide how long connecting may take. A pool never gets
     * them back; it must not be a proxy that shares sessions, as PgBouncer in transaction mode.
     */
    public static Builder builder(DataSource dataSource) {
        return new Builder(PostgresSource.of(dataSource));
    }

    /** The SQL script with tables and functions, as in {@code invalidation.sql} beside this class. It may be run again. */
    public static String schemaSql() {
        return Script.read(PostgresInvalidation.class, "invalidation.sql");
    }

    @Override
    public boolean storesValues() {
        return false;
    }

    /** There is none for values, which are not stored. */
    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public Duration timeLimit() {
        return timeLimit;
    }

    @Override
    public CompletableFuture<Guarantee> guarantee() {
        return writer.submit(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(
                            "SELECT current_setting('server_version'), pg_is_in_recovery(), current_setting('fsync')")) {
                rows.next();
                return guarantee(rows.getString(1), rows.getBoolean(2), rows.getString(3));
            }
        });
    }

    private static Guarantee guarantee(String version, boolean standby, String fsync) {
        List<String> warnings = new ArrayList<>();
        if (standby) {
            warnings.add("the server is a standby, which carries no notifications: name the primary");
        }
        if (fsync.equals("off")) {
            warnings.add("fsync is off, so a crash of the machine may take back invalidations: set it on");
        }
        return new Guarantee(!standby, "LISTEN/NOTIFY of PostgreSQL " + version, warnings);
    }

    @Override
    public CompletableFuture<Opening> open(CacheTerms terms) {
        return writer.submit(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT key_format, partitions FROM crema_open(?, ?, ?, ?)")) {
                statement.setString(1, namespace);
                statement.setString(2, terms.cache());
                statement.setString(3, terms.keyFormat());
                statement.setInt(4, partitions);
                try (ResultSet rows = statement.executeQuery()) {
                    return opening(terms, rows);
                }
            }
        });
    }

    private Opening opening(CacheTerms terms, ResultSet rows) throws SQLException {
        rows.next();
        String format = rows.getString(1);
        if (!terms.keyFormat().equals(format)) {
            return new Opening.Refused("the keys of '" + terms.cache() + "' are of the format '" + terms.keyFormat()
                    + "' here, but '" + format
                    + "' in table crema_cache of " + source + ", namespace '" + namespace
                    + "'; use one key codec in all instances, or another name or namespace");
        }
        PostgresCache cache = new PostgresCache(writer, namespace, terms.cache(), rows.getInt(2));
        PostgresCache before = caches.putIfAbsent(terms.cache(), cache);
        return new Opening.Agreed(before == null ? cache : before);
    }

    private Integer partitionsOf(String cache) {
        PostgresCache opened = caches.get(cache);
        return opened == null ? 0 : opened.partitions();
    }

    @Override
    public InvalidationBus invalidations() {
        return bus;
    }

    @Override
    public void close() {
        bus.close();
        writer.close();
    }

    @Override
    public String toString() {
        return source.toString();
    }

    /** Settings of a {@link PostgresInvalidation}. Not thread-safe. */
    public static final class Builder {

        private final PostgresSource source;
        private String namespace = "crema";
        private int partitions = 16;
        private int maxKeyBytes = 1024;
        private Duration timeLimit = Duration.ofSeconds(1);

        private Builder(PostgresSource source) {
            this.source = source;
        }

        /**
         * Keeps services apart that share a database; {@code crema} if not set.
         *
         * @throws IllegalArgumentException if it is not 1 to 40 letters, digits, dots, hyphens and underscores of ASCII
         */
        public Builder namespace(String name) {
            if (!name.matches("[A-Za-z0-9._-]{1,40}")) {
                throw new IllegalArgumentException("The namespace must have 1 to 40 letters, digits, dots, hyphens and"
                        + " underscores, but is '" + name + "'");
            }
            namespace = name;
            return this;
        }

        /**
         * Into how many partitions a cache is split that nobody has opened yet, 1 to 128; 16 if not set. Invalidations of
         * one partition wait for each other's commit.
         */
        public Builder partitions(int count) {
            if (count < 1 || count > MAX_PARTITIONS) {
                throw new IllegalArgumentException("Partitions must be 1 to " + MAX_PARTITIONS + ", but are " + count);
            }
            partitions = count;
            return this;
        }

        /** The longest serialized key, 1 to 5,000 bytes; 1 KiB if not set. */
        public Builder maxKeyBytes(int bytes) {
            if (bytes < 1 || bytes > MAX_KEY_BYTES) {
                throw new IllegalArgumentException(
                        "Keys must be limited to 1 to " + MAX_KEY_BYTES + " bytes, but the limit is " + bytes);
            }
            maxKeyBytes = bytes;
            return this;
        }

        /** How long one operation may take, 10 ms to 1 minute; 1 s if not set. */
        public Builder timeLimit(Duration limit) {
            if (limit.compareTo(Duration.ofMillis(10)) < 0 || limit.compareTo(Duration.ofMinutes(1)) > 0) {
                throw new IllegalArgumentException("The time limit must be from 10 ms to 1 minute, but is " + limit);
            }
            timeLimit = limit;
            return this;
        }

        /** Starts the threads, which connect when they are needed, and returns at once. */
        public PostgresInvalidation build() {
            return new PostgresInvalidation(this);
        }
    }
}
