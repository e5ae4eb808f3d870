package io.crema.internal.engine;

import io.crema.event.CacheEvent.StaleServed.Reason;
import io.crema.internal.coherence.CoherenceRules.Freshness;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.remote.Answer;
import io.crema.spi.LeaseMode;
import io.crema.spi.LeaseReply;
import io.crema.spi.LeaseState;
import io.crema.spi.RemoteRecord;
import java.util.concurrent.TimeUnit;

/**
 * How a call gets the right to load its key, which one instance has at a time: asks the remote tier for the lease, and
 * where another instance has it, waits for what that one stores, or for its failure. Runs on the call's runner.
 */
final class KeyLease<K, V> {

    private static final long SHORTEST_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    private final LoadCall<K, V> call;
    private final CacheEngine<K, V> engine;
    private final HeldLease held;

    /** When it was first found that it has to wait; 0 = it was not. */
    private long waitsSince;

    /** Whether another instance was loading while this call waited. */
    private boolean sawLoading;

    private int failuresBefore;

    // What was asked for last, and is again after a wait
    private LeaseMode mode = LeaseMode.UNLESS_FRESH;
    private long known;

    KeyLease(LoadCall<K, V> call) {
        this.call = call;
        this.engine = call.engine;
        this.held = new HeldLease(call.route());
    }

    HeldLease held() {
        return held;
    }

    /** How many loads in a row had failed when the lease was granted. */
    int failuresBefore() {
        return failuresBefore;
    }

    void release() {
        held.release();
    }

    void release(int failures, long holdMillis) {
        held.release(Math.min(failures, LeaseState.MOST_FAILURES), holdMillis);
    }

    /** As if it had not been asked for; of a hold that it overrode, so much begins anew. */
    void releaseUnused(long holdMillis) {
        release(failuresBefore, failuresBefore == 0 ? 0 : holdMillis);
    }

    /** After a failure that no policy holds the key back for: told to those alone who wait for this load elsewhere. */
    void releaseFailed() {
        held.release(0, Loading.TOLD_MILLIS);
    }

    void askUnlessFresh() {
        ask(LeaseMode.UNLESS_FRESH, 0);
    }

    void askUnlessReplaced(long known) {
        ask(LeaseMode.UNLESS_REPLACED, known);
    }

    void askEvenIfFresh() {
        ask(LeaseMode.EVEN_IF_FRESH, 0);
    }

    /** Each request has a token of its own, so that a copy that comes late leaves a lease that nobody fills. */
    private void ask(LeaseMode newMode, long newKnown) {
        mode = newMode;
        known = newKnown;
        long token = engine.tokens.next();
        call.route()
                .access()
                .lease(
                        call.route().remoteKey(),
                        token,
                        mode,
                        known,
                        engine.loads.leaseMillis,
                        call.partition().highest())
                .whenComplete((reply, none) -> call.onRunner(() -> onReply(reply, token), () -> release(token)));
    }

    private void release(long token) {
        call.route().access().release(call.route().remoteKey(), token);
    }

    private void onReply(Answer<LeaseReply> reply, long token) {
        if (reply.isEmpty()) {
            release(token);
            call.lookUp().withoutRemote();
        } else if (reply.get() instanceof LeaseReply.Refused refused) {
            onRefusal(refused.current());
        } else if (reply.get() instanceof LeaseReply.Granted granted) {
            held.granted(token);
            failuresBefore = granted.failures();
            call.load();
        }
    }

    private void onRefusal(RemoteRecord current) {
        Freshness freshness = call.freshness(current);
        if (freshness == Freshness.QUARANTINED) {
            call.loadInQuarantine();
        } else if (freshness == Freshness.OPAQUE) {
            call.load();
        } else if (freshness == Freshness.USABLE && isAnswer(current)) {
            call.lookUp().useOrReplace(current);
        } else if (call.request().isRevalidation()) {
            busyBehind(current.lease());
        } else if (current.lease().isHeldBack()) {
            call.fallback().onHold(current.lease(), sawLoading);
        } else {
            // What reads as free has come free in the meantime.
            sawLoading |= current.lease().isLoading();
            waitForFill();
        }
    }

    /** Whether a fresh value is what was to be had, rather than what was to be replaced. */
    private boolean isAnswer(RemoteRecord current) {
        return current.dirty()
                || mode == LeaseMode.UNLESS_FRESH
                || mode == LeaseMode.UNLESS_REPLACED && current.token() != known;
    }

    /** Another instance loads anew what this one has, or has failed to: this one looks again after a while. */
    void busyBehind(LeaseState state) {
        engine.refreshes.later(call, state);
        call.landNothing();
    }

    /** Another instance is loading. If it takes too long, this one loads for itself. */
    private void waitForFill() {
        beginToWait();
        long waited = engine.clock.exact() - waitsSince;
        if (waited >= engine.loads.waitNanos()) {
            insteadOfOther();
            return;
        }
        // About as long again as it has waited: most loads are short, and long ones are not asked after often.
        long most = Math.max(SHORTEST_POLL_NANOS, Math.min(LONGEST_POLL_NANOS, 2 * waited));
        poll(engine.tokens.between(most / 2, most));
    }

    private void insteadOfOther() {
        NearEntry<V> reserve = call.fallback().reserve();
        if (reserve == null) {
            call.load();
        } else {
            call.fallback().land(reserve, Reason.SLOW_LOAD);
        }
    }

    /** Nobody may load for a while, which this call did not wait for: then it is its turn as anybody's. */
    void waitForEndOfHold(LeaseState state) {
        beginToWait();
        if (engine.clock.exact() - waitsSince >= engine.loads.waitNanos()) {
            call.load();
            return;
        }
        long left = TimeUnit.MILLISECONDS.toNanos(state.leftMillis());
        poll(Math.min(LONGEST_POLL_NANOS, left) + engine.tokens.between(0, SHORTEST_POLL_NANOS));
    }

    private void beginToWait() {
        engine.requireOpen();
        call.passOrigin();
        call.startDeadlines();
        if (waitsSince == 0) {
            waitsSince = engine.clock.exact();
        }
    }

    private void poll(long delay) {
        engine.clock.after(delay, () -> call.onRunner(() -> ask(mode, known)));
    }
}
