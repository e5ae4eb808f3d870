package io.crema.simulation;

import io.crema.CacheBuilder;
import io.crema.Crema;
import io.crema.internal.engine.Loading;
import io.crema.policy.AbandonedLoads;
import io.crema.policy.Backoff;
import io.crema.policy.Bulkhead;
import io.crema.policy.CircuitBreaker;
import io.crema.policy.Degraded;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import io.crema.policy.NullCaching;
import io.crema.policy.RefreshAhead;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The instances and the policies of one seed.
 *
 * @param context whether the loader blocks and decides more than the value; else it gives a future
 * @param bulk whether there is a bulk loader
 */
record LoadPlan(
        int instances,
        int keys,
        boolean near,
        boolean remote,
        boolean context,
        boolean bulk,
        Expiration expiration,
        NullCaching nulls,
        Loading loading,
        Degraded degraded,
        CircuitBreaker breaker) {

    static final String CACHE = "loaded";
    static final Duration BOUND = Duration.ofMillis(1250);

    private static final CircuitBreaker HASTY =
            new CircuitBreaker(0.5, Duration.ofMillis(150), Duration.ofSeconds(2), 5, Duration.ofMillis(400), 2);

    static LoadPlan of(World world) {
        boolean remote = world.chance(0.85);
        Duration fresh = millis(world, 400, 2_000);
        Duration longer = millis(world, 700, 5_000);
        boolean reserve = world.chance(0.65);
        boolean revalidates = world.chance(0.4);
        long revalidating = world.between(200, Math.min(1_500, reserve ? longer.toMillis() : 1_500));
        return new LoadPlan(
                remote ? 1 + world.below(3) : 1,
                1 + world.below(4),
                !remote || world.chance(0.75),
                remote,
                world.chance(0.5),
                world.chance(0.4),
                Expiration.fresh(fresh).jitter(world.chance(0.4) ? 0.2 : 0),
                world.chance(0.5) ? NullCaching.cachedFor(millis(world, 200, 1_500)) : NullCaching.off(),
                new Loading(
                        reserve ? StaleOnError.upTo(fresh.plus(longer)).retry(backoff(world)) : null,
                        revalidates ? StaleWhileRevalidate.upTo(Duration.ofMillis(revalidating)) : null,
                        world.chance(0.4) ? refreshAhead(world) : null,
                        timeouts(world, reserve || revalidates),
                        world.chance(0.4) ? new Bulkhead(1 + world.below(3), world.below(6)) : null,
                        SingleFlight.waitUpTo(millis(world, 100, 1_500)),
                        world.chance(0.3) ? FailureCaching.cachedFor(millis(world, 100, 900)) : FailureCaching.off(),
                        world.chance(0.3) ? AbandonedLoads.CANCEL : AbandonedLoads.FINISH),
                world.chance(0.9) ? Degraded.REMOTE_THEN_ORIGIN : Degraded.FAIL,
                world.chance(0.5) ? HASTY : CircuitBreaker.off());
    }

    private static Duration millis(World world, long from, long to) {
        return Duration.ofMillis(world.between(from, to));
    }

    private static Backoff backoff(World world) {
        Duration first = millis(world, 100, 600);
        return Backoff.doubling(first, first.multipliedBy(1 + world.below(4)));
    }

    private static RefreshAhead refreshAhead(World world) {
        double fraction = 0.4 + 0.1 * world.below(6);
        return RefreshAhead.at(fraction).beta(world.chance(0.3) ? 1 : 0).retry(backoff(world));
    }

    private static LoadTimeouts timeouts(World world, boolean reserve) {
        Duration soft = reserve && world.chance(0.4) ? millis(world, 20, 120) : null;
        Duration hard = world.chance(0.5) ? millis(world, 150, 800) : null;
        return new LoadTimeouts(soft, hard);
    }

    CacheBuilder<String, Long> configure(Crema crema) {
        CacheBuilder<String, Long> builder = crema.<String, Long>cache(CACHE)
                .codec(new Values.OfLong())
                .expiration(expiration)
                .nulls(nulls)
                .loadTimeouts(loading.timeouts())
                .singleFlight(loading.singleFlight())
                .failures(loading.failures())
                .abandonedLoads(loading.abandoned())
                .staleness(BOUND)
                .degraded(degraded);
        if (!near) {
            builder.near(Near.none());
        }
        Optional.ofNullable(loading.staleOnError()).ifPresent(builder::staleOnError);
        Optional.ofNullable(loading.staleWhileRevalidate()).ifPresent(builder::staleWhileRevalidate);
        Optional.ofNullable(loading.refreshAhead()).ifPresent(builder::refreshAhead);
        Optional.ofNullable(loading.bulkhead()).ifPresent(builder::bulkhead);
        return builder;
    }

    // What the checks ask; nanoseconds, 0 where there is no such policy

    long staleOnErrorNanos() {
        StaleOnError policy = loading.staleOnError();
        return policy == null ? 0 : policy.limit().toNanos();
    }

    long whileRevalidateNanos() {
        StaleWhileRevalidate policy = loading.staleWhileRevalidate();
        return policy == null ? 0 : policy.limit().toNanos();
    }

    long softNanos() {
        return nanos(loading.timeouts().soft());
    }

    long hardNanos() {
        return nanos(loading.timeouts().hard());
    }

    long waitNanos() {
        return nanos(loading.singleFlight().waitLimit());
    }

    long failureNanos() {
        return nanos(loading.failures().time());
    }

    private static long nanos(@Nullable Duration time) {
        return time == null ? 0 : time.toNanos();
    }

    boolean keepsReserves() {
        return loading.staleOnError() != null || loading.staleWhileRevalidate() != null;
    }

    /** The longest time that a key is held back. */
    long longestHoldNanos() {
        StaleOnError onError = loading.staleOnError();
        RefreshAhead ahead = loading.refreshAhead();
        long longest = Math.max(Times.millis(200), failureNanos());
        if (onError != null) {
            longest = Math.max(longest, onError.retry().longest().toNanos());
        }
        if (ahead != null) {
            longest = Math.max(longest, ahead.retry().longest().toNanos());
        }
        return onError == null && loading.staleWhileRevalidate() != null
                ? Math.max(longest, whileRevalidateNanos() + expiration.fresh().toNanos())
                : longest;
    }

    /** The shortest time that a key is held back after its n-th failure in a row, where there is a reserve. */
    long holdNanos(int inARow) {
        StaleOnError onError = loading.staleOnError();
        RefreshAhead ahead = loading.refreshAhead();
        Backoff revalidating =
                onError == null ? Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(30)) : onError.retry();
        // Failures of refreshes and of other loads count in one row.
        long hold = revalidating.after(inARow).toNanos();
        return ahead == null ? hold : Math.min(hold, ahead.retry().after(inARow).toNanos());
    }

    /** As short as a lease may be: others wait for less than its shortest. */
    long leaseNanos() {
        Duration hard = loading.timeouts().hard();
        return TimeUnit.MILLISECONDS.toNanos(hard == null ? 10_000 : Math.max(10_000, hard.toMillis() + 1_000));
    }

    // Others than the checks go by

    LoadPlan with(Expiration other) {
        return new LoadPlan(instances, keys, near, remote, context, bulk, other, nulls, loading, degraded, breaker);
    }

    LoadPlan with(NullCaching other) {
        return new LoadPlan(
                instances, keys, near, remote, context, bulk, expiration, other, loading, degraded, breaker);
    }

    LoadPlan with(Loading other) {
        return new LoadPlan(instances, keys, near, remote, context, bulk, expiration, nulls, other, degraded, breaker);
    }
}
