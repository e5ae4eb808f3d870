package io.crema.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether it is remembered that the origin has no value.
 *
 * @param fresh for how long; null = nulls are not cached
 */
public record NullCaching(@Nullable Duration fresh) {

    private static final NullCaching OFF = new NullCaching(null);

    public NullCaching {
        if (fresh != null) {
            Durations.requirePositive("fresh", fresh);
        }
    }

    /** Nulls are cached for that long. */
    public static NullCaching cachedFor(Duration fresh) {
        Durations.requirePositive("fresh", fresh);
        return new NullCaching(fresh);
    }

    /** Nulls are not cached: a load that gives null is repeated by the next read, and putting null is an error. */
    public static NullCaching off() {
        return OFF;
    }
}
