package io.crema.internal.engine;

import io.crema.EntryOptions;
import org.jspecify.annotations.Nullable;

/**
 * What a loader gave.
 *
 * @param value null = the origin has none
 * @param options as the loader wants them for this value
 * @param kept false if the loader does not want it cached
 * @param same whether it is the previous value, which the origin still has
 */
record Loaded<V>(@Nullable V value, LoadTimer timer, EntryOptions options, boolean kept, boolean same) {

    /** Of a loader that decides nothing but the value. */
    static <V> Loaded<V> of(@Nullable V value, LoadTimer timer) {
        return new Loaded<>(value, timer, EntryOptions.defaults(), true, false);
    }
}
