package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a value that is not fresh any more is good for when the origin fails: it is kept as a reserve in both tiers and
 * served instead of the failure, which {@link io.crema.CacheEntry#isStale()} tells. A load fails by throwing, by its hard
 * timeout, by rejection, or because another instance's load of the key failed a moment ago. Meanwhile the origin is asked
 * again from time to time, by one caller of one instance.
 *
 * <p>What was invalidated is no reserve; what was expired by a call is one. An {@link Error} of a loader reaches its caller all
 * the same.
 *
 * @param limit the greatest age, counted from when the value was loaded or put, whatever happens since
 * @param retry how long the origin is left alone after each failure, by all callers of all instances
 */
public record StaleOnError(Duration limit, Backoff retry) implements Policy {

    private static final Backoff RETRY = Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(30));

    public StaleOnError {
        Objects.requireNonNull(limit, "limit");
        Objects.requireNonNull(retry, "retry");
    }

    /** Up to that age; the origin is asked again after 1 s, then after twice as long each time, up to 30 s. */
    public static StaleOnError upTo(Duration limit) {
        return new StaleOnError(limit, RETRY);
    }

    /** The origin is asked again that long after each failure. */
    public StaleOnError retryEvery(Duration wait) {
        return retry(Backoff.every(wait));
    }

    /** The origin is asked again after those waits. */
    public StaleOnError retry(Backoff retry) {
        return new StaleOnError(limit, retry);
    }

    @Override
    public List<String> faults() {
        return Faults.of(StaleOnError.class)
                .duration("limit", limit)
                .with(retry)
                .list();
    }
}
