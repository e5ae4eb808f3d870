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
import java.util.Objects;
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
        @Nullable StaleOnError staleOnError,
        @Nullable StaleWhileRevalidate whileRevalidate,
        @Nullable RefreshAhead refreshAhead,
        LoadTimeouts timeouts,
        @Nullable Bulkhead bulkhead,
        SingleFlight singleFlight,
        FailureCaching failures,
        AbandonedLoads abandoned,
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
                reserve ? StaleOnError.upTo(fresh.plus(longer)).retry(backoff(world)) : null,
                revalidates ? StaleWhileRevalidate.upTo(Duration.ofMillis(revalidating)) : null,
                world.chance(0.4) ? refreshAhead(world) : null,
                timeouts(world, reserve || revalidates),
                world.chance(0.4) ? new Bulkhead(1 + world.below(3), world.below(6)) : null,
                SingleFlight.waitUpTo(millis(world, 100, 1_500)),
                world.chance(0.3) ? FailureCaching.cachedFor(millis(world, 100, 900)) : FailureCaching.off(),
                world.chance(0.3) ? AbandonedLoads.CANCEL : AbandonedLoads.FINISH,
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
                .loadTimeouts(timeouts)
                .singleFlight(singleFlight)
                .failures(failures)
                .abandonedLoads(abandoned)
                .staleness(BOUND)
                .degraded(degraded);
        if (!near) {
            builder.near(Near.none());
        }
        if (staleOnError != null) {
            builder.staleOnError(staleOnError);
        }
        if (whileRevalidate != null) {
            builder.staleWhileRevalidate(whileRevalidate);
        }
        if (refreshAhead != null) {
            builder.refreshAhead(refreshAhead);
        }
        if (bulkhead != null) {
            builder.bulkhead(bulkhead);
        }
        return builder;
    }

    // What the checks ask; nanoseconds, 0 where there is no such policy

    long staleOnErrorNanos() {
        return staleOnError == null ? 0 : staleOnError.limit().toNanos();
    }

    long whileRevalidateNanos() {
        return whileRevalidate == null ? 0 : whileRevalidate.limit().toNanos();
    }

    long softNanos() {
        return timeouts.soft() == null
                ? 0
                : Objects.requireNonNull(timeouts.soft()).toNanos();
    }

    long hardNanos() {
        return timeouts.hard() == null
                ? 0
                : Objects.requireNonNull(timeouts.hard()).toNanos();
    }

    long waitNanos() {
        return singleFlight.waitLimit().toNanos();
    }

    long failureNanos() {
        return failures.time() == null
                ? 0
                : Objects.requireNonNull(failures.time()).toNanos();
    }

    boolean keepsReserves() {
        return staleOnError != null || whileRevalidate != null;
    }

    /** The longest time that a key is held back. */
    long longestHoldNanos() {
        long longest = Math.max(Times.millis(200), failureNanos());
        if (staleOnError != null) {
            longest = Math.max(longest, staleOnError.retry().longest().toNanos());
        }
        if (refreshAhead != null) {
            longest = Math.max(longest, refreshAhead.retry().longest().toNanos());
        }
        return staleOnError == null && whileRevalidate != null
                ? Math.max(longest, whileRevalidateNanos() + expiration.fresh().toNanos())
                : longest;
    }

    /** The shortest time that a key is held back after its n-th failure in a row, where there is a reserve. */
    long holdNanos(int inARow) {
        Backoff revalidating = staleOnError == null
                ? Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(30))
                : staleOnError.retry();
        // Failures of refreshes and of other loads count in one row.
        long hold = revalidating.after(inARow).toNanos();
        return refreshAhead == null
                ? hold
                : Math.min(hold, refreshAhead.retry().after(inARow).toNanos());
    }

    long leaseNanos() {
        Loading loading = Loading.DEFAULTS.timeouts(timeouts);
        Duration hard = loading.timeouts().hard();
        return TimeUnit.MILLISECONDS.toNanos(hard == null ? 10_000 : Math.max(10_000, hard.toMillis() + 1_000));
    }

    // Others than the checks go by

    LoadPlan with(Expiration other) {
        return new LoadPlan(
                instances,
                keys,
                near,
                remote,
                context,
                bulk,
                other,
                nulls,
                staleOnError,
                whileRevalidate,
                refreshAhead,
                timeouts,
                bulkhead,
                singleFlight,
                failures,
                abandoned,
                degraded,
                breaker);
    }

    LoadPlan with(NullCaching other) {
        return new LoadPlan(
                instances,
                keys,
                near,
                remote,
                context,
                bulk,
                expiration,
                other,
                staleOnError,
                whileRevalidate,
                refreshAhead,
                timeouts,
                bulkhead,
                singleFlight,
                failures,
                abandoned,
                degraded,
                breaker);
    }

    LoadPlan with(@Nullable StaleOnError other) {
        return new LoadPlan(
                instances,
                keys,
                near,
                remote,
                context,
                bulk,
                expiration,
                nulls,
                other,
                whileRevalidate,
                refreshAhead,
                timeouts,
                bulkhead,
                singleFlight,
                failures,
                abandoned,
                degraded,
                breaker);
    }

    LoadPlan with(@Nullable StaleWhileRevalidate other) {
        return new LoadPlan(
                instances,
                keys,
                near,
                remote,
                context,
                bulk,
                expiration,
                nulls,
                staleOnError,
                other,
                refreshAhead,
                timeouts,
                bulkhead,
                singleFlight,
                failures,
                abandoned,
                degraded,
                breaker);
    }

    LoadPlan with(RefreshAhead other) {
        return new LoadPlan(
                instances,
                keys,
                near,
                remote,
                context,
                bulk,
                expiration,
                nulls,
                staleOnError,
                whileRevalidate,
                other,
                timeouts,
                bulkhead,
                singleFlight,
                failures,
                abandoned,
                degraded,
                breaker);
    }

    LoadPlan with(LoadTimeouts other) {
        return new LoadPlan(
                instances,
                keys,
                near,
                remote,
                context,
                bulk,
                expiration,
                nulls,
                staleOnError,
                whileRevalidate,
                refreshAhead,
                other,
                bulkhead,
                singleFlight,
                failures,
                abandoned,
                degraded,
                breaker);
    }

    LoadPlan with(SingleFlight other) {
        return new LoadPlan(
                instances,
                keys,
                near,
                remote,
                context,
                bulk,
                expiration,
                nulls,
                staleOnError,
                whileRevalidate,
                refreshAhead,
                timeouts,
                bulkhead,
                other,
                failures,
                abandoned,
                degraded,
                breaker);
    }

    LoadPlan with(FailureCaching other) {
        return new LoadPlan(
                instances,
                keys,
                near,
                remote,
                context,
                bulk,
                expiration,
                nulls,
                staleOnError,
                whileRevalidate,
                refreshAhead,
                timeouts,
                bulkhead,
                singleFlight,
                other,
                abandoned,
                degraded,
                breaker);
    }
}
