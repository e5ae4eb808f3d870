package io.crema.internal.engine;

import io.crema.internal.engine.Flights.Place;
import io.crema.internal.entry.NearEntry;
import io.crema.spi.LeaseState;
import java.util.concurrent.TimeUnit;

/**
 * Loads values anew behind their readers: those that are about to be stale, and those that have just become so. However
 * many read, one of them begins; the lease of the key sees to it that one instance does.
 */
final class Refreshes<K, V> {

    /** When this instance looks again for what another one is loading. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final CacheEngine<K, V> engine;

    Refreshes(CacheEngine<K, V> engine) {
        this.engine = engine;
    }

    /** Begins a refresh for a read that was answered with an entry that is due, unless somebody else does. */
    void behind(Route<K> route, NearEntry<V> entry, ReadRequest<K, V> reader) {
        long now = engine.clock.exact();
        if (!reader.isLookUp() && entry.claimRefresh(now, now + engine.loads.policies.refreshPauseNanos())) {
            start(route, ReadRequest.revalidate(reader.requiredOrigin().alone(), entry.token));
        }
    }

    private void start(Route<K> route, ReadRequest<K, V> request) {
        boolean leased = engine.near.leaseValid();
        Flight<V> mine = engine.flight(route, leased, leased || engine.near.leaseValid(route.partition()));
        Place<V> place = engine.flights.joinOrLead(route.key(), request.purpose(), mine);
        if (place.leading()) {
            new LoadCall<>(engine, route, request, mine, engine.executor).start(null);
        }
    }

    /** Another instance is at it, or has failed a while ago. */
    void later(LoadCall<K, V> call, LeaseState state) {
        long left = TimeUnit.MILLISECONDS.toNanos(state.leftMillis());
        long pause = state.isHeldBack() ? left : Math.min(left, LOOK_AGAIN_NANOS);
        postpone(call, pause);
    }

    /** The entry that this instance has is left alone for a while. */
    void postpone(LoadCall<K, V> call, long nanos) {
        NearEntry<V> entry = engine.near.peek(call.key());
        if (entry != null
                && (entry.token == call.request().known() || !call.request().isRevalidation())) {
            entry.refreshAt(engine.clock.exact() + nanos);
        }
    }
}
