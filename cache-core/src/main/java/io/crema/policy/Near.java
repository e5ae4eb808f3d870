package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The tier in this process: how much it holds and for how long.
 *
 * @param bound what bounds it
 * @param maximum the most entries, or the most weight; 0 without a near tier
 * @param weigher what an entry weighs (key, value; the value of a cached null is null); only with {@link Bound#WEIGHT}
 * @param timeToLive the longest time that an entry stays after it came; its freshness may end before. null = {@link
 *     #DEFAULT_TIME_TO_LIVE} where there is a remote tier, else as long as it is fresh
 * @param timeToIdle the longest time that an entry stays unread; null = as long as it lives
 */
public record Near(
        Bound bound,
        long maximum,
        @Nullable ToIntBiFunction<Object, @Nullable Object> weigher,
        @Nullable Duration timeToLive,
        @Nullable Duration timeToIdle)
        implements Policy {

    /** After this time an entry is looked at anew in the remote tier, whatever its freshness. */
    public static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofMinutes(10);

    /** What bounds the near tier. */
    public enum Bound {
        ENTRIES,
        WEIGHT,
        /** There is no near tier. */
        NONE
    }

    public Near {
        Objects.requireNonNull(bound, "bound");
    }

    /** At most that many entries. */
    public static Near entries(long maximum) {
        return new Near(Bound.ENTRIES, maximum, null, null, null);
    }

    /**
     * At most that much weight in all.
     *
     * @param weigher what an entry weighs, not negative; called on the thread that installs it, must not block
     */
    @SuppressWarnings("unchecked")
    public static <K, V> Near weight(long maximum, ToIntBiFunction<? super K, ? super @Nullable V> weigher) {
        Objects.requireNonNull(weigher, "weigher");
        return new Near(Bound.WEIGHT, maximum, (ToIntBiFunction<Object, @Nullable Object>) weigher, null, null);
    }

    /** No near tier: every read asks the remote tier. */
    public static Near none() {
        return new Near(Bound.NONE, 0, null, null, null);
    }

    public Near expireAfter(Duration timeToLive) {
        return new Near(bound, maximum, weigher, Objects.requireNonNull(timeToLive, "timeToLive"), timeToIdle);
    }

    public Near expireAfterIdle(Duration timeToIdle) {
        return new Near(bound, maximum, weigher, timeToLive, Objects.requireNonNull(timeToIdle, "timeToIdle"));
    }

    @Override
    public List<String> faults() {
        return Faults.of(Near.class)
                .unless(
                        bound == Bound.NONE || maximum >= 1,
                        "it must hold at least 1, but maximum is " + maximum
                                + "; use Near.none() for a cache without a near tier")
                .unless(
                        (bound == Bound.WEIGHT) == (weigher != null),
                        "a weigher is needed with a bound by weight, and only there")
                .duration("timeToLive", timeToLive)
                .duration("timeToIdle", timeToIdle)
                .list();
    }
}
