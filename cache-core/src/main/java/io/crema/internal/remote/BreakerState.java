package io.crema.internal.remote;

import io.crema.event.CacheEvent.BreakerChanged.State;

/**
 * What a {@link Breaker} does for a while. Each object is one stay in a state: how an operation ended is told to the
 * object that let it through, and means nothing once the breaker has another one. Thread-safe.
 */
abstract sealed class BreakerState permits ClosedState, OpenState, HalfOpenState {

    abstract State name();

    /** Whether one more operation may begin; each that may is told of exactly once when it has ended. */
    abstract boolean admits();

    abstract void succeeded();

    /** It was answered, but too late to be called a success. */
    abstract void slow(long began);

    abstract void failed(Throwable failure);
}
