package io.crema.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalsTest {

    private final Arrivals arrivals = new Arrivals("a", "b");

    @Test
    void arrived_callsOfTwoKeys_arePairedByKeyAndOrder() {
        arrivals.measured("a", 1_000);
        arrivals.measured("b", 2_000);
        arrivals.measured("a", 3_000);
        arrivals.arrived("b", 3_000);
        arrivals.arrived("a", 4_000);
        assertThat(arrivals.underWay()).isEqualTo(1);
        arrivals.arrived("a", 12_000);
        assertThat(arrivals.underWay()).isZero();
        assertThat(arrivals.figures()).containsEntry(Figure.P50, 3.0).containsEntry(Figure.MAX, 9.0);
    }

    @Test
    void arrived_ofAnUnmeasuredCall_isNotCounted() {
        arrivals.unmeasured("a", 0);
        arrivals.measured("a", 9_000);
        arrivals.arrived("a", 8_000);
        arrivals.arrived("a", 10_000);
        assertThat(arrivals.figures()).containsEntry(Figure.MAX, 1.0);
    }

    @Test
    void arrived_nobodyCalled_isUnexpected() {
        arrivals.arrived("a", 0);
        arrivals.arrived("of somebody else", 0);
        assertThat(arrivals.unexpected()).isEqualTo(1);
        assertThat(arrivals.underWay()).isZero();
    }
}
