package io.crema;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value and what the cache knows about it, at one moment.
 *
 * @param value the value; null for a cached null
 * @param tier where it was found
 * @param age time since it was loaded or put
 * @param freshFor freshness left; zero when it is stale, or could not be shown to be within the staleness bound
 */
public record CacheEntry<V>(@Nullable V value, Tier tier, Duration age, Duration freshFor) {

    public CacheEntry {
        Objects.requireNonNull(tier, "tier");
        Objects.requireNonNull(age, "age");
        Objects.requireNonNull(freshFor, "freshFor");
    }

    /** Whether the time to live is over, or the value may be older than the staleness bound. */
    public boolean isStale() {
        return freshFor.isZero() || freshFor.isNegative();
    }
}
