package io.crema.policy;

/**
 * What becomes of the remote tier's records when it turns out that it may have forgotten writes: a failover, a restart, a
 * restored snapshot, a flush. What was invalidated in the part that is lost is there again.
 *
 * <p>Until an instance has done its part, it serves nothing from the remote tier's records of the partitions concerned.
 */
public enum HistoryChange {
    /**
     * Each instance executes again the invalidations, puts and clears of the last 30 seconds that it sent or received; all
     * other records stay. Where that cannot cover what is lost, because more than that may be, or because there were too
     * many, everything is cleared.
     */
    REPLAY,
    /**
     * Everything is cleared: each value is loaded anew when it is read next. What each instance sent or received of late
     * is executed again all the same, since others may store values anew that they read before.
     */
    CLEAR,
    /** Everything stays. Values that were invalidated may come back, and stay as long as they are fresh. */
    TRUST
}
