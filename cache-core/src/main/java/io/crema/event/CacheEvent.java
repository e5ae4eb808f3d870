package io.crema.event;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a cache of this instance. Immutable, but for what it holds: a key is the caller's own
 * object, a failure the one that was thrown.
 *
 * <p>There are events of what is worth knowing one by one; what happens at every read is only counted
 * ({@link io.crema.CacheStats}). Another release may add kinds of events: a {@code switch} over them should have a
 * default.
 */
public sealed interface CacheEvent {

    /** The name of the cache. */
    String cache();

    /**
     * A loader gave a value, or said that there is none. A bulk load is one for each key.
     *
     * @param took time since the load began
     */
    record Loaded(String cache, Object key, Duration took) implements CacheEvent {}

    /**
     * A load failed, timed out or was rejected.
     *
     * @param took time since the load began
     * @param failure what the caller gets, or would if there were no reserve
     * @param failures how many in a row, as far as this instance knows
     */
    record LoadFailed(String cache, Object key, Duration took, Throwable failure, int failures) implements CacheEvent {}

    /**
     * A value was loaded anew behind its readers.
     *
     * @param took time since the load began
     */
    record Refreshed(String cache, Object key, Duration took) implements CacheEvent {}

    /**
     * A value could not be loaded anew behind its readers; it stays, until it is too old.
     *
     * @param took time since the load began
     * @param failure why
     * @param failures how many in a row, as far as this instance knows
     */
    record RefreshFailed(String cache, Object key, Duration took, Throwable failure, int failures)
            implements CacheEvent {}

    /**
     * A write behind the caller was not made, since the journal stayed full for as long as the policy lets writes wait.
     *
     * @param key of the cache
     */
    record WriteRejected(String cache, Object key) implements CacheEvent {}

    /**
     * A write behind the caller failed; it is tried again, or given up, which {@link WriteGivenUp} tells then.
     *
     * @param key of the cache
     * @param attempt how often it has been tried, this time included
     * @param failure what the writer threw, of many keys perhaps; or why key or value cannot be decoded
     */
    record WriteFailed(String cache, Object key, int attempt, Throwable failure) implements CacheEvent {}

    /**
     * A write behind the caller lies in the journal and cannot be read by this instance, most likely since one of a newer
     * version made it. It stays there for an instance that can, and those of its key that come later wait with it, unless
     * one of them replaces it. Told when it is met, and so again by whoever takes the partition over.
     *
     * @param partition of the journal
     * @param writeId as {@link io.crema.WriteContext#writeId()}
     */
    record WriteUnreadable(String cache, int partition, long writeId) implements CacheEvent {}

    /**
     * A write behind the caller was given up and is a dead letter; see {@link io.crema.WriteBehind}.
     *
     * @param key of the cache
     * @param attempts how often it was tried
     * @param failure the last one
     */
    record WriteGivenUp(String cache, Object key, int attempts, Throwable failure) implements CacheEvent {}

    /**
     * A read was answered with a value that is not fresh any more, or not provably within the staleness bound.
     *
     * @param age time since it was loaded or put
     */
    record StaleServed(String cache, Object key, Duration age, Reason reason) implements CacheEvent {

        /** Why it was served. */
        public enum Reason {
            /** It is being loaded anew behind the reader, or is about to be. */
            REVALIDATING,
            /** The load takes longer than the soft timeout, or another instance's longer than the wait limit. */
            SLOW_LOAD,
            /** The load failed. */
            LOAD_FAILED,
            /** A load failed a while ago, and the origin is left alone. */
            HELD_BACK,
            /** This instance has lost the connection that carries invalidations, and its policy is to serve it. */
            DEGRADED
        }
    }

    /**
     * An entry left this process because of size or time; the remote tier may have it still. Told when its memory is freed,
     * which may be later than the moment from which it is not served. What is invalidated, cleared or replaced is not
     * evicted.
     */
    record Evicted(String cache, Object key, Cause cause) implements CacheEvent {

        /** Why it left. */
        public enum Cause {
            /** There was no room for it. */
            SIZE,
            /** It was not worth keeping any longer, or was not used for the time to idle. */
            TIME
        }
    }

    /**
     * A key was written, invalidated or expired, or a quarantine of it began or ended. Whatever this instance had of it is
     * not served any more; what was written may be there already. Loads are told as {@link Loaded} only.
     *
     * <p>Where there is a remote tier, a call of this instance is told twice: when it was confirmed, and when its own message
     * comes, which may be before that. Whoever wants each change in the fleet once takes those by message, and knows that
     * a lost message is one that is not told; whoever wants what this instance did takes the others. A call that is not
     * confirmed is told once it is, so a call that was sent again after a failover may be told again.
     *
     * @param byMessage whether a message said so, which may be this instance's own; else a call of this instance
     */
    record Invalidated(String cache, Object key, boolean byMessage) implements CacheEvent {}

    /** A tag was invalidated; as {@link Invalidated}. */
    record TagInvalidated(String cache, String tag, boolean byMessage) implements CacheEvent {}

    /**
     * Everything of a cache is gone; by message, perhaps only what lies on one primary of the remote tier. As
     * {@link Invalidated}, but messages that come within a few milliseconds are told as one, since there is one for each
     * partition.
     */
    record Cleared(String cache, boolean byMessage) implements CacheEvent {}

    /**
     * This instance's proof that all its entries are within the staleness bound ended, or is there again. A cache begins
     * without it, so the first is that it is there; a cache without a remote tier needs none and tells none. It is looked
     * at every few milliseconds: one that is lost and found in between is not told.
     *
     * @param held whether it is there
     */
    record LeaseChanged(String cache, boolean held) implements CacheEvent {}

    /**
     * The circuit breaker around the remote tier, which all caches share, changed its state; told for each cache.
     *
     * @param lastFailure what made it open; null for other changes
     */
    record BreakerChanged(
            String cache, State from, State to, @Nullable Throwable lastFailure) implements CacheEvent {

        /** What the breaker does. */
        public enum State {
            /** Operations are let through. */
            CLOSED,
            /** None is. */
            OPEN,
            /** A few are, as probes. */
            HALF_OPEN
        }
    }
}
