package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A value whose freshness is over for no longer than this is served at once, while one instance loads it anew behind the
 * readers. It is marked as stale; one that was invalidated, or expired by a call, is not served so.
 *
 * <p>At most 64 values of a cache are loaded anew behind the readers at a time in one instance; others stay stale meanwhile.
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
