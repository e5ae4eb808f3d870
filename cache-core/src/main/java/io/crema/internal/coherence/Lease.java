package io.crema.internal.coherence;

/**
 * The right to serve from the near tier: everything published before {@link #confirmed()} has been applied, whatever the
 * partition. Read by every hit, raised by heartbeats. Where only some partitions are confirmed,
 * {@link #confirmed(Partition)} says which.
 */
public final class Lease {

    /** Far from the ends of a long, so that differences do not overflow. */
    private static final long ALWAYS = Long.MAX_VALUE / 4;

    static final long NEVER = Long.MIN_VALUE / 4;

    private volatile long confirmed;
    private volatile boolean ended;

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

    /** The same for one partition alone, which is at least as much. */
    public long confirmed(Partition partition) {
        return ended ? NEVER : Math.max(confirmed, partition.confirmed());
    }

    /** Partitions were confirmed: the lease is what holds for all of them. Returns whether it holds for any time. */
    public synchronized boolean raise(Partitions partitions) {
        long least = ALWAYS;
        for (Partition partition : partitions.all()) {
            least = Math.min(least, partition.confirmed());
        }
        if (!ended && least > confirmed) {
            confirmed = least;
        }
        return confirmed > NEVER;
    }

    /** For ever: the cache is closed. */
    public synchronized void end() {
        ended = true;
        confirmed = NEVER;
    }
}
