package io.crema.simulation;

import io.crema.CacheBuilder;
import io.crema.Crema;
import io.crema.policy.Degraded;
import io.crema.policy.Expiration;
import io.crema.policy.HistoryChange;
import io.crema.policy.ReadClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one seed does, but for when.
 *
 * @param ordered whether an instance's commands are executed in the order in which they were sent; only then may values
 *     be put without versions
 * @param keepsQuarantines whether the server forgets no quarantine
 * @param failingLoads the share of loads that fail
 */
record Plan(
        int instances,
        int primaries,
        int partitions,
        boolean relayed,
        boolean ordered,
        ReadClock clock,
        Degraded degraded,
        HistoryChange onHistoryChange,
        Duration fresh,
        double failingLoads,
        boolean keepsQuarantines,
        List<Fault> rounds) {

    static final String PLAIN = "plain";
    static final String CONTEXTUAL = "contextual";
    static final Duration BOUND = Duration.ofMillis(1250);

    static Plan of(World world) {
        int instances = 2 + world.below(3);
        int primaries = world.chance(0.5) ? 1 : 2 + world.below(2);
        boolean relayed = world.chance(0.4);
        boolean strict = world.chance(0.5);
        List<Fault> rounds = new ArrayList<>();
        int count = 1 + world.below(3);
        for (int round = 0; round < count; round++) {
            rounds.add(world.oneOf(Fault.possible(primaries, relayed, strict)));
        }
        return new Plan(
                instances,
                primaries,
                1 + world.below(3),
                relayed,
                world.chance(0.5),
                strict ? ReadClock.STRICT : ReadClock.COARSE,
                degraded(world.below(100)),
                world.chance(0.7) ? HistoryChange.REPLAY : HistoryChange.CLEAR,
                world.chance(0.2) ? Duration.ofMillis(1500) : Duration.ofMinutes(10),
                world.chance(0.3) ? 0.05 : 0,
                rounds.stream().noneMatch(Fault::losesData),
                rounds);
    }

    private static Degraded degraded(int luck) {
        if (luck < 75) {
            return Degraded.REMOTE_THEN_ORIGIN;
        }
        return luck < 88 ? Degraded.FAIL : Degraded.RESERVE;
    }

    CacheBuilder<String, Long> configure(Crema crema, String name) {
        return crema.<String, Long>cache(name)
                .codec(new Values.OfLong())
                .expiration(Expiration.fresh(fresh))
                .staleness(BOUND)
                .readClock(clock)
                .degraded(degraded)
                .onHistoryChange(onHistoryChange);
    }
}
