package io.crema.scenarios;

import io.crema.CacheBuilder;
import io.crema.policy.Bulkhead;
import io.crema.policy.CircuitBreaker;
import io.crema.policy.Expiration;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the cache of a scenario is built with. Null = not set, so as the library has it.
 *
 * @param nearTimeToLive after which a value is looked at anew in Redis
 * @param circuitBreaker around Redis
 */
record Policies(
        Expiration expiration,
        Duration nearTimeToLive,
        @Nullable StaleOnError staleOnError,
        @Nullable StaleWhileRevalidate staleWhileRevalidate,
        @Nullable LoadTimeouts loadTimeouts,
        @Nullable Bulkhead bulkhead,
        @Nullable SingleFlight singleFlight,
        CircuitBreaker circuitBreaker) {

    /** How many entries an instance holds: more than any scenario has keys. */
    private static final int NEAR_ENTRIES = 100_000;

    /** The library's, with that freshness. */
    static Policies fresh(Duration fresh) {
        return new Policies(
                Expiration.fresh(fresh),
                Near.DEFAULT_TIME_TO_LIVE,
                null,
                null,
                null,
                null,
                null,
                CircuitBreaker.standard());
    }

    /**
     * The control: no reserve, no timeouts, no breaker, and nobody waits for another instance's load. With them the bars
     * must fail, or they prove nothing.
     */
    Policies off() {
        return new Policies(
                expiration,
                nearTimeToLive,
                null,
                null,
                null,
                null,
                SingleFlight.waitUpTo(Duration.ofMillis(1)),
                CircuitBreaker.off());
    }

    Policies nearTimeToLive(Duration time) {
        return new Policies(
                expiration,
                time,
                staleOnError,
                staleWhileRevalidate,
                loadTimeouts,
                bulkhead,
                singleFlight,
                circuitBreaker);
    }

    Policies staleOnError(StaleOnError policy) {
        return new Policies(
                expiration,
                nearTimeToLive,
                policy,
                staleWhileRevalidate,
                loadTimeouts,
                bulkhead,
                singleFlight,
                circuitBreaker);
    }

    Policies staleWhileRevalidate(StaleWhileRevalidate policy) {
        return new Policies(
                expiration, nearTimeToLive, staleOnError, policy, loadTimeouts, bulkhead, singleFlight, circuitBreaker);
    }

    Policies loadTimeouts(LoadTimeouts policy) {
        return new Policies(
                expiration,
                nearTimeToLive,
                staleOnError,
                staleWhileRevalidate,
                policy,
                bulkhead,
                singleFlight,
                circuitBreaker);
    }

    Policies bulkhead(Bulkhead policy) {
        return new Policies(
                expiration,
                nearTimeToLive,
                staleOnError,
                staleWhileRevalidate,
                loadTimeouts,
                policy,
                singleFlight,
                circuitBreaker);
    }

    <K, V> CacheBuilder<K, V> applyTo(CacheBuilder<K, V> builder) {
        builder.expiration(expiration).near(Near.entries(NEAR_ENTRIES).expireAfter(nearTimeToLive));
        if (staleOnError != null) {
            builder.staleOnError(staleOnError);
        }
        if (staleWhileRevalidate != null) {
            builder.staleWhileRevalidate(staleWhileRevalidate);
        }
        if (loadTimeouts != null) {
            builder.loadTimeouts(loadTimeouts);
        }
        if (bulkhead != null) {
            builder.bulkhead(bulkhead);
        }
        if (singleFlight != null) {
            builder.singleFlight(singleFlight);
        }
        return builder;
    }
}
