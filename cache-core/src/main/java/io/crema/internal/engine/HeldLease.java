package io.crema.internal.engine;

import java.util.concurrent.CompletableFuture;

/** The lease to load a key, as long as one call has it. Used by the call's runner alone, but for {@link #giveBack}. */
final class HeldLease {

    private final Route<?> route;

    // Both guarded by this
    private long token;
    private boolean givenBack;

    HeldLease(Route<?> route) {
        this.route = route;
    }

    synchronized void granted(long newToken) {
        token = newToken;
        givenBack = false;
    }

    synchronized boolean isHeld() {
        return token != 0;
    }

    synchronized long token() {
        return token;
    }

    /** The remote tier has taken it, by a fill or because it was not ours any more. */
    synchronized void gone() {
        token = 0;
    }

    void release() {
        release(0, 0);
    }

    /** As {@link #release()}, and holds the key back for a while because so many loads in a row have failed. */
    void release(int failures, long holdMillis) {
        long mine;
        synchronized (this) {
            mine = givenBack ? 0 : token;
            token = 0;
        }
        if (mine != 0) {
            route.access().release(route.remoteKey(), mine, failures, holdMillis);
        }
    }

    /**
     * By whoever closes the cache, on any thread, while the call may be anywhere: others get the key at once. To the call it
     * looks as if it still had the lease, with which it can store nothing more; a fill that is under way comes before this.
     *
     * @return ends when the remote tier has answered, or will not
     */
    CompletableFuture<?> giveBack() {
        long theirs;
        synchronized (this) {
            theirs = givenBack ? 0 : token;
            givenBack = true;
        }
        return theirs == 0
                ? CompletableFuture.completedFuture(null)
                : route.access().releaseLast(route.remoteKey(), theirs);
    }
}
