package io.crema;

import org.jspecify.annotations.Nullable;

/**
 * Loads a value from the origin.
 *
 * <p>Called on the thread that asked for the value when the call is synchronous, else on the executor of the
 * {@link Crema}; never on an I/O thread. May block.
 */
@FunctionalInterface
public interface CacheLoader<K, V> {

    /**
     * Loads the value of a key; null if the origin has none.
     *
     * @throws Exception shared with everybody who waits for this key: unchecked as it is, checked as the cause of a
     *     {@link CacheLoadException}
     */
    @Nullable
    V load(K key) throws Exception;
}
