package io.crema.internal.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The lease to load a key, as long as one call has it. Thread-safe: the steps of a call follow one another, but its end by
 * a timeout, because nobody waits any more or because the cache is closed may come beside them. It is given back once.
 */
final class HeldLease {

    private final Route<?> route;

    /** Stays after the end: what is offered with it then is refused, because it is nobody's lease any more. */
    private volatile long token;

    private volatile boolean held;

    /** Whether it has to be given back, which whoever clears this does. */
    private final AtomicBoolean owed = new AtomicBoolean();

    HeldLease(Route<?> route) {
        this.route = route;
    }

    void granted(long newToken) {
        token = newToken;
        held = true;
        owed.set(true);
    }

    boolean isHeld() {
        return held;
    }

    /** That of the lease that was granted last. */
    long token() {
        return token;
    }

    /** The remote tier has taken it, by a fill or because it was not ours any more. */
    void gone() {
        held = false;
        owed.set(false);
    }

    void release() {
        release(0, 0);
    }

    /** As {@link #release()}, and holds the key back for a while because so many loads in a row have failed. */
    void release(int failures, long holdMillis) {
        held = false;
        if (owed.getAndSet(false)) {
            route.access().release(route.remoteKey(), token, failures, holdMillis);
        }
    }

    /**
     * By whoever closes the cache, on any thread, while the call may be anywhere: others get the key at once. To the call it
     * looks as if it still had the lease, with which it can store nothing more; a fill that is under way comes before this.
     *
     * @return ends when the remote tier has answered, or will not
     */
    CompletableFuture<?> giveBack() {
        return owed.getAndSet(false)
                ? route.access().releaseLast(route.remoteKey(), token)
                : CompletableFuture.completedFuture(null);
    }
}
