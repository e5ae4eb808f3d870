package io.crema.internal.engine;

import io.crema.BulkCacheLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Loads the keys of one bulk read by one call of the bulk loader: waits until each of them either needs the origin or has
 * passed it by. A key that comes later, because another instance did not fill it, is loaded by itself.
 */
final class BulkOrigin<K, V> implements Origin<K, V> {

    private final BulkCacheLoader<K, V> loader;
    private final List<LoadAttempt<K, V>> waiting = new ArrayList<>();
    private int expected;

    /** @param expected how many calls there are */
    BulkOrigin(BulkCacheLoader<K, V> loader, int expected) {
        this.loader = loader;
        this.expected = expected;
    }

    @Override
    public void load(LoadAttempt<K, V> attempt) {
        synchronized (this) {
            waiting.add(attempt);
        }
        arrived();
    }

    @Override
    public void passedBy() {
        arrived();
    }

    @Override
    public Origin<K, V> alone() {
        return new BulkOrigin<>(loader, 1);
    }

    private void arrived() {
        List<LoadAttempt<K, V>> attempts;
        synchronized (this) {
            if (--expected > 0 || waiting.isEmpty()) {
                return;
            }
            attempts = waiting.stream().filter(attempt -> !attempt.isOver()).toList();
            waiting.clear();
        }
        if (!attempts.isEmpty()) {
            // All calls of a bulk read have one runner.
            attempts.get(0).call().newRun(attempts).block(timer -> loadAll(attempts, timer));
        }
    }

    private Runnable loadAll(List<LoadAttempt<K, V>> attempts, LoadTimer timer) {
        Set<K> keys = attempts.stream().map(LoadAttempt::key).collect(Collectors.toCollection(LinkedHashSet::new));
        Map<K, @Nullable V> values = new HashMap<>();
        try {
            Map<? extends K, ? extends V> loaded = loader.loadAll(Collections.unmodifiableSet(keys));
            if (loaded == null) {
                throw attempts.get(0)
                        .call()
                        .badLoader("the bulk loader returned null", "leave out keys that the origin does not have");
            }
            // Here, because the loader's map may fail too, and that concerns all keys.
            keys.forEach(key -> values.put(key, loaded.get(key)));
        } catch (Throwable e) {
            timer.failed();
            Throwable failure = attempts.get(0).call().explained(e);
            return () -> attempts.forEach(attempt -> attempt.failed(failure, timer));
        }
        timer.succeeded();
        return () -> attempts.forEach(attempt -> attempt.loaded(Loaded.of(values.get(attempt.key()), timer)));
    }
}
