package io.crema;

import io.crema.internal.entry.TagNames;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Options of one put, which override those of the cache. Immutable. */
public final class EntryOptions {

    private static final EntryOptions DEFAULTS = new EntryOptions(null, OptionalInt.empty(), List.of(), 0);

    /** As for the times of policies. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final @Nullable Duration timeToLive;
    private final OptionalInt weight;
    private final List<String> tags;
    private final long originVersion;

    private EntryOptions(@Nullable Duration timeToLive, OptionalInt weight, List<String> tags, long originVersion) {
        this.timeToLive = timeToLive;
        this.weight = weight;
        this.tags = tags;
        this.originVersion = originVersion;
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
        return new EntryOptions(timeToLive, weight, tags, originVersion);
    }

    /** What the entry weighs in this instance instead of what the weigher says; not negative. */
    public EntryOptions weight(int weight) {
        if (weight < 0) {
            throw new IllegalArgumentException("weight must not be negative, but is " + weight);
        }
        return new EntryOptions(timeToLive, OptionalInt.of(weight), tags, originVersion);
    }

    /** As {@link #tags(Collection)}. */
    public EntryOptions tags(String... tags) {
        return tags(Arrays.asList(tags));
    }

    /**
     * Tags by which {@link TieredCache#invalidateTag} invalidates the entry; they replace those given before. At most 64,
     * each of 1 to 255 bytes in UTF-8.
     *
     * @throws IllegalArgumentException if one is not, or there are more
     */
    public EntryOptions tags(Collection<String> tags) {
        return new EntryOptions(timeToLive, weight, TagNames.requireTags(tags), originVersion);
    }

    /**
     * The version that the origin gives the value: a number that only grows, a row version for instance. The remote tier
     * then refuses a value that is older than one it knows of, whatever the order in which they come. Unsigned: negative
     * numbers are above the positive ones.
     *
     * @throws IllegalArgumentException if it is 0, which means that there is none
     */
    public EntryOptions originVersion(long version) {
        if (version == 0) {
            throw new IllegalArgumentException("originVersion must not be 0; leave it out where there is none");
        }
        return new EntryOptions(timeToLive, weight, tags, version);
    }

    /** The time to live; null = as the cache has it. */
    public @Nullable Duration timeToLive() {
        return timeToLive;
    }

    /** The weight in this instance; empty = as the weigher says. */
    public OptionalInt weight() {
        return weight;
    }

    /** The tags, each once; immutable. */
    public List<String> tags() {
        return tags;
    }

    /** The origin's version, unsigned; 0 = none. */
    public long originVersion() {
        return originVersion;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EntryOptions options
                && Objects.equals(timeToLive, options.timeToLive)
                && weight.equals(options.weight)
                && tags.equals(options.tags)
                && originVersion == options.originVersion;
    }

    @Override
    public int hashCode() {
        return Objects.hash(timeToLive, weight, tags, originVersion);
    }

    @Override
    public String toString() {
        return "EntryOptions[timeToLive=" + timeToLive + ", weight=" + weight + ", tags=" + tags + ", originVersion="
                + Long.toUnsignedString(originVersion) + "]";
    }
}
