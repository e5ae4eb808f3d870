package io.crema;

import java.util.Map;
import java.util.Set;

/** Loads the values of many keys from the origin at once. */
@FunctionalInterface
public interface BulkCacheLoader<K, V> {

    /**
     * Loads values; keys that the origin does not have are left out of the result. Entries that were not asked for are
     * ignored.
     *
     * @param keys at least one key, unmodifiable
     * @throws Exception shared with everybody who waits for one of the keys
     */
    Map<? extends K, ? extends V> loadAll(Set<K> keys) throws Exception;
}
