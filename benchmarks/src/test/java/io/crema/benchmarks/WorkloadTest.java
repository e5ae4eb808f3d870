package io.crema.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WorkloadTest {

    private static final int KEYS = 10_000;

    @Test
    void zipf_order_hasRanksAsOftenAsTheyShouldCome() {
        String[] keys = Workload.keys(KEYS);
        String[] order = Workload.zipf(KEYS);
        Map<String, Long> counts =
                Arrays.stream(order).collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        double sum = 0;
        for (int rank = 1; rank <= KEYS; rank++) {
            sum += Math.pow(rank, -0.99);
        }
        for (int rank : new int[] {1, 2, 10}) {
            double expected = Math.pow(rank, -0.99) / sum * order.length;
            assertThat((double) counts.getOrDefault(keys[rank - 1], 0L))
                    .as("rank %s", rank)
                    .isCloseTo(expected, within(5 * Math.sqrt(expected)));
        }
        assertThat(Arrays.asList(keys)).containsAll(counts.keySet());
        assertThat(counts).hasSizeGreaterThan(KEYS / 2);
    }

    @Test
    void zipf_calledAgain_isTheSameOrder() {
        assertThat(Workload.zipf(100)).isEqualTo(Workload.zipf(100));
    }
}
