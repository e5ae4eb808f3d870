package io.crema.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PopularityTest {

    private static final int ROWS = 10_000;
    private static final int DRAWS = 200_000;

    /** How often each rank is drawn. */
    private static int[] draws(boolean updates) {
        Popularity popularity = new Popularity(ROWS);
        int[] rankOfId = new int[ROWS + 1];
        for (int id = 1; id <= ROWS; id++) {
            rankOfId[id] = popularity.rankOf(id);
        }
        Random random = new Random(7);
        int[] draws = new int[ROWS];
        for (int i = 0; i < DRAWS; i++) {
            long id = updates ? popularity.update(random) : popularity.read(random);
            draws[rankOfId[(int) id]]++;
        }
        return draws;
    }

    @Test
    void read_manyTimes_followsZipf() {
        int[] draws = draws(false);
        double sum = 0;
        for (int rank = 1; rank <= ROWS; rank++) {
            sum += 1.0 / rank;
        }

        for (int rank : new int[] {1, 2, 5, 10}) {
            double expected = DRAWS / (rank * sum);
            assertThat((double) draws[rank - 1]).isCloseTo(expected, within(expected * 0.1));
        }
        assertThat(Arrays.stream(draws).filter(count -> count > 0).count())
                .as("rows asked for at all")
                .isGreaterThan(ROWS / 2);
    }

    @Test
    void update_manyTimes_hitsTheHottestHundredthHalfOfTheTime() {
        int[] draws = draws(true);
        int hot = 0;
        for (int rank = 0; rank < ROWS / 100; rank++) {
            hot += draws[rank];
        }

        assertThat(hot / (double) DRAWS).isCloseTo(0.505, within(0.01));
    }

    @Test
    void ranks_inTwoInstances_areTheSame() {
        assertThat(new Popularity(ROWS).rankOf(4_711)).isEqualTo(new Popularity(ROWS).rankOf(4_711));
        assertThat(new Popularity(ROWS).rankOf(1)).as("a shuffle").isNotZero();
    }

    @Test
    void create_noRows_isRefused() {
        assertThatThrownBy(() -> new Popularity(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
