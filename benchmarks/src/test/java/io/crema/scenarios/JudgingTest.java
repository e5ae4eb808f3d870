package io.crema.scenarios;

import static io.crema.scenarios.Samples.answered;
import static io.crema.scenarios.Samples.assertMissed;
import static io.crema.scenarios.Samples.assertPassed;
import static io.crema.scenarios.Samples.at;
import static io.crema.scenarios.Samples.failed;
import static io.crema.scenarios.Samples.given;
import static io.crema.scenarios.Samples.history;
import static io.crema.scenarios.Samples.log;
import static io.crema.scenarios.Samples.millis;
import static io.crema.scenarios.Samples.old;
import static io.crema.scenarios.Samples.reads;
import static io.crema.scenarios.Samples.wrong;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.CacheStats;
import io.crema.event.CacheEvent.BreakerChanged.State;
import io.crema.policy.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each bar of each scenario is passed where it should be, and missed where that is what was seen, it alone. */
class JudgingTest {

    @Nested
    class OfStampede {

        private static final String CALLS = "origin calls of a key, of the worst round";
        private static final String SERVED = "readers that got the one value, of the worst round";

        private Stampede.Round answering(Map<Long, Integer> madeAt, int wrong, double lastBegan, CallLog calls) {
            int given = madeAt.values().stream().mapToInt(Integer::intValue).sum();
            return new Stampede.Round(new Burst.Outcome(given, wrong, madeAt, Map.of(), lastBegan, 250), calls);
        }

        private Stampede.Round failing(int given, int failed, double longest, CallLog calls) {
            return new Stampede.Round(
                    new Burst.Outcome(given, 0, Map.of(1L, given), Map.of("CacheLoadException", failed), 1, longest),
                    calls);
        }

        private final CallLog once = log(answered("a", 0, 200));
        private final Stampede.Round good = answering(Map.of(1L, 9), 0, 20, once);

        @Test
        void ofCold_oneCallInEachInstance_passes() {
            CallLog twice = log(answered("a", 0, 200), answered("a", 100, 300));
            assertPassed(Stampede.ofCold(9, 2, good));
            assertPassed(Stampede.ofCold(9, 2, answering(Map.of(1L, 8, 2L, 1), 0, 500, twice)));
        }

        @Test
        void ofCold_moreCallsOrFewerServed_isMissed() {
            CallLog twice = log(answered("a", 0, 200), answered("a", 100, 300));
            assertMissed(
                    Stampede.ofCold(9, 1, answering(Map.of(1L, 9), 0, 20, twice)),
                    "cold: origin calls, one in each instance at most");
            assertMissed(Stampede.ofCold(9, 1, answering(Map.of(1L, 9), 0, 20, log())), "cold: origin calls, fewest");
            assertMissed(
                    Stampede.ofCold(9, 1, answering(Map.of(1L, 8), 0, 20, once)), "cold: readers that got a value");
        }

        @Test
        void ofAnswering_oneCallAndAllServed_passes() {
            assertPassed(Stampede.ofAnswering(9, List.of(good, good)));
        }

        @Test
        void ofAnswering_anyRoundDiffers_isMissed() {
            CallLog twice = log(answered("a", 0, 200), answered("a", 100, 300));
            assertMissed(Stampede.ofAnswering(9, List.of(good, answering(Map.of(1L, 9), 0, 20, twice))), CALLS);
            assertMissed(Stampede.ofAnswering(9, List.of(good, answering(Map.of(1L, 9), 0, 20, log()))), CALLS);
            assertMissed(Stampede.ofAnswering(9, List.of(good, answering(Map.of(1L, 8), 0, 20, once))), SERVED);
            assertMissed(Stampede.ofAnswering(9, List.of(answering(Map.of(1L, 8, 2L, 1), 0, 20, once))), SERVED);
            assertMissed(Stampede.ofAnswering(9, List.of(answering(Map.of(1L, 9), 1, 20, once))), SERVED);
            assertMissed(
                    Stampede.ofAnswering(9, List.of(good, answering(Map.of(1L, 9), 0, 201, once))),
                    "the last reader began, after the first");
            assertThat(Stampede.ofAnswering(9, List.of())).noneMatch(Bar::passed);
        }

        @Test
        void ofFailing_oneCallPerHold_passes() {
            CallLog calls = log(failed("a", 0, 200), failed("a", 400, 600));
            assertPassed(Stampede.ofFailing(9, List.of(failing(0, 9, 700, calls))));
        }

