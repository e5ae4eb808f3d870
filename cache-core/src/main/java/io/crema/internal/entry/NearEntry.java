package io.crema.internal.entry;

import io.crema.internal.coherence.EntryTags;
import io.crema.internal.coherence.Partition;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A value as this process holds it. Immutable but for the moment of its refresh; times are nanoseconds of the instance's
 * clock.
 */
public final class NearEntry<V> {

    /** A deadline that says that the value was expired by a call. */
    private static final long EXPIRED = Long.MIN_VALUE;

    private static final VarHandle REFRESH_AT;

    static {
        try {
            REFRESH_AT = MethodHandles.lookup().findVarHandle(NearEntry.class, "refreshAt", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

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

    /** It may be served as a reserve until then; not before {@link #freshUntil}. */
    public final long keepUntil;

    /** What it weighs; not negative. */
    public final int weight;

    /** Null for an entry without tags, as most are. */
    public final @Nullable EntryTags tags;

    /** The origin's version, unsigned; 0 = none. */
    public final long originVersion;

    /** A read after that moment loads it anew behind itself; whoever begins that moves the moment on. */
    private long refreshAt;

    /** Without reserve, refresh, tags and origin version. */
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
        this(
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
                freshUntil,
                Long.MAX_VALUE,
                weight,
                null,
                0);
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
            long keepUntil,
            long refreshAt,
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
        this.keepUntil = keepUntil;
        this.refreshAt = refreshAt;
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
                keepUntil,
                refreshAt,
                weight,
                tags,
                originVersion);
    }

    /** The same with a time as a reserve, and a moment to be loaded anew. */
    public NearEntry<V> kept(long newKeepUntil, long newRefreshAt) {
        return newKeepUntil == keepUntil && newRefreshAt == refreshAt
                ? this
                : with(newKeepUntil, newRefreshAt, tags, originVersion);
    }

    /** The same with the versions of its tags. */
    public NearEntry<V> tagged(EntryTags newTags) {
        return with(keepUntil, refreshAt, newTags, originVersion);
    }

    /** The same with the origin's version. */
    public NearEntry<V> versioned(long newOriginVersion) {
        return newOriginVersion == originVersion ? this : with(keepUntil, refreshAt, tags, newOriginVersion);
    }

    private NearEntry<V> with(
            long newKeepUntil, long newRefreshAt, @Nullable EntryTags newTags, long newOriginVersion) {
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
                newKeepUntil,
                newRefreshAt,
                weight,
                newTags,
                newOriginVersion);
    }

    /** The same as a reserve, which may not be served any more. */
    public NearEntry<V> expired() {
        return storedAs(stamp, loadedAt, token, EXPIRED);
    }

    /** Whether it was expired by a call, which its time to live knows nothing of. */
    public boolean isExpired() {
        return deadline == EXPIRED;
    }

    /** When a read should load it anew behind itself. Read by hits, so without order; that some see it late does no harm. */
    public long refreshAt() {
        return refreshAt;
    }

    /** Whether a read should do so now: at its moment, or when it may not be served any more. */
    public boolean isDue(long now) {
        return now >= Math.min(refreshAt, deadline) && (now >= refreshAt || refreshAt == Long.MAX_VALUE);
    }

    /** Moves the moment on, if it has come and nobody else has moved it. Returns whether the caller is to load. */
    public boolean claimRefresh(long now, long next) {
        long seen = (long) REFRESH_AT.getVolatile(this);
        return isDue(now) && REFRESH_AT.compareAndSet(this, seen, next);
    }

    /** Moves the moment further away; one that is not refreshed ahead gets none before it is stale. */
    public void postponeRefresh(long now, long nanos) {
        long seen = (long) REFRESH_AT.getVolatile(this);
        boolean has = seen != Long.MAX_VALUE;
        if ((has || now >= deadline) && !(has && seen >= now + nanos)) {
            boolean unused = REFRESH_AT.compareAndSet(this, seen, now + nanos);
        }
    }
}
