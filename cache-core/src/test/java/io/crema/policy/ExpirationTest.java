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

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.000999999S", "P36500DT0.001S"})
    void fresh_outOfRange_isRefused(String fresh) {
        assertThatThrownBy(() -> Expiration.fresh(Duration.parse(fresh)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fresh must be from 1 ms to 36500 days, but is " + Duration.parse(fresh));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.001S", "P36500D"})
    void fresh_atTheEnds_isFine(String fresh) {
        assertThat(Expiration.fresh(Duration.parse(fresh)).fresh()).isEqualTo(Duration.parse(fresh));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 0.51, Double.NaN, Double.POSITIVE_INFINITY})
    void jitter_outOfRange_isRefused(double jitter) {
        Expiration expiration = Expiration.fresh(Duration.ofSeconds(1));
        assertThatThrownBy(() -> expiration.jitter(jitter))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("jitter must be from 0 to 0.5, but is " + jitter);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5})
    void jitter_atTheEnds_isFine(double jitter) {
        assertThat(Expiration.fresh(Duration.ofSeconds(1)).jitter(jitter).jitter())
                .isEqualTo(jitter);
    }

    @Test
    void fresh_null_namesTheParameter() {
        assertThatThrownBy(() -> Expiration.fresh(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("fresh");
    }
}