        @Test
        void ofFailing_anyRoundDiffers_isMissed() {
            CallLog one = log(failed("a", 0, 200));
            Stampede.Round fine = failing(0, 9, 700, one);
            assertMissed(
                    Stampede.ofFailing(
                            9, List.of(fine, failing(0, 9, 700, log(failed("a", 0, 200), failed("a", 390, 590))))),
                    "failing: origin calls beyond one per hold, of all rounds");
            assertMissed(
                    Stampede.ofFailing(9, List.of(fine, failing(1, 8, 700, one))),
                    "failing: readers that were told, of the worst round");
            assertMissed(Stampede.ofFailing(9, List.of(fine, failing(0, 9, 10_001, one))), "failing: longest wait");
            assertMissed(
                    Stampede.ofFailing(9, List.of(fine, failing(0, 9, 700, log()))),
                    "failing: origin calls of a key, fewest");
        }
    }

    @Nested
    class OfMassExpiry {

        private final CallLog both = log(answered("key-1", 0, 5), answered("key-2", 0, 5));

        private List<Bar> judge(CallLog second, long unended, History.Reads reads, History.Reads far) {
            MassExpiry.Seen seen = new MassExpiry.Seen(reads, far);
            return MassExpiry.judge(new MassExpiry.Evidence(
                    2,
                    List.of(
                            new MassExpiry.Round(both, 0, 0, seen),
                            new MassExpiry.Round(second, unended + reads.failed(), reads.wrong(), seen))));
        }

        @Test
        void judge_oneCallPerKeyAndFastReads_passes() {
            assertPassed(judge(both, 0, reads(given(100, 1)), reads(given(10, 1))));
        }

        @Test
        void judge_anythingDiffers_isMissed() {
            History.Reads far = reads(given(10, 1));
            History.Reads fast = reads(given(100, 1));
            CallLog thrice = log(answered("key-1", 0, 5), answered("key-2", 0, 5), answered("key-2", 9, 15));
            assertMissed(judge(thrice, 0, fast, far), "origin calls of a key for an expiry, of the worst key");
            assertMissed(
                    judge(log(answered("key-1", 0, 5)), 0, fast, far),
                    "keys loaded anew within 20 s, of the worst round");
            Slice slow = given(98, 1);
            Samples.add(slow, 2, 3);
            String p99 = "p99 of reads within 10 s, by the median round trip to Redis";
            assertMissed(judge(both, 0, reads(slow), far), p99);
            assertMissed(judge(both, 0, reads(), far), p99);
            assertMissed(judge(both, 0, fast, reads()), p99);
            assertMissed(judge(both, 1, fast, far), "failed reads");
            MassExpiry.Round slowRound = new MassExpiry.Round(both, 0, 0, new MassExpiry.Seen(reads(slow), far));
            MassExpiry.Round fastRound = new MassExpiry.Round(both, 0, 0, new MassExpiry.Seen(fast, far));
            assertPassed(MassExpiry.judge(new MassExpiry.Evidence(2, List.of(fastRound, slowRound, fastRound))));
            assertMissed(MassExpiry.judge(new MassExpiry.Evidence(2, List.of(fastRound, slowRound, slowRound))), p99);
            assertMissed(judge(both, 0, reads(given(1000, 1), Samples.failed()), far), "failed reads");
            assertMissed(judge(both, 0, reads(given(1000, 1), wrong()), far), "reads of another key's value");
        }
    }

    @Nested
    class OfOriginDown {

        private static final Backoff RETRY = Backoff.every(Duration.ofSeconds(2));

        private final History.Reads reserve = reads(old(10, 1));
        private final CallLog steps = log(failed("key-1", 0, 5), failed("key-1", 2_100, 2_105));

        private List<Bar> judge(long unended, History.Reads all, History.Reads during, CallLog calls) {
            return OriginDown.judge(
                    new OriginDown.Evidence(Duration.ofSeconds(3), 1, RETRY, unended, all, during, calls));
        }

        @Test
        void judge_reserveAndSteps_passes() {
            assertPassed(judge(0, reserve, reserve, steps));
        }

        @Test
        void judge_anythingDiffers_isMissed() {
            assertMissed(judge(0, reads(old(10, 1), Samples.failed()), reserve, steps), "failed reads");
            assertMissed(judge(1, reserve, reserve, steps), "failed reads");
            assertMissed(judge(0, reads(wrong()), reserve, steps), "reads of another key's value");
            assertMissed(
                    judge(0, reserve, reserve, log(failed("key-1", 0, 5), failed("key-1", 1_900, 1_905))),
                    "attempts before a back-off step was over");
            assertMissed(
                    judge(
                            0,
                            reserve,
                            reserve,
                            log(failed("key-1", 0, 5), failed("key-1", 2_005, 2_010), failed("key-1", 4_010, 4_020))),
                    "attempts of one key, of the worst one");
            assertMissed(judge(0, reserve, reserve, log()), "keys that the origin was asked for");
            assertMissed(judge(0, reserve, reads(given(10, 1), old(9, 1)), steps), "reads that got the reserve");
            assertMissed(judge(0, reserve, reads(), steps), "reads that got the reserve");
        }
    }

