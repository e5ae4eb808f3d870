package io.crema.internal.engine;

/** The lease to load a key, as long as one call has it. Used by the call's runner alone. */
final class HeldLease {

    private final Route<?> route;
    private long token;

    HeldLease(Route<?> route) {
        this.route = route;
    }

    void granted(long newToken) {
        token = newToken;
    }

    boolean isHeld() {
        return token != 0;
    }

    long token() {
        return token;
    }

    /** The remote tier has taken it, by a fill or because it was not ours any more. */
    void gone() {
        token = 0;
    }

    void release() {
        release(0, 0);
    }

    /** As {@link #release()}, and holds the key back for a while because so many loads in a row have failed. */
    void release(int failures, long holdMillis) {
        if (isHeld()) {
            route.access().release(route.remoteKey(), token, failures, holdMillis);
            gone();
        }
    }
}
