package io.crema.policy;

import java.time.Duration;
import java.util.Objects;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The tier in this process: how much it holds and for how long.
 *
 * @param bound what bounds it
 * @param maximum the most entries, or the most weight; 0 without a near tier
 * @param weigher what an entry weighs (key, value; the value of a cached null is null); only with {@link Bound#WEIGHT}
 * @param timeToLive the longest time that an entry stays after it came, at most; its freshness may end before
 * @param timeToIdle the longest time that an entry stays unread; null = as long as it lives
 */
public record Near(
        Bound bound,
        long maximum,
        @Nullable ToIntBiFunction<Object, @Nullable Object> weigher,
        Duration timeToLive,
        @Nullable Duration timeToIdle) {

    /**
     * An entry is looked at anew in the remote tier after this time, whatever its freshness. Without a remote tier it is
     * gone then: set {@link #expireAfter} to keep it longer.
     */
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
        Durations.requirePositive("timeToLive", timeToLive);
        if (timeToIdle != null) {
            Durations.requirePositive("timeToIdle", timeToIdle);
        }
        if (bound != Bound.NONE && maximum < 1) {
            throw new IllegalArgumentException("The near tier must hold at least 1, but maximum is " + maximum
                    + "; use Near.none() for a cache without a near tier");
        }
        if ((bound == Bound.WEIGHT) != (weigher != null)) {
            throw new IllegalArgumentException("A weigher is needed with a bound by weight, and only there");
        }
    }

    /** At most that many entries. */
    public static Near entries(long maximum) {
        return new Near(Bound.ENTRIES, maximum, null, DEFAULT_TIME_TO_LIVE, null);
    }

    /**
     * At most that much weight in all.
     *
     * @param weigher what an entry weighs, not negative; called on the thread that installs it, must not block
     */
    @SuppressWarnings("unchecked")
    public static <K, V> Near weight(long maximum, ToIntBiFunction<? super K, ? super @Nullable V> weigher) {
        Objects.requireNonNull(weigher, "weigher");
        return new Near(
                Bound.WEIGHT,
                maximum,
                (key, value) -> ((ToIntBiFunction<Object, @Nullable Object>) weigher).applyAsInt(key, value),
                DEFAULT_TIME_TO_LIVE,
                null);
    }

    /** No near tier: every read asks the remote tier. */
    public static Near none() {
        return new Near(Bound.NONE, 0, null, DEFAULT_TIME_TO_LIVE, null);
    }

    public Near expireAfter(Duration timeToLive) {
        return new Near(bound, maximum, weigher, timeToLive, timeToIdle);
    }

    public Near expireAfterIdle(Duration timeToIdle) {
        return new Near(bound, maximum, weigher, timeToLive, Objects.requireNonNull(timeToIdle, "timeToIdle"));
    }
}
