package io.crema.internal.engine;

/** Something under way that an invalidation of its key has to know of. */
sealed interface Registered permits Flight, Write {

    /** Its key was written or invalidated; called before older copies of the key are evicted. */
    void invalidated(long stamp);
}
