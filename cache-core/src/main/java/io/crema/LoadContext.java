package io.crema;

import java.time.Duration;
import java.util.Collection;

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

    /** The value is for those who wait for it, and for nobody later. */
    LoadContext<V> doNotCache();

    /**
     * The least origin version that is accepted, unsigned: not 0 if the loader is called again because what it gave was
     * older. It should then ask the origin itself, not a replica. 0 = any.
     */
    long leastOriginVersion();
}
