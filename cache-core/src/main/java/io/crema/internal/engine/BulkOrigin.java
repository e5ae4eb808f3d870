package io.crema.internal.engine;

import io.crema.BulkCacheLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads the keys of one bulk read by one call of the bulk loader: waits until each of them either needs the origin or has
 * passed it by. A key that comes later, because another instance did not fill it, is loaded by itself.
 */
final class BulkOrigin<K, V> implements Origin<K, V> {

    private final BulkCacheLoader<K, V> loader;
    private final List<LoadCall<K, V>> waiting = new ArrayList<>();
    private int expected;

    /** @param expected how many calls there are */
    BulkOrigin(BulkCacheLoader<K, V> loader, int expected) {
        this.loader = loader;
        this.expected = expected;
    }

    @Override
    public void load(LoadCall<K, V> call) {
        synchronized (this) {
            waiting.add(call);
        }
        arrived();
    }

    @Override
    public void passedBy() {
        arrived();
    }

    private void arrived() {
        List<LoadCall<K, V>> calls;
        synchronized (this) {
            if (--expected > 0 || waiting.isEmpty()) {
                return;
            }
            calls = List.copyOf(waiting);
            waiting.clear();
        }
        // All calls of a bulk read have one runner.
        calls.get(0).onRunner(() -> loadAll(calls));
    }

    private void loadAll(List<LoadCall<K, V>> calls) {
        Map<K, LoadCall<K, V>> byKey = new LinkedHashMap<>();
        calls.forEach(call -> byKey.put(call.key(), call));
        Map<K, @Nullable V> values = new HashMap<>();
        LoadTimer timer = calls.get(0).startTimer();
        calls.forEach(call -> call.flight().loading(Thread.currentThread()));
        try {
            Map<? extends K, ? extends V> loaded = loader.loadAll(Collections.unmodifiableSet(byKey.keySet()));
            if (loaded == null) {
                throw calls.get(0)
                        .badLoader("the bulk loader returned null; a key that the origin does not have is left out");
            }
            // Here, because the loader's map may fail too, and that concerns all keys.
            byKey.keySet().forEach(key -> values.put(key, loaded.get(key)));
        } catch (Throwable e) {
            timer.failed();
            Throwable failure = Origin.ofThisThread(e);
            calls.forEach(call -> call.failed(failure));
            return;
        } finally {
            calls.forEach(call -> call.flight().loading(null));
        }
        timer.succeeded();
        calls.forEach(call -> call.loaded(Loaded.of(values.get(call.key()), timer)));
    }
}
