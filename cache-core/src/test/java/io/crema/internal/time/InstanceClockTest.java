package io.crema.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.spi.Ticker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class InstanceClockTest {

    /** Runs what is scheduled when told to. */
    private static final class HandTicker implements Ticker {

        private final Queue<Runnable> scheduled = new ArrayDeque<>();

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public void schedule(long delayNanos, Runnable task) {
            scheduled.add(task);
        }

        void tick() {
            scheduled.remove().run();
        }
    }

    private final HandTicker ticker = new HandTicker();
    private final InstanceClock clock = new InstanceClock(ticker);
    private final List<Runnable> executed = new ArrayList<>();
    private final List<String> ran = new ArrayList<>();

    @Test
    void deferring_task_reachesTheExecutorAtTheNextTickOnly() {
        Executor deferring = clock.deferring(executed::add);
        clock.start();
        deferring.execute(() -> ran.add("a"));
        deferring.execute(() -> ran.add("b"));
        assertThat(executed).isEmpty();
        ticker.tick();
        assertThat(executed).hasSize(2);
        executed.forEach(Runnable::run);
        assertThat(ran).containsExactly("a", "b");
        ticker.tick();
        assertThat(executed).hasSize(2);
    }

    @Test
    void deferring_executorRefuses_taskRunsAtTheTick() {
        Executor deferring = clock.deferring(task -> {
            throw new RejectedExecutionException();
        });
        clock.start();
        deferring.execute(() -> ran.add("a"));
        ticker.tick();
        assertThat(ran).containsExactly("a");
    }
}
