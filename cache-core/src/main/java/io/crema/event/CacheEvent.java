package io.crema.event;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something that happened in a cache of this instance. Immutable. */
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
     * @param failures how many in a row, as far as this instance knows
     */
    record LoadFailed(String cache, Object key, Duration took, Throwable failure, int failures) implements CacheEvent {}

    /** A value was loaded anew behind its readers. */
    record Refreshed(String cache, Object key, Duration took) implements CacheEvent {}

    /** A value could not be loaded anew behind its readers; it stays. */
    record RefreshFailed(String cache, Object key, Duration took, Throwable failure, int failures)
            implements CacheEvent {}

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

    /** An entry left this process because of size or time. */
    record Evicted(String cache, Object key, Cause cause) implements CacheEvent {

        /** Why it left. */
        public enum Cause {
            SIZE,
            TIME
        }
    }

    /**
     * A key was written, invalidated or expired.
     *
     * @param byMessage whether a message said so; else a call of this instance, whose message follows
     */
    record Invalidated(String cache, Object key, boolean byMessage) implements CacheEvent {}

    /** A tag was invalidated; as {@link Invalidated}. */
    record TagInvalidated(String cache, String tag, boolean byMessage) implements CacheEvent {}

    /** Everything of a cache, or of one of its partitions, is gone. */
    record Cleared(String cache, boolean byMessage) implements CacheEvent {}

    /**
     * This instance's proof that its entries are within the staleness bound ended, or is there again.
     *
     * @param held whether it is there
     */
    record LeaseChanged(String cache, boolean held) implements CacheEvent {}

    /** The circuit breaker around the remote tier, which all caches share, changed its state; told for each cache. */
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
