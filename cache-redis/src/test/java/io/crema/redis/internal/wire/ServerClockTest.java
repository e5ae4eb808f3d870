package io.crema.redis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerClockTest {

    private final ServerClock clock = new ServerClock();

    @Test
    void upperBoundMillis_afterAReply_countsFromTheSending() {
        long sent = System.nanoTime() - 5_000_000_000L;
        clock.observe(1_700_000_000_000_001L, sent);

        long bound = clock.upperBoundMillis();
        long elapsedMillis = (System.nanoTime() - sent) / 1_000_000;

        assertThat(bound).isGreaterThanOrEqualTo(1_700_000_005_001L);
        assertThat(bound).isLessThanOrEqualTo(1_700_000_000_000L + elapsedMillis + 2);
    }

    @Test
    void observe_serverSteppedBack_isFollowed() {
        clock.observe(1_700_000_000_000_000L, System.nanoTime());
        clock.observe(1_600_000_000_000_000L, System.nanoTime());
        assertThat(clock.upperBoundMillis()).isBetween(1_600_000_000_000L, 1_650_000_000_000L);
    }
}
