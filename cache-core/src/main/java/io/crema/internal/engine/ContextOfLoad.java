package io.crema.internal.engine;

import io.crema.CacheEntry;
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
    private final Object key;
    private final long leastOriginVersion;
    private final @Nullable CacheEntry<V> previous;
    private final long previousVersion;
    private EntryOptions options = EntryOptions.defaults();
    private boolean kept = true;
    private boolean modified = true;

    /** @param previous what is to be replaced, with its origin version; null = nothing is known */
    ContextOfLoad(
            String cacheName,
            Object key,
            long leastOriginVersion,
            @Nullable CacheEntry<V> previous,
            long previousVersion) {
        this.cacheName = cacheName;
        this.key = key;
        this.leastOriginVersion = leastOriginVersion;
        this.previous = previous;
        this.previousVersion = previousVersion;
    }

    /** What the loader gave, as it decided until now. */
    Loaded<V> loaded(@Nullable V value, LoadTimer timer) {
        boolean same = !modified && previous != null && value == previous.value();
        return new Loaded<>(value, timer, options, kept, same);
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
    public @Nullable CacheEntry<V> previous() {
        return previous;
    }

    @Override
    public long previousVersion() {
        return previousVersion;
    }

    @Override
    public @Nullable V notModified() {
        if (previous == null) {
            throw new CacheException(
                    intro() + "notModified() needs a previous value, but there is none; look at" + " previous() first");
        }
        modified = false;
        return previous.value();
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
            throw new CacheException(intro() + e.getMessage(), e);
        }
        return this;
    }

    private String intro() {
        return "Cache '" + cacheName + "': in the loader of a key of type "
                + key.getClass().getName() + ", ";
    }
}
