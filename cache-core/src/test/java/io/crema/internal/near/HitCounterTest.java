package io.crema.internal.near;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HitCounterTest {

    private final HitCounter hits = new HitCounter();

    @Test
    void newCounter_isZero() {
        assertThat(hits.sum()).isZero();
    }

    @Test
    void increment_oneThread_losesNothing() {
        for (int i = 0; i < 10_000; i++) {
            hits.increment();
        }

        assertThat(hits.sum()).isEqualTo(10_000);
    }

    @Test
    void increment_threadsOneAfterAnother_losesNothing() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            Thread thread = new Thread(hits::increment);
            thread.start();
            thread.join();
        }

        assertThat(hits.sum()).isEqualTo(100);
    }

    @Test
    void increment_threadsAtOnce_neverCountsTooMuch() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                for (int n = 0; n < 1_000; n++) {
                    hits.increment();
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(hits.sum()).isBetween(1_000L, 8_000L);
    }
}
