package io.crema.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static final Duration SHORT = Duration.ofMillis(20);

    @Test
    void during_calledAgain_goesOnCounting() throws Exception {
        Map<String, Integer> seen = new ConcurrentHashMap<>();
        Turns turns = new Turns(3, (thread, number) -> seen.merge(thread + "/" + number, 1, Integer::sum));
        int first = turns.during(SHORT).count();
        int second = turns.during(SHORT).count();
        assertThat(seen).hasSize(first + second);
        assertThat(seen.values()).isSubsetOf(1);
    }

    @Test
    void during_aCallFails_failsAsThat() {
        Turns turns = new Turns(2, (thread, number) -> {
            throw new IllegalStateException("in vain");
        });
        assertThatThrownBy(() -> turns.during(SHORT))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void taken_ofThreads_isAllOfThem() {
        Percentiles one = new Percentiles();
        Percentiles other = new Percentiles();
        one.add(1_000);
        other.add(3_000);
        Turns.Taken taken = new Turns.Taken(500, List.of(one, other));
        assertThat(taken.count()).isEqualTo(2);
        assertThat(taken.latency()).containsEntry(Figure.P50, 1.0).containsEntry(Figure.MAX, 3.0);
        assertThat(taken.rate(2, 500 + 500_000_000L)).isCloseTo(4, within(0.001));
    }
}
