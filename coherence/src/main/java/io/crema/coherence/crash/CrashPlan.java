package io.crema.coherence.crash;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/**
 * One run of the crash test.
 *
 * @param duration how long writes are made and faults come
 * @param seed of all random choices but those of the machine
 * @param folder for logs
 * @param pace of the faults
 * @param writesPerSecond of each instance, at most
 */
record CrashPlan(Duration duration, long seed, Path folder, Pace pace, int writesPerSecond) {

    static final int INSTANCES = 3;

    /** From one kill to the next there is more than the time in which a death is noticed: the lease and a third of it. */
    private static final double LEAST_KILL_GAP = 1.5 * Settled.LEASE.toMillis() / 1000;

    /**
     * Times that are drawn, in seconds.
     *
     * @param kills from one kill or suspension of an instance to the next
     * @param absences from a kill to the start of another process
     * @param redisFaults from one to the next
     * @param redisStops how long Redis is suspended
     * @param redisDowns from a kill of Redis to its start
     * @param outages from one outage of the database to the next
     * @param outageTimes how long one lasts
     */
    record Pace(
            Span kills,
            Span absences,
            Span redisFaults,
            Span redisStops,
            Span redisDowns,
            Span outages,
            Span outageTimes) {

        static final Pace FULL = new Pace(
                new Span(LEAST_KILL_GAP, 9),
                new Span(0.5, 4),
                new Span(10, 25),
                new Span(0.5, 6),
                new Span(0.1, 3),
                new Span(10, 25),
                new Span(1, 5));

        /** For a test in a build: each fault comes more than once in half a minute. */
        static final Pace SHORT = new Pace(
                new Span(LEAST_KILL_GAP, 5.5),
                new Span(0.1, 1),
                new Span(4, 6),
                new Span(0.5, 2),
                new Span(0.1, 1),
                new Span(5, 8),
                new Span(1, 2));
    }

    /** A time between two, in seconds. */
    record Span(double least, double most) {

        Duration any(Random random) {
            return Duration.ofMillis(Math.round(1000 * (least + random.nextDouble() * (most - least))));
        }

        double mean() {
            return (least + most) / 2;
        }
    }
}
