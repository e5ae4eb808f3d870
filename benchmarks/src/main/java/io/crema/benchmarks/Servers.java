package io.crema.benchmarks;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the servers of a run are.
 *
 * @param databaseUrl null if no suite of the run needs one
 */
record Servers(String redisUri, @Nullable String databaseUrl) {

    /** What tells a fork. */
    List<String> properties() {
        String redis = "-D" + Server.URI_PROPERTY + "=" + redisUri;
        return databaseUrl == null ? List.of(redis) : List.of(redis, "-D" + Database.URL_PROPERTY + "=" + databaseUrl);
    }
}
