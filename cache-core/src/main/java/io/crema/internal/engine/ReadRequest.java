package io.crema.internal.engine;

import io.crema.ReadConsistency;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a read is for.
 *
 * @param origin where to load from; null exactly for a look-up
 * @param known the token of the value that is to be loaded anew behind its readers; 0 for every other purpose
 */
record ReadRequest<K, V>(
        Purpose purpose,
        ReadConsistency consistency,
        @Nullable Origin<K, V> origin,
        long known) {

    /** What to do about what is there, or is not. */
    enum Purpose {
        /** Find what is there; never load. */
        LOOK_UP,
        /** As {@link #LOOK_UP}, a reserve too. */
        INSPECT,
        /** Find it, or load it. */
        GET,
        /** Load it, whatever is there. */
        REFRESH,
        /** Load it unless somebody else has done so or is about to; nobody waits for it. */
        REVALIDATE;

        /** Whose flights a read of this purpose may join, and which may join its own. */
        Purpose shared() {
            return this == REVALIDATE ? GET : this;
        }
    }

    static <K, V> ReadRequest<K, V> lookUp(ReadConsistency consistency) {
        return new ReadRequest<>(Purpose.LOOK_UP, consistency, null, 0);
    }

    static <K, V> ReadRequest<K, V> inspect(ReadConsistency consistency) {
        return new ReadRequest<>(Purpose.INSPECT, consistency, null, 0);
    }

    static <K, V> ReadRequest<K, V> get(ReadConsistency consistency, Origin<K, V> origin) {
        return new ReadRequest<>(Purpose.GET, consistency, origin, 0);
    }

    static <K, V> ReadRequest<K, V> refresh(ReadConsistency consistency, Origin<K, V> origin) {
        return new ReadRequest<>(Purpose.REFRESH, consistency, origin, 0);
    }

    static <K, V> ReadRequest<K, V> revalidate(Origin<K, V> origin, long known) {
        return new ReadRequest<>(Purpose.REVALIDATE, ReadConsistency.BOUNDED, origin, known);
    }

    boolean isLookUp() {
        return origin == null;
    }

    /** Whether it is to find what may be served as it is. */
    boolean isOnlyLookUp() {
        return purpose == Purpose.LOOK_UP;
    }

    boolean isInspection() {
        return purpose == Purpose.INSPECT;
    }

    boolean isRefresh() {
        return purpose == Purpose.REFRESH;
    }

    boolean isRevalidation() {
        return purpose == Purpose.REVALIDATE;
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
        return !isRefresh() && !isRevalidation() && !isLatest();
    }

    /** Whether a value that is not fresh may answer it, where the policies say so. */
    boolean takesStale() {
        return usesNear();
    }

    Origin<K, V> requiredOrigin() {
        return Objects.requireNonNull(origin, "origin");
    }
}
