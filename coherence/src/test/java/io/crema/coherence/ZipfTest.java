package io.crema.coherence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ZipfTest {

    private static final int DRAWS = 200_000;

    private static int[] draw(int keys, double exponent) {
        Zipf zipf = new Zipf(keys, exponent);
        SplittableRandom random = new SplittableRandom(42);
        int[] times = new int[keys];
        for (int i = 0; i < DRAWS; i++) {
            times[zipf.draw(random)]++;
        }
        return times;
    }

    @Test
    void draw_exponentOne_isInProportionToTheRank() {
        int[] times = draw(100, 1);

        double first = DRAWS
                / IntStream.rangeClosed(1, 100).mapToDouble(rank -> 1.0 / rank).sum();
        assertThat((double) times[0]).isCloseTo(first, within(first * 0.05));
        assertThat((double) times[9]).isCloseTo(first / 10, within(first / 10 * 0.1));
        assertThat((double) times[99]).isCloseTo(first / 100, within(first / 100 * 0.3));
    }

    @Test
    void draw_exponentZero_isUniform() {
        for (int times : draw(10, 0)) {
            assertThat((double) times).isCloseTo(DRAWS / 10.0, within(DRAWS / 10 * 0.05));
        }
    }

    @Test
    void draw_manyKeys_reachesTheLast() {
        assertThat(draw(1_000, 0.5)[999]).isPositive();
    }

    @Test
    void draw_oneKey_isThatOne() {
        assertThat(draw(1, 1)).containsExactly(DRAWS);
    }
}
