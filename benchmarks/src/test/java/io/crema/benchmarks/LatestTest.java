package io.crema.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LatestTest {

    private static final String[] ORDER = {"a", "b", "a", "c", "d", "a", "b"};

    @Test
    void key_ofEachThread_isItsAlone() {
        Latest latest = new Latest(2, ORDER);
        Set<String> first = new HashSet<>();
        Set<String> second = new HashSet<>();
        for (int i = 0; i < 2 * ORDER.length; i++) {
            first.add(latest.key(0, i));
            second.add(latest.key(1, i));
        }
        assertThat(first).doesNotContainAnyElementsOf(second);
        first.addAll(second);
        assertThat(first).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void areAllCommitted_onlyWithTheLastOfEachKey() {
        Latest latest = new Latest(1, ORDER);
        byte[] first = latest.value(0, "a", 0);
        byte[] other = latest.value(0, "b", 1);
        byte[] last = latest.value(0, "a", 2);

        latest.committed(Map.of("a", first, "b", other));
        assertThat(latest.areAllCommitted()).isFalse();
        latest.committed(Map.of("a", last));
        assertThat(latest.areAllCommitted()).isTrue();
    }

    @Test
    void committed_onceMoreAndLate_keepsTheLast() {
        Latest latest = new Latest(1, ORDER);
        byte[] first = latest.value(0, "a", 0);
        byte[] last = latest.value(0, "a", 1);
        latest.committed(Map.of("a", last));
        latest.committed(Map.of("a", first));
        assertThat(latest.areAllCommitted()).isTrue();
    }
}
