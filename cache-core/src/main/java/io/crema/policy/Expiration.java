package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How long a value is fresh, counted from when it was loaded or put.
 *
 * @param fresh the time to live, in both tiers; in this process {@link Near#timeToLive} may end it sooner
 * @param jitter the largest share by which each value's time is shortened at random, from 0 to 0.5, so that values that
 *     came together do not expire together; that of cached nulls too, but no time that was given with a value
 */
public record Expiration(Duration fresh, double jitter) implements Policy {

    public Expiration {
        Objects.requireNonNull(fresh, "fresh");
    }

    /** Fresh for so long, without jitter. */
    public static Expiration fresh(Duration fresh) {
        return new Expiration(fresh, 0);
    }

    /** The same with each value's time shortened at random by up to that share. */
    public Expiration jitter(double jitter) {
        return new Expiration(fresh, jitter);
    }

    @Override
    public List<String> faults() {
        return Faults.of(Expiration.class)
                .duration("fresh", fresh)
                .unless(jitter >= 0 && jitter <= 0.5, "jitter must be from 0 to 0.5, but is " + jitter)
                .list();
    }
}
