package io.crema.internal.engine;

import io.crema.Tier;
import io.crema.internal.entry.NearEntry;
import org.jspecify.annotations.Nullable;

/**
 * What a read found.
 *
 * @param entry null if there is none
 * @param source where it was found; what was loaded counts as remote
 */
record Outcome<V>(@Nullable NearEntry<V> entry, Source source) {

    /** Where an entry was found. */
    enum Source {
        NEAR,
        /** In this process, but perhaps older than the bound. */
        RESERVE,
        REMOTE;

        Tier tier() {
            return this == REMOTE ? Tier.REMOTE : Tier.NEAR;
        }
    }

    @Nullable
    V value() {
        return entry == null ? null : entry.value;
    }
}
