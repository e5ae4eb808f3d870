package io.crema.internal.entry;

import io.crema.internal.coherence.EntryTags;
import io.crema.internal.coherence.Partition;
import org.jspecify.annotations.Nullable;

/**
 * A value as this process holds it. Immutable; times are nanoseconds of the instance's clock.
 */
public final class NearEntry<V> {

    /** The value; null for a cached null. */
    public final @Nullable V value;

    public final Partition partition;

    /** The partition's generation when the read or write that made this entry began; another one makes it suspect. */
    public final long generation;

    /** It may be served until then. */
    public final long deadline;

    /** The partition's clock when the value was stored. */
    public final long stamp;

    /** Server time of the load; orders values of one stamp. 0 if the value was never stored remotely. */
    public final long loadedAt;

    /** Identity of the stored record; 0 if the value was never stored remotely. */
    public final long token;

    /** When the read or write that made it began: whatever was invalidated before is reflected. */
    public final long asOf;

    public final long bornAt;
    public final long freshUntil;

    /** What it weighs; not negative. */
    public final int weight;

    /** Null for an entry without tags, as most are. */
    public final @Nullable EntryTags tags;

    /** The origin's version, unsigned; 0 = none. */
    public final long originVersion;

    /** Without tags and origin version. */
    public NearEntry(
            @Nullable V value,
            Partition partition,
            long generation,
            long deadline,
            long stamp,
            long loadedAt,
            long token,
            long asOf,
            long bornAt,
            long freshUntil,
            int weight) {
        this(value, partition, generation, deadline, stamp, loadedAt, token, asOf, bornAt, freshUntil, weight, null, 0);
    }

    private NearEntry(
            @Nullable V value,
            Partition partition,
            long generation,
            long deadline,
            long stamp,
            long loadedAt,
            long token,
            long asOf,
            long bornAt,
            long freshUntil,
            int weight,
            @Nullable EntryTags tags,
            long originVersion) {
        this.value = value;
        this.partition = partition;
        this.generation = generation;
        this.deadline = deadline;
        this.stamp = stamp;
        this.loadedAt = loadedAt;
        this.token = token;
        this.asOf = asOf;
        this.bornAt = bornAt;
        this.freshUntil = freshUntil;
        this.weight = weight;
        this.tags = tags;
        this.originVersion = originVersion;
    }

    /** The same value, once it is known under which stamp, load time and token it is stored, and how long it may stay. */
    public NearEntry<V> storedAs(long newStamp, long newLoadedAt, long newToken, long newDeadline) {
        return new NearEntry<>(
                value,
                partition,
                generation,
                newDeadline,
                newStamp,
                newLoadedAt,
                newToken,
                asOf,
                bornAt,
                freshUntil,
                weight,
                tags,
                originVersion);
    }

    /** The same with the versions of its tags. */
    public NearEntry<V> tagged(EntryTags newTags) {
        return new NearEntry<>(
                value,
                partition,
                generation,
                deadline,
                stamp,
                loadedAt,
                token,
                asOf,
                bornAt,
                freshUntil,
                weight,
                newTags,
                originVersion);
    }

    /** The same with the origin's version. */
    public NearEntry<V> versioned(long newOriginVersion) {
        if (newOriginVersion == originVersion) {
            return this;
        }
        return new NearEntry<>(
                value,
                partition,
                generation,
                deadline,
                stamp,
                loadedAt,
                token,
                asOf,
                bornAt,
                freshUntil,
                weight,
                tags,
                newOriginVersion);
    }

    /** The same as a reserve, which may not be served any more. */
    public NearEntry<V> expired() {
        return storedAs(stamp, loadedAt, token, Long.MIN_VALUE);
    }
}
