package io.crema.internal.engine;

import io.crema.Tier;
import io.crema.event.CacheEvent.StaleServed.Reason;
import io.crema.internal.entry.NearEntry;
import org.jspecify.annotations.Nullable;

/**
 * What a read found.
 *
 * @param entry null if there is none
 * @param source where it was found
 * @param stale why it was given although it is not fresh, or not provably within the bound; null if it is
 */
record Outcome<V>(
        @Nullable NearEntry<V> entry,
        Source source,
        @Nullable Reason stale) {

    /** Where an entry was found. */
    enum Source {
        NEAR,
        REMOTE,
        /** In the origin, or nowhere. */
        ORIGIN;

        /** What was loaded counts as remote. */
        Tier tier() {
            return this == NEAR ? Tier.NEAR : Tier.REMOTE;
        }
    }

    static <V> Outcome<V> of(NearEntry<V> entry, Source source) {
        return new Outcome<>(entry, source, null);
    }

    static <V> Outcome<V> stale(NearEntry<V> entry, Source source, Reason reason) {
        return new Outcome<>(entry, source, reason);
    }

    static <V> Outcome<V> nothing() {
        return new Outcome<>(null, Source.ORIGIN, null);
    }

    boolean isStale() {
        return stale != null;
    }

    @Nullable
    V value() {
        return entry == null ? null : entry.value;
    }
}
