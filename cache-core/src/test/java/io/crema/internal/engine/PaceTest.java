package io.crema.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** How many begin if as many as may do so at a moment. */
    private static int begin(Pace pace, long now) {
        int begun = 0;
        while (pace.allows(now)) {
            pace.begun(now);
            begun++;
        }
        return begun;
    }

    @Test
    void allows_afterAWhileWithoutAny_soManyAtOnce() {
        Pace pace = new Pace(100, 5, 0);
        assertThat(begin(pace, 0)).isEqualTo(5);
        assertThat(begin(pace, 9 * MILLI)).isZero();
        assertThat(begin(pace, 60_000 * MILLI)).isEqualTo(5);
    }

    @Test
    void allows_allTheTime_soManyASecond() {
        Pace pace = new Pace(100, 5, 0);
        int begun = 0;
        for (long now = 0; now < 10_000 * MILLI; now += MILLI) {
            begun += begin(pace, now);
        }
        assertThat(begun).isBetween(1_000, 1_005);
    }

    @Test
    void allows_clockThatIsLate_soManyASecond() {
        Pace pace = new Pace(10_000, 5, 5 * MILLI);
        int begun = 0;
        for (long now = 0; now < 10_000 * MILLI; now += 5 * MILLI) {
            begun += begin(pace, now);
        }
        assertThat(begun).isBetween(100_000, 100_100);
    }

    @Test
    void begun_withoutBeingAllowed_delaysTheNext() {
        Pace pace = new Pace(100, 1, 0);
        pace.begun(0);
        pace.begun(0);
        assertThat(pace.allows(19 * MILLI)).isFalse();
        assertThat(pace.allows(20 * MILLI)).isTrue();
    }
}
