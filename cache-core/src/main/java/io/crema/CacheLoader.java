package io.crema;

import org.jspecify.annotations.Nullable;

/**
 * Loads a value from the origin.
 *
 * <p>Called on the thread that asked for the value when the call is synchronous, else on the executor of the
 * {@link Crema}; never on an I/O thread. Where there are {@linkplain io.crema.policy.LoadTimeouts load timeouts} it is called
 * on a thread of its own, which is interrupted when the load is given up. May block.
 */
@FunctionalInterface
public interface CacheLoader<K, V> {

    /**
     * Loads the value of a key; null if the origin has none. May ask a cache for other keys, not for this one. A loader on
     * the executor should not wait for futures of loads that wait for it: only waiting by the synchronous methods is
     * watched for cycles.
     *
     * @throws Exception shared with everybody who waits for this key: unchecked as it is, checked as the cause of a
     *     {@link CacheLoadException}
     */
    @Nullable
    V load(K key) throws Exception;
}
