package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A value whose freshness is over for no longer than this is served at once, while one instance loads it anew behind the
 * readers. It is marked as stale; one that was invalidated, or expired by a call, is not served so.
 *
 * <p>When very many values become stale at once, loading them anew must not take the processors from their readers: in one
 * instance at most 64 values of a cache are loaded so at a time, and 300 begin a second for each processor, after 16 at
 * once; the others stay stale meanwhile. A value for which half of the limit is over does not wait for the others.
 *
 * @param limit how long after the end of freshness, from 1 ms
 */
public record StaleWhileRevalidate(Duration limit) implements Policy {

    public StaleWhileRevalidate {
        Objects.requireNonNull(limit, "limit");
    }

    /** Served up to that long after the end of freshness. */
    public static StaleWhileRevalidate upTo(Duration limit) {
        return new StaleWhileRevalidate(limit);
    }

    @Override
    public List<String> faults() {
        return Faults.of(StaleWhileRevalidate.class).duration("limit", limit).list();
    }
}
