package io.crema.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.policy.Near.Bound;
import java.time.Duration;
import java.util.function.ToIntBiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NearTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void entries_areBoundedByNumber_andLiveAsTheCacheSays() {
        Near near = Near.entries(5);
        assertThat(near.bound()).isEqualTo(Bound.ENTRIES);
        assertThat(near.maximum()).isEqualTo(5);
        assertThat(near.weigher()).isNull();
        assertThat(near.timeToLive()).isNull();
        assertThat(near.timeToIdle()).isNull();
    }

    @Test
    void weight_asksTheWeigher() {
        Near near = Near.<String, String>weight(100, (key, value) -> key.length() * 10 + value.length());
        assertThat(near.bound()).isEqualTo(Bound.WEIGHT);
        assertThat(near.maximum()).isEqualTo(100);
        assertThat(near.weigher().applyAsInt("kk", "vvv")).isEqualTo(23);
    }

    @Test
    void none_holdsNothing() {
        assertThat(Near.none().bound()).isEqualTo(Bound.NONE);
        assertThat(Near.none().maximum()).isZero();
    }

    @Test
    void times_areSetOneByOne() {
        Near near = Near.entries(5).expireAfterIdle(SECOND).expireAfter(SECOND.multipliedBy(2));
        assertThat(near.timeToIdle()).isEqualTo(SECOND);
        assertThat(near.timeToLive()).isEqualTo(SECOND.multipliedBy(2));
        assertThat(near.maximum()).isEqualTo(5);
    }

    @Test
    void times_outOfRange_areFaults() {
        BadTimes.check("Near: timeToLive", Near.entries(5)::expireAfter);
        BadTimes.check("Near: timeToIdle", Near.entries(5)::expireAfterIdle);
        assertThatThrownBy(() -> Near.entries(5).expireAfter(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("timeToLive");
        assertThatThrownBy(() -> Near.entries(5).expireAfterIdle(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("timeToIdle");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void maximum_belowOne_isAFault_withTheWayOut(long maximum) {
        String fault = "Near: it must hold at least 1, but maximum is " + maximum
                + "; use Near.none() for a cache without a near tier";
        assertThat(Near.entries(maximum).faults()).containsExactly(fault);
        assertThat(Near.weight(maximum, (key, value) -> 1).faults()).containsExactly(fault);
    }

    @Test
    void maximum_atTheEnds_isFine() {
        assertThat(Near.entries(1).faults()).isEmpty();
        assertThat(Near.entries(Long.MAX_VALUE).faults()).isEmpty();
        assertThat(Near.none().faults()).isEmpty();
        assertThat(Near.weight(1, (key, value) -> 1).faults()).isEmpty();
    }

    @Test
    void weigher_andBound_mustFit() {
        String fault = "Near: a weigher is needed with a bound by weight, and only there";
        assertThat(new Near(Bound.WEIGHT, 5, null, SECOND, null).faults()).containsExactly(fault);
        assertThat(new Near(Bound.ENTRIES, 5, (key, value) -> 1, SECOND, null).faults())
                .containsExactly(fault);
        assertThat(new Near(Bound.NONE, 0, (key, value) -> 1, null, null).faults())
                .containsExactly(fault);
        assertThatThrownBy(() -> Near.weight(5, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("weigher");
        assertThatThrownBy(() -> new Near(null, 5, null, SECOND, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("bound");
    }

    @Test
    void severalFaults_areReportedTogether() {
        assertThat(new Near(Bound.WEIGHT, 0, null, Duration.ZERO, Duration.ZERO).faults())
                .hasSize(4);
    }

    @Test
    void equalPolicies_areEqual() {
        ToIntBiFunction<String, String> weigher = (key, value) -> 1;
        assertThat(Near.weight(5, weigher)).isEqualTo(Near.weight(5, weigher));
        assertThat(Near.entries(5)).isEqualTo(Near.entries(5)).isNotEqualTo(Near.entries(6));
    }
}
