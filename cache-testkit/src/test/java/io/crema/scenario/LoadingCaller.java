package io.crema.scenario;

import io.crema.AsyncTieredCache;
import io.crema.EntryOptions;
import io.crema.LoadingTieredCache;
import io.crema.TieredCache;
import io.crema.scenario.Fleet.Node;
import io.crema.testkit.InMemoryRemote;
import io.crema.testkit.Operation;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** Starts operations on the cache of one instance, whose loader the test sets. */
final class LoadingCaller {

    private final Style style;
    private final Node node;
    private final LoadingTieredCache<String, String> cache;
    final SetLoader loader = new SetLoader();

    /** Its values. */
    final Caller<String> values;

    LoadingCaller(Style style, Node bare) {
        this.style = style;
        this.node = bare;
        this.cache = Fleet.texts(bare).buildWithContext(loader);
        this.values = style.caller(bare);
    }

    LoadingTieredCache<String, String> cache() {
        return cache;
    }

    InMemoryRemote remote() {
        return node.remote();
    }

    int executed(Operation operation) {
        return node.remote().executed(operation);
    }

    Call<String> get(String key) {
        return style.start(cache, sync -> cache.get(key), async -> cache.async().get(key));
    }

    /** What a read that starts now finds, or loads. */
    String load(String key) {
        return get(key).await();
    }

    /** What a read that starts now finds; null = nothing. */
    String read(String key) {
        return values.read(key);
    }

    Call<Void> put(String key, String value, EntryOptions options) {
        return run(sync -> sync.put(key, value, options), async -> async.put(key, value, options));
    }

    /** Puts a value with tags. */
    void put(String key, String value, String... tags) {
        Void unused = put(key, value, EntryOptions.defaults().tags(tags)).await();
    }

    Call<Boolean> putIfAbsent(String key, String value) {
        return style.start(cache, sync -> sync.putIfAbsent(key, value), async -> async.putIfAbsent(key, value));
    }

    Call<Void> invalidateTag(String tag) {
        return run(sync -> sync.invalidateTag(tag), async -> async.invalidateTag(tag));
    }

    Call<Void> invalidate(String key, long originVersion) {
        return run(sync -> sync.invalidate(key, originVersion), async -> async.invalidate(key, originVersion));
    }

    Call<Void> expire(String key) {
        return run(sync -> sync.expire(key), async -> async.expire(key));
    }

    Call<Void> expire(String key, long originVersion) {
        return run(sync -> sync.expire(key, originVersion), async -> async.expire(key, originVersion));
    }

    /** An operation that gives nothing. */
    private Call<Void> run(
            Consumer<TieredCache<String, String>> synchronous,
            Function<AsyncTieredCache<String, String>, CompletableFuture<Void>> asynchronous) {
        return style.start(
                cache,
                sync -> {
                    synchronous.accept(sync);
                    return null;
                },
                asynchronous);
    }
}
