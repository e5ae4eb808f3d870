package io.crema.coherence;

import io.crema.coherence.Fault.Takeover;
import io.crema.coherence.SubjectProvider.TopologyKind;
import java.time.Duration;
import java.util.Collection;

/**
 * How fast faults follow each other.
 *
 * @param warmUp how long reads and writes go on before the first fault
 * @param gap the least time without a fault before each
 * @param beyondBound how much longer than the bound a fault lasts
 * @param recovery how long after a fault its reads still count as its own
 * @param quietEvery after how many faults the writers pause and everything is read
 */
record Pace(Duration warmUp, Duration gap, Duration beyondBound, Duration recovery, int quietEvery) {

    static final Pace FULL =
            new Pace(Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMillis(800), 8);

    /** For a test in a build: each fault is hardly longer than the bound. */
    static final Pace SHORT =
            new Pace(Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(200), 14);

    /**
     * How long after a takeover, at most, until every instance has noticed and repaired. To notice takes a heartbeat, due
     * every 500 ms, and its time limit of 200 ms; to reach the new primary, one delay of reconnecting, up to 1 s, and to
     * ask for it; to synchronise and repair, a few operations of at most 200 ms each.
     */
    static final Duration TAKEOVER_ALLOWANCE = Duration.ofMillis(2_500);

    /** What was acknowledged this long before a failure may not have reached the replica. */
    static final Duration REPLICATION_LAG = Duration.ofMillis(250);

    /** About what a takeover takes, with the return of the old primary. */
    private static final Duration TAKEOVER = Duration.ofSeconds(9);

    private static final Duration START = Duration.ofSeconds(12);
    private static final Duration QUIET = Duration.ofMillis(1_500);

    Pace beyondBound(Duration longer) {
        return new Pace(warmUp, gap, longer, recovery, quietEvery);
    }

    Duration hold(Fault fault, Duration bound) {
        Duration hold = bound.plus(beyondBound);
        return fault.takeover() == Takeover.MEANT ? hold.plus(TAKEOVER_ALLOWANCE) : hold;
    }

    /** About the least that one occurrence takes. */
    Duration least(Fault fault, Duration bound) {
        Duration least = gap.plus(hold(fault, bound)).plus(recovery);
        return fault.takeover() == Takeover.MEANT ? least.plus(TAKEOVER) : least;
    }

    /** About the least that all of them take once, with starting and ending. */
    Duration least(TopologyKind kind, Collection<Fault> faults, Duration bound) {
        Duration quiet = QUIET.plus(bound).multipliedBy(1 + faults.size() / quietEvery);
        return faults.stream()
                .map(fault -> least(fault, bound))
                .reduce(START.plus(warmUp).plus(quiet), Duration::plus);
    }
}
