package io.crema.coherence.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.coherence.crash.Takeovers.Takeover;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TakeoversTest {

    private static final long ONE = 11;
    private static final long OTHER = 22;
    private static final long THIRD = 33;

    private final Takeovers takeovers = new Takeovers();

    private static long at(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static Takeover takeover(int partition, long millis, long stopped) {
        return new Takeover(partition, Duration.ofMillis(millis), Duration.ofMillis(stopped));
    }

    @Test
    void seen_anotherOwnerAfterAKill_isATakeoverOfThatTime() {
        takeovers.seen(at(0), Map.of(1, ONE, 2, ONE, 3, OTHER));
        takeovers.killed(at(100), ONE);
        takeovers.seen(at(200), Map.of(1, ONE, 2, ONE, 3, OTHER));
        takeovers.seen(at(3_000), Map.of(3, OTHER));
        takeovers.seen(at(3_100), Map.of(1, OTHER, 3, THIRD));

        assertThat(takeovers.done()).containsExactly(takeover(1, 3_000, 0));
        assertThat(takeovers.waiting(at(9_100))).containsExactly(takeover(2, 9_000, 0));
        assertThat(Takeovers.millis(takeovers.waiting(at(9_100)).get(0))).isEqualTo(9_000);
    }

    @Test
    void down_betweenKillAndTakeover_doesNotCount() {
        takeovers.seen(at(0), Map.of(1, ONE));
        takeovers.down(at(10), true);
        takeovers.down(at(50), false);
        takeovers.killed(at(100), ONE);
        takeovers.down(at(500), true);
        takeovers.down(at(600), true);
        takeovers.down(at(1_500), false);
        takeovers.down(at(1_600), false);
        takeovers.seen(at(2_100), Map.of(1, OTHER));

        assertThat(takeovers.done()).containsExactly(takeover(1, 1_000, 1_000));
    }

    @Test
    void killed_whileRedisIsDown_countsFromItsReturn() {
        takeovers.seen(at(0), Map.of(1, ONE));
        takeovers.down(at(100), true);
        takeovers.killed(at(400), ONE);
        assertThat(takeovers.waiting(at(900))).containsExactly(takeover(1, 0, 500));
        takeovers.down(at(1_000), false);
        takeovers.seen(at(1_200), Map.of(1, OTHER));

        assertThat(takeovers.done()).containsExactly(takeover(1, 200, 600));
    }

    @Test
    void killed_whoHadNotTakenOverYet_theTimeOfTheFirstKillGoesOn() {
        takeovers.seen(at(0), Map.of(1, ONE));
        takeovers.killed(at(100), ONE);
        takeovers.killed(at(2_000), OTHER);
        takeovers.seen(at(5_100), Map.of(1, THIRD));

        assertThat(takeovers.done()).containsExactly(takeover(1, 5_000, 0));
    }

    @Test
    void killed_eachOwnerInTurn_isATakeoverEach() {
        takeovers.seen(at(0), Map.of(1, ONE));
        takeovers.killed(at(100), ONE);
        takeovers.seen(at(300), Map.of(1, OTHER));
        takeovers.killed(at(400), OTHER);
        takeovers.seen(at(900), Map.of(1, THIRD));

        assertThat(takeovers.done()).isEqualTo(List.of(takeover(1, 200, 0), takeover(1, 500, 0)));
    }
}
