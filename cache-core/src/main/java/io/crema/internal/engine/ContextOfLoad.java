package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.LoadContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What one call of a loader decides. Used by one thread. */
final class ContextOfLoad<V> implements LoadContext<V> {

    private final String cacheName;
    private final long leastOriginVersion;
    private EntryOptions options = EntryOptions.defaults();
    private boolean kept = true;

    ContextOfLoad(String cacheName, long leastOriginVersion) {
        this.cacheName = cacheName;
        this.leastOriginVersion = leastOriginVersion;
    }

    /** What the loader gave, as it decided until now. */
    Loaded<V> loaded(@Nullable V value, LoadTimer timer) {
        return new Loaded<>(value, timer, options, kept);
    }

    @Override
    public LoadContext<V> timeToLive(Duration timeToLive) {
        return set(before -> before.timeToLive(timeToLive));
    }

    @Override
    public LoadContext<V> tags(String... tags) {
        return tags(Arrays.asList(tags));
    }

    @Override
    public LoadContext<V> tags(Collection<String> tags) {
        Objects.requireNonNull(tags, "tags");
        return set(before -> before.tags(tags));
    }

    @Override
    public LoadContext<V> originVersion(long version) {
        return set(before -> before.originVersion(version));
    }

    @Override
    public LoadContext<V> weight(int weight) {
        return set(before -> before.weight(weight));
    }

    @Override
    public LoadContext<V> doNotCache() {
        kept = false;
        return this;
    }

    @Override
    public long leastOriginVersion() {
        return leastOriginVersion;
    }

    private LoadContext<V> set(UnaryOperator<EntryOptions> change) {
        try {
            options = change.apply(options);
        } catch (IllegalArgumentException e) {
            throw new CacheException("Cache '" + cacheName + "': " + e.getMessage(), e);
        }
        return this;
    }
}
