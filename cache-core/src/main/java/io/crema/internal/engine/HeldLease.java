package io.crema.internal.engine;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The lease to load a key, as long as one call has it. Thread-safe: the steps of a call follow one another, but its end by
 * a timeout, or because nobody waits any more, may come beside them. It is given back once.
 */
final class HeldLease {

    private final Route<?> route;
    private final AtomicBoolean held = new AtomicBoolean();

    /** Stays after the end: what is offered with it then is refused, because it is nobody's lease any more. */
    private volatile long token;

    HeldLease(Route<?> route) {
        this.route = route;
    }

    void granted(long newToken) {
        token = newToken;
        held.set(true);
    }

    boolean isHeld() {
        return held.get();
    }

    /** That of the lease that was granted last. */
    long token() {
        return token;
    }

    /** The remote tier has taken it, by a fill or because it was not ours any more. */
    void gone() {
        held.set(false);
    }

    void release() {
        release(0, 0);
    }

    /** As {@link #release()}, and holds the key back for a while because so many loads in a row have failed. */
    void release(int failures, long holdMillis) {
        if (held.getAndSet(false)) {
            route.access().release(route.remoteKey(), token, failures, holdMillis);
        }
    }
}