    @Nested
    class OfOriginHang {

        private final History.Reads readers = reads(given(10, 1_000), Samples.failed());
        private final History.Reads callers = reads(given(10, 1_000));

        private List<Bar> judge(
                long unended,
                History.Reads readers,
                History.Reads callers,
                int threads,
                long hung,
                OptionalLong recovery) {
            return OriginHang.judge(new OriginHang.Evidence(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    64,
                    unended,
                    readers,
                    callers,
                    threads,
                    hung,
                    recovery));
        }

        @Test
        void judge_allWithinTheirTimes_passes() {
            assertPassed(judge(0, readers, callers, 80, 5, OptionalLong.of(millis(2_250))));
        }

        @Test
        void judge_anythingDiffers_isMissed() {
            OptionalLong soon = OptionalLong.of(millis(2_000));
            Slice slow = given(1, 1_300);
            assertMissed(judge(1, readers, callers, 64, 5, soon), "reads that never ended");
            assertMissed(
                    judge(0, reads(slow, Samples.failed()), callers, 64, 5, soon),
                    "longest wait of an asynchronous reader");
            assertMissed(judge(0, readers, reads(slow), 64, 5, soon), "longest wait of a caller");
            assertMissed(judge(0, readers, callers, 81, 5, soon), "threads more than before, at the peak");
            assertMissed(judge(0, readers, callers, 64, 5, OptionalLong.of(millis(2_251))), "until all was well again");
            assertMissed(judge(0, readers, callers, 64, 5, OptionalLong.empty()), "until all was well again");
            assertMissed(judge(0, readers, reads(wrong()), 64, 5, soon), "reads of another key's value");
            assertMissed(judge(0, readers, callers, 64, 0, soon), "requests that hung to the end");
            assertMissed(judge(0, reads(given(10, 1_000)), callers, 64, 5, soon), "reads that had to fail");
            assertMissed(judge(0, readers, reads(), 64, 5, soon), "longest wait of a caller");
        }
    }

    @Nested
    class OfRedisPause {

        private static final CacheStats NO_STATS = new CacheStats(
                0, 0, 0, 0, 0, Duration.ZERO, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        private final History.Reads fast = reads(given(100, 100));
        private final History.Reads slow = reads(given(100, 300));

        private List<Bar> judge(int opened, History.Reads all, History.Reads until, History.Reads open) {
            return RedisPause.judge(
                    new RedisPause.Evidence(3, opened, Duration.ofMillis(200), 0, all, until, open, fast));
        }

        @Test
        void judge_slowUntilOpenAndFastAfter_passes() {
            assertPassed(judge(3, slow, slow, fast));
        }

        @Test
        void judge_anythingDiffers_isMissed() {
            assertMissed(judge(3, reads(Samples.failed()), slow, fast), "failed reads");
            assertMissed(judge(3, reads(wrong()), slow, fast), "reads of another key's value");
            assertMissed(judge(2, slow, slow, fast), "instances whose breaker opened");
            assertMissed(
                    judge(3, slow, reads(given(98, 300), given(2, 500)), fast),
                    "p99 of reads until the breaker opened");
            assertMissed(judge(3, slow, slow, reads(given(98, 100), given(2, 130))), RATIO);
            assertMissed(judge(3, slow, slow, reads()), RATIO);
        }

        private static final String RATIO = "p99 of reads while it was open, by that without Redis";

        @Test
        void evidence_breakersThatOpenAtDifferentTimes_areToldApart() {
            History one = history(given(1, 1), given(2, 300), given(4, 10), given(8, 10));
            Vitals early = new Vitals(
                    1,
                    1,
                    NO_STATS,
                    List.of(
                            new Vitals.BreakerChange(at(50), State.OPEN),
                            new Vitals.BreakerChange(at(150), State.OPEN),
                            new Vitals.BreakerChange(at(160), State.HALF_OPEN),
                            new Vitals.BreakerChange(at(170), State.OPEN)));
            Vitals never = new Vitals(1, 1, NO_STATS, List.of());
            RedisPause.Evidence evidence =
                    RedisPause.evidence(List.of(one, one), List.of(early, never), at(100), at(300), fast);
            assertThat(evidence.opened()).isEqualTo(1);
            assertThat(evidence.untilOpen().count()).isEqualTo(2 + 2 + 4);
            assertThat(evidence.open().count()).isEqualTo(4);
            assertThat(evidence.all().count()).isEqualTo(2 * 14);
        }
    }
}
