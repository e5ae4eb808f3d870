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
        if (isHeld()) {
            route.access().release(route.remoteKey(), token);
            gone();
        }
    }
}
