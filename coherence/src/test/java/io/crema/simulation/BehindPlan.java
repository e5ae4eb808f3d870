package io.crema.simulation;

import io.crema.CacheBuilder;
import io.crema.Crema;
import io.crema.policy.Backoff;
import io.crema.policy.CircuitBreaker;
import io.crema.policy.Degraded;
import io.crema.policy.Expiration;
import io.crema.policy.Near;
import io.crema.policy.NullCaching;
import io.crema.policy.WritePolicy;
import java.time.Duration;

/**
 * The instances and the policies of one seed of writes behind.
 *
 * @param failovers whether the remote tier may forget what it acknowledged last
 * @param drain how long an instance that leaves writes what is left
 */
record BehindPlan(
        int instances,
        int keys,
        int partitions,
        boolean near,
        boolean failovers,
        Expiration expiration,
        NullCaching nulls,
        WritePolicy.Behind policy,
        Duration drain,
        Degraded degraded,
        CircuitBreaker breaker) {

    static final String CACHE = "behind";
    static final Duration BOUND = Duration.ofMillis(1250);

    private static final int MANY = 1_000_000;

    private static final CircuitBreaker HASTY =
            new CircuitBreaker(0.5, Duration.ofMillis(150), Duration.ofSeconds(2), 5, Duration.ofMillis(400), 2);

    static BehindPlan of(World world) {
        int partitions = 1 + world.below(3);
        Duration first = millis(world, 20, 300);
        boolean small = world.chance(0.3);
        boolean impatient = world.chance(0.35);
        boolean coalescing = world.chance(0.7);
        WritePolicy.Behind policy = WritePolicy.behind()
                // A key is written once in that time; all of its writes are to be in the time of a run.
                .delay(coalescing ? millis(world, 20, 400) : millis(world, 15, 40))
                .batch(1 + world.below(5))
                .flushers(1 + world.below(2))
                .retry(
                        Backoff.doubling(first, first.multipliedBy(1 + world.below(4))),
                        impatient ? 1 + world.below(4) : MANY)
                .journal(small ? (long) partitions * (1 + world.below(4)) : MANY, millis(world, 50, 600))
                .timeout(millis(world, 200, 3_000))
                .lease(millis(world, 1_000, 2_000))
                // Real time; the simulation drains before it closes.
                .drain(Duration.ofMillis(1));
        return new BehindPlan(
                1 + world.below(3),
                1 + world.below(4),
                partitions,
                world.chance(0.75),
                world.chance(0.15),
                Expiration.fresh(world.chance(0.5) ? millis(world, 200, 1_500) : millis(world, 5_000, 20_000)),
                world.chance(0.5) ? NullCaching.cachedFor(millis(world, 200, 1_500)) : NullCaching.off(),
                coalescing ? policy : policy.withoutCoalescing(),
                millis(world, 50, 1_500),
                world.chance(0.9) ? Degraded.REMOTE_THEN_ORIGIN : Degraded.FAIL,
                world.chance(0.5) ? HASTY : CircuitBreaker.off());
    }

    private static Duration millis(World world, long from, long to) {
        return Duration.ofMillis(world.between(from, to));
    }

    CacheBuilder<String, Long> configure(Crema crema) {
        CacheBuilder<String, Long> builder = crema.<String, Long>cache(CACHE)
                .codec(new Values.OfLong())
                .keyCodec(new Values.OfKey())
                .expiration(expiration)
                .nulls(nulls)
                .staleness(BOUND)
                .degraded(degraded)
                .writePolicy(policy);
        return near ? builder : builder.near(Near.none());
    }

    long leaseNanos() {
        return policy.lease().toNanos();
    }

    boolean givesUp() {
        return policy.attempts() < MANY;
    }

    /** After that nothing that was under way when everything healed still is. */
    long settlingNanos() {
        return 4 * leaseNanos()
                + 2 * policy.timeout().toNanos()
                + 4 * policy.retry().longest().toNanos()
                + Times.millis(12_000);
    }
}
