package io.crema.coherence.crash;

import io.crema.coherence.crash.Judge.Findings;
import io.crema.coherence.crash.Takeovers.Takeover;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What came of a run.
 *
 * @param seconds from the first write to the last
 * @param findings of the judge
 * @param control of the judge, once two rows have been overwritten
 * @param counts of the faults
 * @param origin what the writer was called for
 * @param takeovers of partitions whose owner was killed
 * @param waiting those that had none yet when all was at rest, as if they had one then
 * @param rest of Redis and the journals when all was at rest
 * @param problems why the run proves nothing
 */
record CrashResult(
        CrashPlan plan,
        double seconds,
        Findings findings,
        Findings control,
        Faults.Counts counts,
        Origin origin,
        List<Takeover> takeovers,
        List<Takeover> waiting,
        Rest rest,
        List<String> problems) {

    static final Duration TAKEOVER_BAR = Settled.LEASE.multipliedBy(3);

    /** Of what the pace of the faults would give if they took no time, so much must have happened. */
    private static final double KILLS = 0.4;

    private static final double OUTAGES = 0.3;
    private static final double OF_EITHER_KIND = 0.2;
    private static final double WRITES = 0.1;

    /**
     * @param calls of the writer
     * @param failures of calls, on purpose or not
     * @param written keys that it was called for
     * @param applied writes that changed a row
     */
    record Origin(long calls, long failures, long written, long applied) {}

    /**
     * @param millis from the last fault until the journals were empty
     * @param journalLength writes that were in the journals even so
     * @param memoryBefore used by Redis before the first write, in bytes
     */
    record Rest(
            long millis,
            long journalLength,
            long deadLetters,
            long memoryBefore,
            long memory,
            String redis,
            String postgres) {}

    long maxTakeoverMillis() {
        return Stream.concat(takeovers.stream(), waiting.stream())
                .mapToLong(Takeovers::millis)
                .max()
                .orElse(0);
    }

    /** The middle one. */
    long medianTakeoverMillis() {
        long[] sorted = takeovers.stream().mapToLong(Takeovers::millis).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }

    /** The bars that were missed. */
    List<String> violations() {
        List<String> violations = new ArrayList<>();
        none(violations, findings.lost(), "acknowledged writes were lost");
        none(violations, findings.resurrected(), "deleted rows came back");
        none(violations, findings.unexplained(), "rows are what nobody has written");
        none(violations, findings.inversions(), "writes of a key were made in another order");
        none(violations, findings.diverged(), "keys were read other than the database has them, after all");
        none(violations, findings.staleReads(), "reads of the cache were older than the instance's own write");
        none(violations, rest.deadLetters(), "writes were given up");
        none(violations, rest.journalLength(), "writes did not reach the database");
        none(violations, waiting.size(), "partitions were not taken over");
        if (maxTakeoverMillis() >= TAKEOVER_BAR.toMillis()) {
            violations.add("a takeover took " + maxTakeoverMillis() + " ms, but must take less than "
                    + TAKEOVER_BAR.toMillis());
        }
        return violations;
    }

    private static void none(List<String> violations, long count, String what) {
        if (count > 0) {
            violations.add(count + " " + what);
        }
    }

    /** Why the run proves nothing; empty if it does. */
    List<String> whyNoProof() {
        List<String> why = new ArrayList<>(problems);
        CrashPlan.Pace pace = plan.pace();
        atLeast(why, counts.kills(), KILLS / pace.kills().mean(), "kills of instances");
        atLeast(why, takeovers.size(), KILLS / pace.kills().mean(), "takeovers");
        double either = OF_EITHER_KIND / pace.redisFaults().mean();
        atLeast(why, counts.redisRestarts(), either, "restarts of Redis");
        atLeast(why, counts.redisSuspensions(), either, "suspensions of Redis");
        atLeast(why, counts.outages(), OUTAGES / pace.outages().mean(), "outages of the database");
        atLeast(why, origin.failures(), 1, "failures of the writer");
        atLeast(
                why,
                findings.acknowledged(),
                WRITES * CrashPlan.INSTANCES * plan.writesPerSecond(),
                "acknowledged writes");
        if (LongStream.of(control.lost(), control.resurrected()).anyMatch(found -> found == 0)
                || control.inversions() <= findings.inversions()) {
            why.add("the control found nothing: a row that was overwritten by an older write must be noticed");
        }
        return why;
    }

    private void atLeast(List<String> why, long count, double perSecond, String what) {
        long least = Math.max(1, (long) (perSecond * plan.duration().toMillis() / 1000));
        if (count < least) {
            why.add("there were " + count + " " + what + ", fewer than " + least);
        }
    }

    boolean passed() {
        return violations().isEmpty() && whyNoProof().isEmpty();
    }
}
