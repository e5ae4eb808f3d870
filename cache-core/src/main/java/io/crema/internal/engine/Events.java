package io.crema.internal.engine;

import io.crema.event.CacheEvent;
import io.crema.event.CacheListener;
import java.util.List;
import java.util.function.Function;

/** Tells the listeners of a cache what happens in it. */
final class Events {

    private final String cache;
    private final List<CacheListener> listeners;

    Events(String cache, List<CacheListener> listeners) {
        this.cache = cache;
        this.listeners = listeners;
    }

    /** Whether anybody listens; without that no event should be made. */
    boolean isOn() {
        return !listeners.isEmpty();
    }

    /** Queues an event for the listeners, if there are any. Never blocks, never throws. */
    void emit(Function<String, CacheEvent> event) {
        if (isOn()) {
            CacheEvent made = event.apply(cache);
            listeners.forEach(listener -> listener.onEvent(made));
        }
    }
}
