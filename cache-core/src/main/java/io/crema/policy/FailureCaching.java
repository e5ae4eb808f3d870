package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether the failure of a load is remembered: then reads of the key fail at once, in all instances, instead of asking an
 * origin that has just failed. An invalidation of the key ends it.
 *
 * @param time for how long; null = the next read asks the origin again
 */
public record FailureCaching(@Nullable Duration time) implements Policy {

    private static final FailureCaching OFF = new FailureCaching(null);

    /** Failures are remembered for that long; a second or so is usual. */
    public static FailureCaching cachedFor(Duration time) {
        return new FailureCaching(Objects.requireNonNull(time, "time"));
    }

    /** Failures are not remembered. */
    public static FailureCaching off() {
        return OFF;
    }

    @Override
    public List<String> faults() {
        return Faults.of(FailureCaching.class).duration("time", time).list();
    }
}
