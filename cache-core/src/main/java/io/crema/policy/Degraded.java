package io.crema.policy;

/**
 * What a {@link io.crema.ReadConsistency#BOUNDED} read does when this instance cannot prove that its own copy is within
 * the staleness bound, because the connection that carries the invalidations is lost or silent.
 */
public enum Degraded {

    /** Asks the remote tier, then the origin. The default. */
    REMOTE_THEN_ORIGIN,

    /**
     * Gives this instance's copy, if there is one whose time to live is not over: {@link io.crema.CacheEntry#isStale()}
     * tells it from others. For services that would rather be outdated than slow. Without a copy as
     * {@link #REMOTE_THEN_ORIGIN}.
     */
    RESERVE,

    /**
     * Fails with a {@link io.crema.CacheException}, without asking the remote tier or the origin: for origins that would
     * not survive the load of all instances.
     */
    FAIL
}
