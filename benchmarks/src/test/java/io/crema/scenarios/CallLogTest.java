package io.crema.scenarios;

import static io.crema.scenarios.Samples.answered;
import static io.crema.scenarios.Samples.at;
import static io.crema.scenarios.Samples.failed;
import static io.crema.scenarios.Samples.log;
import static org.assertj.core.api.Assertions.assertThat;

import io.crema.policy.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CallLogTest {

    private static final Backoff RETRY = Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(4));

    @Test
    void early_eachAfterItsStep_areNone() {
        CallLog log = log(
                failed("a", 0, 5),
                failed("a", 1_005, 1_010),
                failed("a", 3_010, 3_015),
                failed("a", 7_015, 7_020),
                failed("a", 11_020, 11_025),
                // Other keys have steps of their own.
                failed("b", 100, 105));
        assertThat(log.early(RETRY)).isEmpty();
    }

    @Test
    void early_beforeTheStepOfItsNumberOfFailures_isFound() {
        CallLog.Call early = failed("a", 2_900, 2_905);
        assertThat(log(early, failed("a", 0, 5), failed("a", 1_005, 1_010)).early(RETRY))
                .containsExactly(early);
    }

    @Test
    void early_afterAnAnswer_countsFailuresAnew() {
        CallLog log = log(failed("a", 0, 5), answered("a", 1_005, 1_010), failed("a", 1_100, 1_105));
        assertThat(log.early(RETRY)).isEmpty();
        CallLog.Call second = failed("a", 2_000, 2_005);
        assertThat(log(failed("a", 0, 5), answered("a", 1_005, 1_010), failed("a", 1_100, 1_105), second)
                        .early(RETRY))
                .containsExactly(second);
    }

    @Test
    void early_whileAnotherIsUnderWay_isFound() {
        CallLog.Call second = answered("a", 100, 110);
        assertThat(log(answered("a", 0, 200), second).early(RETRY)).containsExactly(second);
        CallLog.Call third = answered("b", 5_000, 5_001);
        assertThat(log(new CallLog.Call("b", at(0), CallLog.NEVER, false), third)
                        .early(RETRY))
                .containsExactly(third);
    }

    @Test
    void attemptsWithin_isOneAndOneForEachStepThatFits() {
        assertThat(CallLog.attemptsWithin(Duration.ofMillis(999), RETRY)).isEqualTo(1);
        assertThat(CallLog.attemptsWithin(Duration.ofSeconds(1), RETRY)).isEqualTo(2);
        assertThat(CallLog.attemptsWithin(Duration.ofSeconds(3), RETRY)).isEqualTo(3);
        assertThat(CallLog.attemptsWithin(Duration.ofSeconds(11), RETRY)).isEqualTo(5);
    }

    @Test
    void counts_ofKeysAndTimes_areExact() {
        CallLog log = log(
                answered("a-1", 0, 10),
                answered("a-1", 10, 20),
                answered("ab-1", 5, 15),
                new CallLog.Call("a-2", at(12), CallLog.NEVER, false));
        assertThat(log.mostOfOneKey()).isEqualTo(2);
        assertThat(log.mostAtATime()).isEqualTo(3);
        assertThat(log.unended()).isEqualTo(1);
        assertThat(log.ofKeys("a").count()).isEqualTo(3);
        assertThat(log.between(at(5), at(12)).count()).isEqualTo(2);
    }
}
