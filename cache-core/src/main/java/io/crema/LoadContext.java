package io.crema;

import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ContextLoader} decides about the value that it is about to return. Used on the loader's thread, until the
 * loader returns; of several calls of one method the last counts.
 *
 * <p>Bad arguments are a {@link CacheException} that names the cache.
 *
 * @param <V> the type of the values
 */
public interface LoadContext<V> {

    /** As {@link EntryOptions#timeToLive(Duration)}. */
    LoadContext<V> timeToLive(Duration timeToLive);

    /** As {@link #tags(Collection)}. */
    LoadContext<V> tags(String... tags);

    /**
     * As {@link EntryOptions#tags(Collection)}. A value is not cached if one of its tags was invalidated since the loader
     * was called.
     */
    LoadContext<V> tags(Collection<String> tags);

    /** As {@link EntryOptions#originVersion(long)}. */
    LoadContext<V> originVersion(long version);

    /** As {@link EntryOptions#weight(int)}. */
    LoadContext<V> weight(int weight);

    /**
     * The value that is to be replaced, stale or not, if this instance has it at hand; null = there is none. A value that
     * was invalidated is never given.
     */
    @Nullable
    CacheEntry<V> previous();

    /**
     * The origin's version of the {@linkplain #previous() previous value}, unsigned, as a validator: an origin that is
     * asked for a newer one may answer that there is none. 0 = it has none, or the value was expired by a call since.
     */
    long previousVersion();

    /**
     * To be returned by a loader whose origin says that the previous value is still right: its freshness begins anew,
     * it keeps its tags and version unless others are given, and its payload is not sent again.
     *
     * @return the previous value
     * @throws CacheException if there is none
     */
    @Nullable
    V notModified();

    /** The value is for those who wait for it, and for nobody later; one that is cached already is invalidated. */
    LoadContext<V> doNotCache();

    /**
     * The least origin version that is accepted, unsigned: not 0 if the loader is called again because what it gave was
     * older. It should then ask the origin itself, not a replica. 0 = any.
     */
    long leastOriginVersion();
}
