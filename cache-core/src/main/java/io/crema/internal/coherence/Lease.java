package io.crema.internal.coherence;

/**
 * The right to serve from the near tier: everything published before {@link #confirmed()} has been applied. Read by
 * every hit, confirmed by each heartbeat.
 */
public final class Lease {

    /** Far from the ends of a long, so that differences do not overflow. */
    private static final long ALWAYS = Long.MAX_VALUE / 4;

    private static final long NEVER = Long.MIN_VALUE / 4;

    private volatile long confirmed;
    private boolean ended;

    private Lease(long confirmed) {
        this.confirmed = confirmed;
    }

    /** Of an instance that shares nothing. */
    public static Lease permanent() {
        return new Lease(ALWAYS);
    }

    /** Of an instance that has not heard anything yet. */
    public static Lease unconfirmed() {
        return new Lease(NEVER);
    }

    public long confirmed() {
        return confirmed;
    }

    /** Everything published before this time has been applied. */
    public synchronized void confirm(long time) {
        if (!ended && time > confirmed) {
            confirmed = time;
        }
    }

    /** For ever: the cache is closed. */
    public synchronized void end() {
        ended = true;
        confirmed = NEVER;
    }
}
