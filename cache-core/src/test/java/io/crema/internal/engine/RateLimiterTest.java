package io.crema.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateLimiterTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** How many begin if as many as may do so at a moment. */
    private static int begin(RateLimiter limiter, long now) {
        int begun = 0;
        while (limiter.allows(now)) {
            limiter.begun(now);
            begun++;
        }
        return begun;
    }

    @Test
    void allows_afterAWhileWithoutAny_soManyAtOnce() {
        RateLimiter limiter = new RateLimiter(100, 5);
        assertThat(begin(limiter, 0)).isEqualTo(5);
        assertThat(begin(limiter, 9 * MILLI)).isZero();
        assertThat(begin(limiter, 60_000 * MILLI)).isEqualTo(5);
    }

    @Test
    void allows_allTheTime_soManyASecond() {
        RateLimiter limiter = new RateLimiter(100, 5);
        int begun = 0;
        for (long now = 0; now < 10_000 * MILLI; now += MILLI) {
            begun += begin(limiter, now);
        }
        assertThat(begun).isBetween(1_000, 1_005);
    }

    @Test
    void begun_withoutBeingAllowed_delaysTheNext() {
        RateLimiter limiter = new RateLimiter(100, 1);
        limiter.begun(0);
        limiter.begun(0);
        assertThat(limiter.allows(19 * MILLI)).isFalse();
        assertThat(limiter.allows(20 * MILLI)).isTrue();
    }
}
