package io.crema.internal.engine;

import io.crema.ReadConsistency;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a read is for.
 *
 * @param origin where to load from; null exactly for a look-up
 */
record ReadRequest<K, V>(
        Purpose purpose,
        ReadConsistency consistency,
        @Nullable Origin<K, V> origin) {

    /** What to do about what is there, or is not. */
    enum Purpose {
        /** Find what is there; never load. */
        LOOK_UP,
        /** Find it, or load it. */
        GET,
        /** Load it, whatever is there. */
        REFRESH
    }

    static <K, V> ReadRequest<K, V> lookUp(ReadConsistency consistency) {
        return new ReadRequest<>(Purpose.LOOK_UP, consistency, null);
    }

    static <K, V> ReadRequest<K, V> get(ReadConsistency consistency, Origin<K, V> origin) {
        return new ReadRequest<>(Purpose.GET, consistency, origin);
    }

    static <K, V> ReadRequest<K, V> refresh(ReadConsistency consistency, Origin<K, V> origin) {
        return new ReadRequest<>(Purpose.REFRESH, consistency, origin);
    }

    boolean isLookUp() {
        return purpose == Purpose.LOOK_UP;
    }

    boolean isRefresh() {
        return purpose == Purpose.REFRESH;
    }

    boolean isLatest() {
        return consistency == ReadConsistency.LATEST;
    }

    /** Whether the staleness bound is to be kept by means of what this process holds. */
    boolean isBounded() {
        return consistency == ReadConsistency.BOUNDED && !isRefresh();
    }

    boolean isEventual() {
        return consistency == ReadConsistency.EVENTUAL;
    }

    /** Whether an entry of this process may answer it. */
    boolean usesNear() {
        return !isRefresh() && !isLatest();
    }

    Origin<K, V> requiredOrigin() {
        return Objects.requireNonNull(origin, "origin");
    }
}
