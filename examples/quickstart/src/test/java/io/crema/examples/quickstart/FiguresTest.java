package io.crema.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.testkit.ReadTier;
import org.junit.jupiter.api.Test;

class FiguresTest {

    private static Meter meter() {
        Meter meter = new Meter();
        for (int i = 1; i <= 100; i++) {
            meter.read(ReadTier.L1, i * 10L);
            meter.read(ReadTier.L2, i * 1_000L);
        }
        meter.read(ReadTier.ORIGIN, 5_000_000);
        meter.originQueried();
        meter.propagated(0);
        meter.updated();
        meter.failed();
        return meter;
    }

    @Test
    void decode_encodedFigures_areEqual() {
        Figures figures = meter().take();

        Figures decoded = Figures.decode(figures.encode());

        for (ReadTier tier : ReadTier.values()) {
            assertThat(decoded.latency(tier)).isEqualTo(figures.latency(tier));
        }
        assertThat(decoded.propagation()).isEqualTo(figures.propagation());
        assertThat(decoded.updates()).isOne();
        assertThat(decoded.failed()).isOne();
        assertThat(decoded.originQueriesSaved()).isEqualTo(200);
        assertThat(figures.encode()).doesNotContain("\n");
    }

    @Test
    void decode_garbage_isRefused() {
        assertThatThrownBy(() -> Figures.decode("1 2")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Figures.decode("1 2 3 a b c d")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void take_twice_startsAnewEachTime() {
        Meter meter = meter();
        Figures first = meter.take();
        Figures second = meter.take();

        assertThat(first.reads()).isEqualTo(201);
        assertThat(second.reads()).isZero();
        assertThat(second.updates()).isZero();
    }

    @Test
    void add_figuresOfTwoInstances_countsBoth() {
        Figures sum = new Figures();
        sum.add(meter().take());
        sum.add(meter().take());

        assertThat(sum.reads(ReadTier.L1)).isEqualTo(200);
        assertThat(sum.reads()).isEqualTo(402);
        assertThat(sum.propagation().getTotalCount()).isEqualTo(2);
        assertThat(sum.updates()).isEqualTo(2);
        assertThat(sum.failed()).isEqualTo(2);
        assertThat(sum.originQueriesSaved()).isEqualTo(400);
    }

    @Test
    void propagated_clockSetBack_countsAsZero() {
        Meter meter = new Meter();
        meter.propagated(Long.MAX_VALUE / 2);

        assertThat(meter.take().propagation().getMaxValue()).isZero();
    }
}
