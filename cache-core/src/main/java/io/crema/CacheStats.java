package io.crema;

import java.time.Duration;

/**
 * Counts since a cache was built, as one instance sees it. Hits of the near tier are counted by plain per-stripe
 * increments, which cost less than a nanosecond or two and may miss a few when threads that share a stripe hit at the
 * same instant; all other counts are exact. A snapshot is not atomic over its fields.
 *
 * @param nearHits reads served by this process, cached nulls too
 * @param remoteHits reads served by the remote tier
 * @param misses reads that neither had: loaded, or answered with nothing
 * @param loads calls of a loader that ended; a bulk load counts once
 * @param loadFailures how many of those failed, timed out or were rejected
 * @param loadTime time spent in loaders
 * @param loadTimeouts loads given up at their hard timeout; a bulk load counts for each of its keys
 * @param loadsRejected loads not begun because the bulkhead was full
 * @param refreshes loads behind the readers that ended, well or not
 * @param staleServed reads served by a value that was not fresh any more, or not provably within the bound
 * @param nearSize entries in this process, roughly
 * @param nearEvictions entries that left this process because of size or time
 * @param writes keys that a writer was called for; of many together, each counts
 * @param writeFailures how many of those failed
 * @param writesRejected writes that were not accepted because the journal was full
 * @param writesGivenUp writes behind callers that are dead letters
 * @param writesPending writes that wait in the journals that this instance writes, when it looked at them last
 * @param fillsRefused loaded values that were not stored because something newer was known
 * @param undecodable records of the remote tier that could not be decoded
 * @param remoteFailures operations of the remote tier that failed or took too long
 * @param remoteRefused operations that the circuit breaker kept from the remote tier
 * @param invalidationsReceived keys named in messages from the remote tier, own ones too
 * @param gaps times that a partition may have missed a message
 * @param resyncsKept resynchronisations of a partition that proved that nothing was missed
 * @param invalidationsPending invalidations that the remote tier has not confirmed yet, at the moment
 * @param listenerFailures calls of listeners that threw, and events that they were too slow to get
 */
public record CacheStats(
        long nearHits,
        long remoteHits,
        long misses,
        long loads,
        long loadFailures,
        Duration loadTime,
        long loadTimeouts,
        long loadsRejected,
        long refreshes,
        long staleServed,
        long nearSize,
        long nearEvictions,
        long writes,
        long writeFailures,
        long writesRejected,
        long writesGivenUp,
        long writesPending,
        long fillsRefused,
        long undecodable,
        long remoteFailures,
        long remoteRefused,
        long invalidationsReceived,
        long gaps,
        long resyncsKept,
        long invalidationsPending,
        long listenerFailures) {

    /** All reads. */
    public long reads() {
        return nearHits + remoteHits + misses;
    }
}
