package io.crema.internal.writebehind;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.policy.Backoff;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RetriesTest {

    private final AtomicLong random = new AtomicLong();
    private final Retries retries =
            new Retries(Backoff.doubling(Duration.ofNanos(100), Duration.ofNanos(400)), random::get);

    @Test
    void ended_oneFailedCall_othersMayBeginAtOnce() {
        assertThat(retries.ended(true, 10)).isFalse();
        assertThat(retries.mayBegin(10)).isTrue();
        assertThat(retries.ended(false, 10)).as("it was not down").isFalse();
    }

    @Test
    void ended_moreFailedCalls_oneAfterEachBackOff_untilOneSucceeds() {
        assertThat(retries.ended(true, 0)).isFalse();
        assertThat(retries.ended(true, 0)).isFalse();
        assertThat(retries.mayBegin(99)).isFalse();
        assertThat(retries.mayBegin(100)).isTrue();
        assertThat(retries.ended(true, 100)).isFalse();
        assertThat(retries.mayBegin(299)).isFalse();
        assertThat(retries.mayBegin(300)).isTrue();

        assertThat(retries.ended(false, 300)).isTrue();
        assertThat(retries.mayBegin(300)).isTrue();
        assertThat(retries.ended(false, 300)).isFalse();
    }

    @Test
    void wait_isHalfOfTheBackOffAtLeast() {
        assertThat(retries.wait(1)).isEqualTo(100);
        random.set(-1);
        assertThat(retries.wait(1)).isBetween(50L, 100L);
        random.set(50);
        assertThat(retries.wait(1)).isEqualTo(50);
        assertThat(retries.wait(9)).isEqualTo(350);
    }
}
