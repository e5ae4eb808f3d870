package io.crema;

import io.crema.policy.AbandonedLoads;
import io.crema.policy.Bulkhead;
import io.crema.policy.Degraded;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.policy.HistoryChange;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import io.crema.policy.NullCaching;
import io.crema.policy.ReadClock;
import io.crema.policy.RefreshAhead;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.policy.WritePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a cache was built with; what nobody set has its default.
 *
 * @param remote whether its values are in the remote tier too
 * @param staleness no read returns a value that was invalidated longer ago than this
 * @param staleOnError null = a failed load is a failure
 * @param staleWhileRevalidate null = a read whose value's time is over waits for the new one
 * @param refreshAhead null = nothing is loaded before its time is over
 * @param bulkhead null = as many loads at a time as callers need
 * @param writePolicy null = it does not write to its origin
 */
public record CacheConfiguration(
        boolean remote,
        Near near,
        Expiration expiration,
        NullCaching nulls,
        Duration staleness,
        HistoryChange onHistoryChange,
        Degraded degraded,
        ReadClock readClock,
        @Nullable StaleOnError staleOnError,
        @Nullable StaleWhileRevalidate staleWhileRevalidate,
        @Nullable RefreshAhead refreshAhead,
        LoadTimeouts loadTimeouts,
        @Nullable Bulkhead bulkhead,
        SingleFlight singleFlight,
        FailureCaching failures,
        AbandonedLoads abandonedLoads,
        @Nullable WritePolicy writePolicy) {}
