package io.crema.spring.boot;

import io.crema.CacheBuilder;
import io.crema.policy.Bulkhead;
import io.crema.policy.Degraded;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import io.crema.policy.NullCaching;
import io.crema.policy.RefreshAhead;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The policies of a cache. What is not set for a cache is that of {@code crema.defaults}, and what is not set there is the
 * starter's default.
 *
 * @param tiers which tiers the cache has
 * @param timeToLive how long values are fresh, in both tiers
 * @param jitter by which part of it the time to live is shortened at random, 0 to 1
 * @param nullTimeToLive how long a null is cached; 0 = nulls are not cached
 * @param staleness no read returns a value that was invalidated longer ago than this
 * @param maximumSize how many entries this process holds
 * @param nearTimeToLive how long this process holds an entry
 * @param nearTimeToIdle how long this process holds an entry that nobody reads
 * @param staleOnError how long a value whose time is over may be served while loading fails
 * @param retryEvery how long loading rests after a failure
 * @param staleWhileRevalidate how long a value whose time is over may be served while a new one is loaded
 * @param refreshAhead after which part of its time to live a value that is read is loaded anew, 0 to 1
 * @param softTimeout when a reader is given the reserve, if there is one, while loading goes on
 * @param hardTimeout when loading is given up
 * @param concurrentLoads how many loads run at a time in this process
 * @param failureTimeToLive how long a failure of the method is given to others without calling it
 * @param degraded what reads do while the remote tier is away
 * @param quarantineOnCommit how long keys that a transaction changed are in quarantine at most while it commits; 0 = they are not
 */
public record PolicyProperties(
        @Nullable Tiers tiers,
        @Nullable Duration timeToLive,
        @Nullable Double jitter,
        @Nullable Duration nullTimeToLive,
        @Nullable Duration staleness,
        @Nullable Long maximumSize,
        @Nullable Duration nearTimeToLive,
        @Nullable Duration nearTimeToIdle,
        @Nullable Duration staleOnError,
        @Nullable Duration retryEvery,
        @Nullable Duration staleWhileRevalidate,
        @Nullable Double refreshAhead,
        @Nullable Duration softTimeout,
        @Nullable Duration hardTimeout,
        @Nullable Integer concurrentLoads,
        @Nullable Duration failureTimeToLive,
        @Nullable Degraded degraded,
        @Nullable Duration quarantineOnCommit) {

    /** Where a cache keeps its entries. */
    public enum Tiers {
        /** In this process and in the remote tier, if there is one. */
        BOTH,
        /** In this process alone. */
        NEAR,
        /** In the remote tier alone. */
        REMOTE
    }

    /** What a cache has that nobody configured: bounded, and with an end. */
    static final PolicyProperties STANDARD = new PolicyProperties(
            Tiers.BOTH,
            Duration.ofMinutes(10),
            0.1,
            Duration.ofMinutes(1),
            Duration.ofSeconds(2),
            10_000L,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            Degraded.REMOTE_THEN_ORIGIN,
            null);

    /** These, and where they say nothing, the others. */
    PolicyProperties over(@Nullable PolicyProperties others) {
        if (others == null) {
            return this;
        }
        return new PolicyProperties(
                either(others, PolicyProperties::tiers),
                either(others, PolicyProperties::timeToLive),
                either(others, PolicyProperties::jitter),
                either(others, PolicyProperties::nullTimeToLive),
                either(others, PolicyProperties::staleness),
                either(others, PolicyProperties::maximumSize),
                either(others, PolicyProperties::nearTimeToLive),
                either(others, PolicyProperties::nearTimeToIdle),
                either(others, PolicyProperties::staleOnError),
                either(others, PolicyProperties::retryEvery),
                either(others, PolicyProperties::staleWhileRevalidate),
                either(others, PolicyProperties::refreshAhead),
                either(others, PolicyProperties::softTimeout),
                either(others, PolicyProperties::hardTimeout),
                either(others, PolicyProperties::concurrentLoads),
                either(others, PolicyProperties::failureTimeToLive),
                either(others, PolicyProperties::degraded),
                either(others, PolicyProperties::quarantineOnCommit));
    }

    private <T> @Nullable T either(PolicyProperties others, Function<PolicyProperties, @Nullable T> component) {
        T own = component.apply(this);
        return own == null ? component.apply(others) : own;
    }

    /** Whether a component was set. */
    boolean says(RecordComponent component) {
        try {
            return component.getAccessor().invoke(this) != null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    void applyTo(CacheBuilder<Object, Object> builder) {
        if (tiers == Tiers.NEAR) {
            builder.nearOnly();
        }
        builder.near(near());
        if (timeToLive != null) {
            Expiration fresh = Expiration.fresh(timeToLive);
            builder.expiration(jitter == null ? fresh : fresh.jitter(jitter));
        }
        if (nullTimeToLive != null) {
            builder.nulls(nullTimeToLive.isZero() ? NullCaching.off() : NullCaching.cachedFor(nullTimeToLive));
        }
        if (staleness != null) {
            builder.staleness(staleness);
        }
        if (staleOnError != null) {
            StaleOnError reserve = StaleOnError.upTo(staleOnError);
            builder.staleOnError(retryEvery == null ? reserve : reserve.retryEvery(retryEvery));
        }
        if (staleWhileRevalidate != null) {
            builder.staleWhileRevalidate(StaleWhileRevalidate.upTo(staleWhileRevalidate));
        }
        if (refreshAhead != null) {
            builder.refreshAhead(RefreshAhead.at(refreshAhead));
        }
        if (softTimeout != null || hardTimeout != null) {
            LoadTimeouts limits = softTimeout == null ? LoadTimeouts.none() : LoadTimeouts.soft(softTimeout);
            builder.loadTimeouts(hardTimeout == null ? limits : limits.hard(hardTimeout));
        }
        if (concurrentLoads != null) {
            builder.bulkhead(Bulkhead.of(concurrentLoads));
        }
        if (failureTimeToLive != null) {
            builder.failures(
                    failureTimeToLive.isZero() ? FailureCaching.off() : FailureCaching.cachedFor(failureTimeToLive));
        }
        if (degraded != null) {
            builder.degraded(degraded);
        }
    }

    @Nullable
    Duration quarantine() {
        return quarantineOnCommit == null || quarantineOnCommit.isZero() ? null : quarantineOnCommit;
    }

    private Near near() {
        if (tiers == Tiers.REMOTE) {
            return Near.none();
        }
        Near near = Near.entries(maximumSize == null ? 10_000 : maximumSize);
        if (nearTimeToLive != null) {
            near = near.expireAfter(nearTimeToLive);
        }
        return nearTimeToIdle == null ? near : near.expireAfterIdle(nearTimeToIdle);
    }
}
