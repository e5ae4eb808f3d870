package io.crema;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Writes values to the origin; {@link io.crema.policy.WritePolicy} says when it is called. Called by many threads at once,
 * also for one key.
 *
 * <p>An exception says that nobody knows whether the origin has changed; what is cached is invalidated then. Checked ones
 * reach the caller as a {@link CacheWriteException}, unchecked ones as they are.
 */
public interface CacheWriter<K, V> {

    /** Inserts or updates the value of a key. When this returns, the origin has it. */
    void write(K key, V value, WriteContext context) throws Exception;

    /** Deletes the value of a key; one that is not there is no error. */
    void delete(K key, WriteContext context) throws Exception;

    /**
     * Writes many values at once, for {@link TieredCache#putAll}; one after the other unless overridden.
     *
     * @param values at least one, unmodifiable
     * @param context {@link WriteContext#of} gives that of each key
     * @throws PartialWriteException if some could not be written; the origin has the others
     */
    default void writeAll(Map<K, V> values, WriteContext context) throws Exception {
        Map<K, Exception> failures = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            try {
                write(key, value, context.of(key));
            } catch (Exception e) {
                failures.put(key, e);
            }
        });
        PartialWriteException.throwIfAny(failures);
    }

    /**
     * Deletes the values of many keys at once, for {@link TieredCache#deleteAll}; one after the other unless overridden.
     *
     * @param keys at least one, unmodifiable
     * @param context as of {@link #writeAll}
     * @throws PartialWriteException if some could not be deleted; the origin does not have the others any more
     */
    default void deleteAll(Set<K> keys, WriteContext context) throws Exception {
        Map<K, Exception> failures = new LinkedHashMap<>();
        for (K key : keys) {
            try {
                delete(key, context.of(key));
            } catch (Exception e) {
                failures.put(key, e);
            }
        }
        PartialWriteException.throwIfAny(failures);
    }
}
