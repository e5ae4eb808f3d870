package io.crema.internal.engine;

import io.crema.LoadRejectedException;
import io.crema.event.CacheEvent.StaleServed.Reason;
import io.crema.internal.engine.HeldBack.Held;
import io.crema.internal.engine.LoadCall.Install;
import io.crema.internal.engine.Outcome.Source;
import io.crema.internal.entry.NearEntry;
import io.crema.spi.LeaseState;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a call does when its origin gives no value, gives it late, or is left alone for a while: it lands with the reserve
 * if there is one, and sees to it that nobody asks again too soon. Runs on the call's runner, but for the soft timeout;
 * what follows from the hard one may run beside another step.
 */
final class Fallback<K, V> {

    private final LoadCall<K, V> call;
    private final CacheEngine<K, V> engine;

    Fallback(LoadCall<K, V> call) {
        this.call = call;
        this.engine = call.engine;
    }

    private Loading policies() {
        return engine.loads.policies;
    }

    private ReadRequest<K, V> request() {
        return call.request();
    }

    // The reserve

    /** What may be served if no value can be got; null = nothing. */
    @Nullable
    NearEntry<V> reserve() {
        return request().isLatest() || request().isRefresh() ? null : servable();
    }

    /** As {@link #reserve}, to those who take one. */
    private @Nullable NearEntry<V> servable() {
        NearEntry<V> kept = call.isQuarantined() ? null : call.lookUp().reserve();
        return kept != null && !call.flight().isWrong(kept) && policies().mayServeOnError(kept, engine.clock.exact())
                ? kept
                : null;
    }

    private Source sourceOf(NearEntry<V> entry) {
        return call.lookUp().isStored(entry) ? Source.REMOTE : Source.NEAR;
    }

    /** A reserve is installed, so that the next read finds it here. */
    void land(NearEntry<V> reserve, Reason reason) {
        call.land(reserve, Outcome.stale(reserve, sourceOf(reserve), reason), Install.YES);
    }

    /** On the clock's thread: those who wait get the reserve, and the load goes on. */
    void onSoftTimeout() {
        if (call.hasLanded()) {
            return;
        }
        NearEntry<V> reserve = reserve();
        if (reserve != null) {
            call.flight()
                    .answer(
                            Outcome.stale(reserve, sourceOf(reserve), Reason.SLOW_LOAD),
                            policies().servableUntil(reserve));
        }
    }

    // The origin has failed

    /** @param took nanoseconds */
    void onFailure(Throwable failure, long took) {
        KeyLease<K, V> lease = call.lease();
        if (failure instanceof LoadAbandonedException) {
            releaseUnused();
            call.land(failure);
            return;
        }
        int failures = Math.max(lease.failuresBefore(), engine.loads.heldBack.failures(call.key())) + 1;
        NearEntry<V> reserve = reserve();
        engine.loads.loadFailed(call, failure, took, failures);
        boolean rejected = failure instanceof LoadRejectedException;
        long hold = rejected ? Loading.NO_HOLD : holdNanos(failures, policies().keepsReserves() ? servable() : reserve);
        if (rejected) {
            // Says nothing about the origin, nor about other instances: one that waits may have a place.
            releaseUnused();
        } else if (hold == Loading.NO_HOLD) {
            lease.releaseFailed();
        } else {
            lease.release(failures, Entries.millis(hold));
        }
        if (hold != Loading.NO_HOLD && !call.flight().isDetached()) {
            engine.loads.holdBack(call, failures, hold, failure);
        }
        if (reserve != null && failure instanceof Exception) {
            land(reserve, Reason.LOAD_FAILED);
        } else {
            call.land(failure);
        }
        if (hold != Loading.NO_HOLD) {
            engine.refreshes.postpone(call, hold);
        }
    }

    /** The load was not made, or not to its end, and nobody knows more of the origin than before. */
    void releaseUnused() {
        KeyLease<K, V> lease = call.lease();
        boolean overrodeHold = request().isRefresh() && lease.failuresBefore() > 0;
        long hold = overrodeHold
                ? policies().holdNanos(lease.failuresBefore(), servable(), engine.clock.exact())
                : Loading.NO_HOLD;
        lease.releaseUnused(hold == Loading.NO_HOLD ? 0 : Entries.millis(hold));
    }

    /** @param served what readers get meanwhile, be it that this call does not; null = nothing */
    private long holdNanos(int failures, @Nullable NearEntry<V> served) {
        long now = engine.clock.exact();
        return request().isRevalidation() && served != null
                ? policies().holdOfRefresh(failures, served, now)
                : policies().holdNanos(failures, served, now);
    }

    // It is left alone

    /**
     * Another instance has found out a while ago that the origin fails.
     *
     * @param waited whether this call has waited for that instance's load
     */
    void onHold(LeaseState state, boolean waited) {
        engine.loads.holdBack(call, state.failures(), TimeUnit.MILLISECONDS.toNanos(state.leftMillis()), null);
        if (landed()) {
            return;
        }
        if (waited || policies().failures().time() != null) {
            Held here = engine.loads.heldBack.held(call.key());
            call.land(
                    here == null || here.failure() == null
                            ? engine.loads.othersFailure(call.key(), state)
                            : engine.loads.rememberedFailure(call.key(), here));
        } else {
            call.lease().waitForEndOfHold(state);
        }
    }

    /** This instance itself has found that out, and the remote tier says nothing. */
    void onHoldHere(Held held) {
        if (landed()) {
            return;
        }
        if (policies().failures().time() != null) {
            call.land(engine.loads.rememberedFailure(call.key(), held));
        } else {
            call.load();
        }
    }

    /** Lands, if that takes neither a value nor a failure. Returns whether it has. */
    private boolean landed() {
        NearEntry<V> reserve = reserve();
        if (reserve != null) {
            land(reserve, Reason.HELD_BACK);
        } else if (request().isRevalidation()) {
            call.landNothing();
        } else {
            return false;
        }
        return true;
    }
}
