package io.crema.internal.engine;

import io.crema.Tier;
import io.crema.internal.entry.NearEntry;
import org.jspecify.annotations.Nullable;

/**
 * What a read found.
 *
 * @param entry null if there is none
 * @param tier where it was found; what was loaded counts as remote
 */
record Outcome<V>(@Nullable NearEntry<V> entry, Tier tier) {

    @Nullable
    V value() {
        return entry == null ? null : entry.value;
    }
}
