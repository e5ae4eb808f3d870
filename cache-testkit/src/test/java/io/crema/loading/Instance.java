package io.crema.loading;

import io.crema.AsyncLoadingTieredCache;
import io.crema.AsyncTieredCache;
import io.crema.CacheEntry;
import io.crema.CacheLoader;
import io.crema.CacheStats;
import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.LoadingTieredCache;
import io.crema.ReadConsistency;
import io.crema.TieredCache;
import io.crema.scenario.Call;
import io.crema.scenario.Style;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.Operation;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One instance of a service, called in one style. What starts with a verb of its own is waited for. */
final class Instance {

    final Crema crema;
    final LoadingTieredCache<String, String> cache;
    private final Style style;
    private final @Nullable InMemoryRemote remote;

    Instance(Style style, Crema crema, @Nullable InMemoryRemote remote, LoadingTieredCache<String, String> cache) {
        this.style = style;
        this.crema = crema;
        this.remote = remote;
        this.cache = cache;
    }

    boolean hasRemote() {
        return remote != null;
    }

    InMemoryRemote remote() {
        return Objects.requireNonNull(remote, "no remote tier");
    }

    int executed(Operation operation) {
        return remote().executed(operation);
    }

    CacheStats stats() {
        return cache.stats();
    }

    Call<String> get(String key) {
        return get(cache, key);
    }

    Call<String> getLatest(String key) {
        return get(cache.reading(ReadConsistency.LATEST), key);
    }

    private Call<String> get(LoadingTieredCache<String, String> view, String key) {
        AsyncLoadingTieredCache<String, String> async = view.async();
        return style.start(view, sync -> view.get(key), ignored -> async.get(key));
    }

    Call<String> get(String key, CacheLoader<String, String> loader) {
        return style.start(cache, sync -> sync.get(key, loader), async -> async.get(key, loader));
    }

    Call<Map<String, String>> getAll(String... keys) {
        Collection<String> all = List.of(keys);
        return style.start(
                cache, sync -> cache.getAll(all), ignored -> cache.async().getAll(all));
    }

    /** A refresh has no synchronous form. */
    Call<String> refresh(String key) {
        return new Call<>(cache.refresh(key), null);
    }

    /** What a get gives while time stands still. */
    @Nullable
    String load(String key) {
        return get(key).await();
    }

    /** What is there; null = nothing, or a cached null. */
    @Nullable
    String look(String key) {
        return style.start(cache, sync -> sync.getIfPresent(key), async -> async.getIfPresent(key))
                .await();
    }

    Map<String, String> lookAll(String... keys) {
        Collection<String> all = List.of(keys);
        return style.start(cache, sync -> sync.getAllPresent(all), async -> async.getAllPresent(all))
                .await();
    }

    /** What is known of a key. */
    @Nullable
    CacheEntry<String> entry(String key) {
        return style.start(cache, sync -> sync.entry(key), async -> async.entry(key))
                .await();
    }

    /** What is known of a key that there is. */
    CacheEntry<String> known(String key) {
        CacheEntry<String> entry = entry(key);
        if (entry == null) {
            throw new AssertionError("There is no " + key);
        }
        return entry;
    }

    void put(String key, @Nullable String value) {
        run(sync -> sync.put(key, value), async -> async.put(key, value));
    }

    void put(String key, String value, EntryOptions options) {
        run(sync -> sync.put(key, value, options), async -> async.put(key, value, options));
    }

    void invalidate(String key) {
        run(sync -> sync.invalidate(key), async -> async.invalidate(key));
    }

    void invalidate(String key, long originVersion) {
        run(sync -> sync.invalidate(key, originVersion), async -> async.invalidate(key, originVersion));
    }

    void invalidateTag(String tag) {
        run(sync -> sync.invalidateTag(tag), async -> async.invalidateTag(tag));
    }

    void expire(String key, long originVersion) {
        run(sync -> sync.expire(key, originVersion), async -> async.expire(key, originVersion));
    }

    void expire(String key) {
        run(sync -> sync.expire(key), async -> async.expire(key));
    }

    void clear() {
        run(TieredCache::clear, AsyncTieredCache::clear);
    }

    private void run(
            Consumer<TieredCache<String, String>> synchronous,
            Function<AsyncTieredCache<String, String>, CompletableFuture<Void>> asynchronous) {
        Void unused = style.start(
                        cache,
                        sync -> {
                            synchronous.accept(sync);
                            return null;
                        },
                        asynchronous)
                .await();
    }
}
