package io.crema.event;

/**
 * Is told what happens in a cache, one event at a time and in the order in which the events were queued, on a thread of
 * the executor and never on a caller's. One that listens to several caches may be told of two of them at the same time.
 * It may call the cache, and even close it.
 *
 * <p>An event is told some milliseconds after it was queued. One that throws is counted
 * ({@link io.crema.CacheStats#listenerFailures}) and told of the next event all the same, as are the other listeners. The
 * listeners of a cache wait for each other: where one is too slow, and 10,000 events wait, the newest are dropped for all
 * of them, and counted there too. What happened before a Crema was closed is told, perhaps after; what happens later is not.
 * Without a listener no event is made.
 */
@FunctionalInterface
public interface CacheListener {

    void onEvent(CacheEvent event);
}
