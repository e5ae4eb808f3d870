package io.crema.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitBreakerTest {

    private static final CircuitBreaker STANDARD = CircuitBreaker.standard();
    private static final Duration DAY = Duration.ofDays(1);

    @Test
    void standard_andOff_areFine() {
        assertThat(STANDARD.faults()).isEmpty();
        assertThat(CircuitBreaker.off().faults()).isEmpty();
    }

    @Test
    void withers_setOneValue() {
        CircuitBreaker all = STANDARD.failureRatio(0.1)
                .slowCall(Duration.ofMillis(2))
                .window(Duration.ofMillis(3))
                .minimumCalls(4)
                .openFor(Duration.ofMillis(5))
                .probes(6);
        assertThat(all)
                .isEqualTo(new CircuitBreaker(
                        0.1, Duration.ofMillis(2), Duration.ofMillis(3), 4, Duration.ofMillis(5), 6));
        assertThat(all.faults()).isEmpty();
    }

    @Test
    void times_outOfRange_areFaults() {
        BadTimes.check("CircuitBreaker: slowCall", STANDARD::slowCall);
        BadTimes.check("CircuitBreaker: window", "a day", DAY, STANDARD::window);
        BadTimes.check("CircuitBreaker: openFor", "a day", DAY, STANDARD::openFor);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, -0.1, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
    void failureRatio_outOfRange_isAFault(double ratio) {
        assertThat(STANDARD.failureRatio(ratio).faults())
                .containsExactly("CircuitBreaker: failureRatio must be above 0 and at most 1, but is " + ratio);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void numbers_belowOne_areFaults(int number) {
        assertThat(STANDARD.minimumCalls(number).probes(number).faults())
                .containsExactly(
                        "CircuitBreaker: minimumCalls must be at least 1, but is " + number,
                        "CircuitBreaker: probes must be at least 1, but is " + number);
    }

    @Test
    void numbers_atTheEnds_areFine() {
        assertThat(STANDARD.minimumCalls(1).probes(1).failureRatio(1).faults()).isEmpty();
        assertThat(STANDARD.failureRatio(Double.MIN_VALUE)
                        .probes(Integer.MAX_VALUE)
                        .faults())
                .isEmpty();
    }

    @Test
    void null_namesTheParameter() {
        assertThatThrownBy(() -> STANDARD.slowCall(null)).hasMessage("slowCall");
        assertThatThrownBy(() -> STANDARD.window(null)).hasMessage("window");
        assertThatThrownBy(() -> STANDARD.openFor(null)).hasMessage("openFor");
    }
}
