package io.crema.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PercentilesTest {

    private final Percentiles percentiles = new Percentiles();

    @Test
    void at_ofOneToAHundredThousandShuffled_isTheRank() {
        List<Long> all = new ArrayList<>();
        for (long i = 1; i <= 100_000; i++) {
            all.add(i);
        }
        Collections.shuffle(all, new Random(1));
        all.forEach(percentiles::add);
        assertThat(percentiles.count()).isEqualTo(100_000);
        assertThat(percentiles.at(0.5)).isEqualTo(50_000);
        assertThat(percentiles.at(0.99)).isEqualTo(99_000);
        assertThat(percentiles.at(0.999_99)).isEqualTo(99_999);
        assertThat(percentiles.at(1)).isEqualTo(100_000);
    }

    @Test
    void at_ofOneLatency_isThatOne() {
        percentiles.add(7);
        assertThat(percentiles.at(0.000_1)).isEqualTo(7);
        assertThat(percentiles.at(1)).isEqualTo(7);
    }

    @Test
    void at_shareRoundsUp_soThatAtLeastThatManyDoNotExceedIt() {
        for (int i = 1; i <= 3; i++) {
            percentiles.add(10L * i);
        }
        assertThat(percentiles.at(0.34)).isEqualTo(20);
        assertThat(percentiles.at(0.99)).isEqualTo(30);
    }

    @Test
    void at_nothingOrNoShare_isRefused() {
        assertThatThrownBy(() -> percentiles.at(0.5)).isInstanceOf(IllegalStateException.class);
        percentiles.add(1);
        assertThatThrownBy(() -> percentiles.at(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> percentiles.at(1.1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void addAll_ofMoreThanThereIsRoomFor_areAllCounted() {
        Percentiles others = new Percentiles();
        for (int i = 1; i <= 40_000; i++) {
            others.add(i);
            percentiles.add(40_000 + i);
        }
        percentiles.addAll(others);
        percentiles.add(80_001);
        assertThat(percentiles.count()).isEqualTo(80_001);
        assertThat(percentiles.at(0.5)).isEqualTo(40_001);
        assertThat(percentiles.at(1)).isEqualTo(80_001);
    }

    @Test
    void figures_areMicroseconds() {
        percentiles.add(1_500);
        assertThat(percentiles.figures())
                .containsExactlyInAnyOrderEntriesOf(Map.of(Figure.P50, 1.5, Figure.P99, 1.5, Figure.MAX, 1.5));
    }
}
