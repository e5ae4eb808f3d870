package io.crema.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The PostgreSQL server of a run, and how its forks reach it. */
final class Database {

    /** Set by the runner in each fork. */
    static final String URL_PROPERTY = "bench.postgres";

    private static final String USER = "postgres";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /** What pools say at their start is of no use among numbers. Held here, for nobody else does. */
    private static final Logger LOG = Logger.getLogger("com.zaxxer.hikari");

    static {
        LOG.setLevel(Level.WARNING);
    }

    private Database() {}

    /** A server that keeps what it has confirmed, as one that counts does. */
    static EmbeddedPostgres start() throws IOException {
        return EmbeddedPostgres.builder()
                .setPGStartupWait(START_LIMIT)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start();
    }

    static String url(EmbeddedPostgres postgres) {
        return postgres.getJdbcUrl(USER, USER);
    }

    /** A pool of as many connections, all of them made. */
    static HikariDataSource pool(int connections) {
        HikariConfig settings = new HikariConfig();
        settings.setJdbcUrl(Objects.requireNonNull(
                System.getProperty(URL_PROPERTY), "-D" + URL_PROPERTY + " is missing: start Benchmarks instead"));
        settings.setMaximumPoolSize(connections);
        return new HikariDataSource(settings);
    }
}
