package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether it is remembered that the origin has no value.
 *
 * @param fresh for how long, less the jitter of {@link Expiration}; null = nulls are not cached
 */
public record NullCaching(@Nullable Duration fresh) implements Policy {

    private static final NullCaching OFF = new NullCaching(null);

    /** Nulls are cached for that long. */
    public static NullCaching cachedFor(Duration fresh) {
        return new NullCaching(Objects.requireNonNull(fresh, "fresh"));
    }

    /** Nulls are not cached: a load that gives null is repeated by the next read, and putting null is an error. */
    public static NullCaching off() {
        return OFF;
    }

    @Override
    public List<String> faults() {
        return Faults.of(NullCaching.class).duration("fresh", fresh).list();
    }
}
