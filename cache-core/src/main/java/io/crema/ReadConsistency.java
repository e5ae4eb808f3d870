package io.crema;

/** How new a read value has to be. */
public enum ReadConsistency {

    /**
     * Whatever this instance holds, as long as its time to live is not over and nothing is known to be wrong with it:
     * messages that were lost are not waited for. Costs as much as {@link #BOUNDED}, and goes on while the remote tier
     * is away.
     */
    EVENTUAL,

    /**
     * At least as new as everything that was invalidated longer ago than the cache's staleness bound. The default.
     */
    BOUNDED,

    /**
     * At least as new as everything that was invalidated before the read began: asks the remote tier's primary each
     * time. While a failover has not been noticed, which takes half a second, that may be the one of before. Without a
     * remote tier the same as {@link #BOUNDED}; while the remote tier is away, loads go to the origin
     * and nothing is taken from this instance.
     */
    LATEST
}
