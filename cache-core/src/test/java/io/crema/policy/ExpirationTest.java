package io.crema.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpirationTest {

    @Test
    void fresh_hasNoJitter_untilItIsSet() {
        Expiration expiration = Expiration.fresh(Duration.ofMinutes(5));
        assertThat(expiration).isEqualTo(new Expiration(Duration.ofMinutes(5), 0));
        assertThat(expiration.jitter(0.1)).isEqualTo(new Expiration(Duration.ofMinutes(5), 0.1));
        assertThat(expiration.jitter()).isZero();
    }

    @Test
    void fresh_outOfRange_isAFault() {
        BadTimes.check("Expiration: fresh", Expiration::fresh);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 0.51, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void jitter_outOfRange_isAFault(double jitter) {
        assertThat(Expiration.fresh(Duration.ofSeconds(1)).jitter(jitter).faults())
                .containsExactly("Expiration: jitter must be from 0 to 0.5, but is " + jitter);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, 0.25, 0.5})
    void jitter_inRange_isFine(double jitter) {
        assertThat(Expiration.fresh(Duration.ofSeconds(1)).jitter(jitter).faults())
                .isEmpty();
    }

    @Test
    void severalFaults_areReportedTogether() {
        assertThat(new Expiration(Duration.ZERO, 2).faults())
                .containsExactly(
                        "Expiration: fresh must be from 1 ms to 36500 days, but is PT0S",
                        "Expiration: jitter must be from 0 to 0.5, but is 2.0");
    }

    @Test
    void fresh_null_namesTheParameter() {
        assertThatThrownBy(() -> Expiration.fresh(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("fresh");
    }
}
