package io.crema.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BarTest {

    @Test
    void bars_atTheirLimits_arePassedAndBeyondThemMissed() {
        assertThat(Bar.atMost("x", 2, 2, "ms").passed()).isTrue();
        assertThat(Bar.atMost("x", 2.001, 2, "ms").passed()).isFalse();
        assertThat(Bar.atLeast("x", 2, 2, "").passed()).isTrue();
        assertThat(Bar.atLeast("x", 1.999, 2, "").passed()).isFalse();
        assertThat(Bar.exactly("x", 1, 1, "").passed()).isTrue();
        assertThat(Bar.exactly("x", 0, 1, "").passed()).isFalse();
        assertThat(Bar.exactly("x", 2, 1, "").passed()).isFalse();
    }

    @Test
    void bars_nothingMeasured_areMissed() {
        assertThat(Bar.atMost("x", Double.NaN, 2, "ms").passed()).isFalse();
        assertThat(Bar.atLeast("x", Double.NaN, 2, "ms").passed()).isFalse();
        assertThat(Bar.exactly("x", Double.NaN, 2, "ms").measured()).isNull();
    }

    @Test
    void result_withoutBarsOrWithOneMissed_isNotPassed() {
        assertThat(new Result("x", List.of(), Map.of(), null).passed()).isFalse();
        assertThat(Result.failed("x", "broken").passed()).isFalse();
        Bar passed = Bar.exactly("x", 1, 1, "");
        assertThat(new Result("x", List.of(passed), Map.of(), null).passed()).isTrue();
        assertThat(new Result("x", List.of(passed, Bar.exactly("y", 0, 1, "")), Map.of(), null).passed())
                .isFalse();
    }
}
