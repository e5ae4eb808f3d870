package io.crema.internal.engine;

import io.crema.internal.engine.Flights.Place;
import io.crema.internal.entry.NearEntry;
import io.crema.spi.LeaseState;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Loads values anew behind their readers: those that are about to be stale, and those that have just become so. However
 * many read, one of them begins; the lease of the key sees to it that one instance does.
 */
final class Refreshes<K, V> {

    /** When this instance looks again for what another one is loading. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /**
     * How many run at a time. When very many values become stale at once, their readers are served meanwhile; what they
     * must not do is flood the remote tier and the origin.
     */
    private static final int MOST_UNDER_WAY = 64;

    /**
     * How many begin a second, for each processor: each takes the instance some tenths of a millisecond, which must not be
     * missing to those who read. One whose readers would soon have to wait does not keep to that.
     */
    private static final int A_SECOND = 300;

    /** How many begin at once after a while without any. */
    private static final int AT_ONCE = 16;

    private final CacheEngine<K, V> engine;
    private final AtomicInteger underWay = new AtomicInteger();
    private final RateLimiter rate =
            new RateLimiter(A_SECOND * Runtime.getRuntime().availableProcessors(), AT_ONCE);

    Refreshes(CacheEngine<K, V> engine) {
        this.engine = engine;
    }

    /** Begins a refresh for a read that was answered with an entry that is due, unless somebody else does, or too many do. */
    void behind(Route<K> route, NearEntry<V> entry, ReadRequest<K, V> reader) {
        begin(route, entry, reader, () -> engine.near.peek(route.key()) == entry);
    }

    /** As {@link #behind(Route, NearEntry, ReadRequest)}, of an entry that a flight found in the remote tier. */
    void behind(Route<K> route, NearEntry<V> entry, ReadRequest<K, V> reader, Flight<V> finder) {
        // Nothing that was written to the partition since may concern it.
        begin(
                route,
                entry,
                reader,
                () -> !finder.mustNotInstall()
                        && entry.partition.highest() <= Math.max(finder.startStamp, entry.stamp));
    }

    private void begin(Route<K> route, NearEntry<V> entry, ReadRequest<K, V> reader, BooleanSupplier stillRight) {
        if (!mayBegin(reader, entry)) {
            return;
        }
        long now = engine.clock.exact();
        boolean counts = !isUrgent(entry, now);
        if (entry.claimRefresh(now, now + engine.loads.policies.refreshPauseNanos())
                && start(
                        route,
                        entry,
                        ReadRequest.revalidate(reader.requiredOrigin().alone(), entry.token),
                        stillRight)
                && counts) {
            rate.begun(now);
        }
    }

    /** Whether a read would begin one, so that it is worth finding out where the key lies. */
    boolean mayBegin(ReadRequest<K, V> reader, NearEntry<V> entry) {
        if (reader.isLookUp() || underWay.get() >= MOST_UNDER_WAY) {
            return false;
        }
        long now = engine.clock.exact();
        return rate.allows(now) || isUrgent(entry, now);
    }

    private boolean isUrgent(NearEntry<V> entry, long now) {
        return now >= engine.loads.policies.urgentFrom(entry);
    }

    /** Returns false if there is a load that readers wait for already. */
    private boolean start(Route<K> route, NearEntry<V> entry, ReadRequest<K, V> request, BooleanSupplier stillRight) {
        boolean leased = engine.near.leaseValid();
        Flight<V> mine = engine.flight(route, leased, leased || engine.near.leaseValid(route.partition()));
        Place<V> place = engine.flights.joinOrLead(route.key(), request.purpose(), mine);
        if (!place.leading()) {
            // It does not wait.
            engine.loads.left(place.flight());
            return false;
        }
        // Asked once it is registered: what comes later is told to it.
        if (stillRight.getAsBoolean()) {
            mine.meanwhile(entry);
        }
        underWay.incrementAndGet();
        new LoadCall<>(engine, route, request, mine, engine.executor).start(null);
        return true;
    }

    /** One that was begun has landed. */
    void ended() {
        underWay.decrementAndGet();
    }

    int underWay() {
        return underWay.get();
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
            entry.postponeRefresh(engine.clock.exact(), nanos);
        }
    }
}
