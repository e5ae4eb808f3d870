package io.crema.scenarios;

import static io.crema.scenarios.Samples.BEGIN;
import static io.crema.scenarios.Samples.at;
import static io.crema.scenarios.Samples.failed;
import static io.crema.scenarios.Samples.given;
import static io.crema.scenarios.Samples.history;
import static io.crema.scenarios.Samples.millis;
import static io.crema.scenarios.Samples.old;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {

    @Test
    void between_takesSlicesThatBeginWithin() {
        History history = history(given(1, 1), given(2, 1), given(4, 1), given(8, 1));
        assertThat(history.all().count()).isEqualTo(15);
        assertThat(history.between(at(100), at(300)).count()).isEqualTo(6);
        assertThat(history.between(at(50), at(101)).count()).isEqualTo(2);
    }

    @Test
    void reads_overTheWire_keepCountsAndPercentiles() {
        Slice slice = given(99, 10);
        Samples.add(slice, 1, 500);
        slice.failed(new Took(millis(900), millis(700), millis(1)), "LoadTimeoutException");
        History there = Wire.LINES.fromJson(Wire.LINES.toJson(history(slice, old(3, 10))), History.class);
        History.Reads reads = there.all();
        assertThat(reads.count()).isEqualTo(104);
        assertThat(reads.given()).isEqualTo(103);
        assertThat(reads.old()).isEqualTo(3);
        assertThat(reads.failures()).containsEntry("LoadTimeoutException", 1L).hasSize(1);
        assertThat(reads.waitMillis(50)).isCloseTo(10, within(0.1));
        assertThat(reads.waitMillis(100)).isCloseTo(900, within(9.0));
        assertThat(reads.latencyMillis(100)).isCloseTo(700, within(7.0));
        assertThat(reads.serviceMillis(100)).isCloseTo(500, within(5.0));
    }

    @Test
    void merged_ofLoadsThatBeganTogether_hasAllReads() {
        History other = new History(BEGIN, 2, history(given(3, 1)).slices());
        History merged = History.merged(List.of(history(given(1, 1), given(1, 1)), other));
        assertThat(merged.between(at(0), at(100)).count()).isEqualTo(4);
        assertThat(merged.unended()).isEqualTo(2);
        History later = new History(BEGIN + 1, 0, List.of());
        assertThatThrownBy(() -> History.merged(List.of(merged, later))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void wellAfter_badSlices_isWhereTheyEnd() {
        List<History> histories = List.of(
                history(failed(), given(1, 1), failed(), given(1, 1), given(1, 1), given(1, 1), given(1, 1)),
                history(given(1, 1), old(1, 1), given(1, 1), given(1, 1), given(1, 1), given(1, 1), given(1, 1)));
        assertThat(History.wellAfter(histories, at(0), millis(300))).hasValue(at(300));
        // One that is bad again after a while is no part of it.
        assertThat(History.wellAfter(histories, at(50), millis(50))).hasValue(at(50));
    }

    @Test
    void wellAfter_notWatchedForAsLong_isUnknown() {
        List<History> histories = List.of(history(given(1, 1), failed(), given(1, 1)));
        assertThat(History.wellAfter(histories, at(0), millis(100))).hasValue(at(0));
        assertThat(History.wellAfter(histories, at(0), millis(200))).isEmpty();
    }

    @Test
    void percentiles_ofNothing_areNoNumbers() {
        assertThat(History.Reads.of(List.of()).waitMillis(99)).isNaN();
    }
}
