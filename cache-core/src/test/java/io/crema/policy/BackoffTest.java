package io.crema.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {

    @ParameterizedTest
    @CsvSource({
        "PT1S, PT30S, 1, PT1S",
        "PT1S, PT30S, 2, PT2S",
        "PT1S, PT30S, 3, PT4S",
        "PT1S, PT30S, 5, PT16S",
        "PT1S, PT30S, 6, PT30S",
        "PT1S, PT30S, 7, PT30S",
        "PT1S, PT32S, 6, PT32S",
        "PT1S, PT32S, 7, PT32S",
        "PT1S, PT1.999999999S, 2, PT1.999999999S",
        "PT1S, PT2.000000001S, 2, PT2S",
        "PT0.001S, P36500D, 2147483647, P36500D",
        "P20000D, P36500D, 2, P36500D",
        "P36500D, P36500D, 2147483647, P36500D",
        "PT1S, PT30S, 2147483647, PT30S",
        "PT5S, PT5S, 1, PT5S",
        "PT5S, PT5S, 9, PT5S"
    })
    void after_doubles_upToTheLongest(Duration first, Duration longest, int failures, Duration expected) {
        Backoff backoff = Backoff.doubling(first, longest);
        assertThat(backoff.faults()).isEmpty();
        assertThat(backoff.after(failures)).isEqualTo(expected);
    }

    @Test
    void after_neverShrinks_andReachesTheLongest() {
        Backoff widest = Backoff.doubling(Duration.ofMillis(1), BadTimes.LONGEST);
        Duration before = Duration.ZERO;
        for (int failures = 1; failures <= 60; failures++) {
            Duration wait = widest.after(failures);
            assertThat(wait).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(BadTimes.LONGEST);
            before = wait;
        }
        assertThat(before).isEqualTo(BadTimes.LONGEST);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void after_noFailure_isRefused(int failures) {
        assertThatThrownBy(() -> Backoff.every(Duration.ofSeconds(1)).after(failures))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("failures must be at least 1, but is " + failures);
    }

    @Test
    void times_outOfRange_areFaults() {
        BadTimes.check("Backoff: first", Backoff::every);
        BadTimes.check("Backoff: longest", Backoff::every);
        BadTimes.check("Backoff: longest", longest -> Backoff.doubling(Duration.ofMillis(1), longest));
    }

    @Test
    void longest_shorterThanFirst_isAFault() {
        assertThat(Backoff.doubling(Duration.ofSeconds(2), Duration.ofSeconds(1))
                        .faults())
                .containsExactly("Backoff: longest must not be shorter than first, which is PT2S, but is PT1S");
    }

    @Test
    void null_namesTheParameter() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> Backoff.doubling(null, second)).hasMessage("first");
        assertThatThrownBy(() -> Backoff.doubling(second, null)).hasMessage("longest");
    }
}
