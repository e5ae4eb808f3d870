package io.crema.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TookTest {

    private final Took.Queue queue = new Took.Queue();

    @Test
    void next_inTime_allThreeAreTheSame() {
        assertThat(queue.next(100, 100, 107)).isEqualTo(new Took(7, 7, 7));
        assertThat(queue.next(200, 200, 203)).isEqualTo(new Took(3, 3, 3));
    }

    @Test
    void next_threadIsLateByItself_isNoLatency() {
        assertThat(queue.next(100, 150, 157)).isEqualTo(new Took(57, 7, 7));
    }

    @Test
    void next_afterASlowRead_waitsForIt() {
        assertThat(queue.next(100, 100, 150)).isEqualTo(new Took(50, 50, 50));
        assertThat(queue.next(110, 150, 155)).isEqualTo(new Took(45, 45, 5));
        assertThat(queue.next(150, 155, 156)).isEqualTo(new Took(6, 6, 1));
        assertThat(queue.next(160, 160, 161)).isEqualTo(new Took(1, 1, 1));
    }

    @Test
    void next_slowReadAndLateThread_countsTheReadAlone() {
        assertThat(queue.next(100, 130, 180)).isEqualTo(new Took(80, 50, 50));
        assertThat(queue.next(140, 190, 192)).isEqualTo(new Took(52, 12, 2));
    }
}
