package io.crema;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Options of one put, which override those of the cache. Immutable. */
public final class EntryOptions {

    private static final EntryOptions DEFAULTS = new EntryOptions(null, OptionalInt.empty());

    /** As for the times of policies. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final @Nullable Duration timeToLive;
    private final OptionalInt weight;

    private EntryOptions(@Nullable Duration timeToLive, OptionalInt weight) {
        this.timeToLive = timeToLive;
        this.weight = weight;
    }

    /** Everything as the cache has it. */
    public static EntryOptions defaults() {
        return DEFAULTS;
    }

    /** How long the value is fresh instead of the cache's expiration; 1 ms to 36,500 days, no jitter is applied. */
    public EntryOptions timeToLive(Duration timeToLive) {
        Objects.requireNonNull(timeToLive, "timeToLive");
        if (timeToLive.compareTo(Duration.ofMillis(1)) < 0 || timeToLive.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "timeToLive must be from 1 ms to " + LONGEST.toDays() + " days, but is " + timeToLive);
        }
        return new EntryOptions(timeToLive, weight);
    }

    /** What the entry weighs in this instance instead of what the weigher says; not negative. */
    public EntryOptions weight(int weight) {
        if (weight < 0) {
            throw new IllegalArgumentException("weight must not be negative, but is " + weight);
        }
        return new EntryOptions(timeToLive, OptionalInt.of(weight));
    }

    /** The time to live; null = as the cache has it. */
    public @Nullable Duration timeToLive() {
        return timeToLive;
    }

    /** The weight in this instance; empty = as the weigher says. */
    public OptionalInt weight() {
        return weight;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EntryOptions options
                && Objects.equals(timeToLive, options.timeToLive)
                && weight.equals(options.weight);
    }

    @Override
    public int hashCode() {
        return Objects.hash(timeToLive, weight);
    }

    @Override
    public String toString() {
        return "EntryOptions[timeToLive=" + timeToLive + ", weight=" + weight + "]";
    }
}
