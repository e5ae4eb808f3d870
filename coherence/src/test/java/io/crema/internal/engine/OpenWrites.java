package io.crema.internal.engine;

import io.crema.TieredCache;
import java.util.concurrent.CompletableFuture;

/** The end of a cache that writes behind, in steps: closing waits in real time, which a simulation has not. */
public final class OpenWrites {

    private OpenWrites() {}

    /** Ends when everything has been written that this instance can write. */
    public static CompletableFuture<Void> drain(TieredCache<?, ?> cache) {
        return ((SyncCache<?, ?>) cache).engine.writePath.requireBehind().drain();
    }
}
