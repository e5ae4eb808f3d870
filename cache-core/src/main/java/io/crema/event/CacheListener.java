package io.crema.event;

/**
 * Is told what happens in a cache, one event at a time and in the order in which the events were queued, on a thread of
 * the executor and never on a caller's. One that throws is counted ({@link io.crema.CacheStats#listenerFailures}) and
 * told of the next event all the same; one that is too slow misses events, which are counted there too. Without a listener
 * no event is made.
 */
@FunctionalInterface
public interface CacheListener {

    void onEvent(CacheEvent event);
}
