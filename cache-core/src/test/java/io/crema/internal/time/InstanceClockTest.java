package io.crema.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceClockTest {

    private final HandMovedTicker ticker = new HandMovedTicker(5_000);
    private final InstanceClock clock = new InstanceClock(ticker);

    @ParameterizedTest
    @ValueSource(longs = {0, -7, Long.MIN_VALUE, Long.MAX_VALUE})
    void newClock_anyOrigin_startsAtOne(long origin) {
        InstanceClock any = new InstanceClock(new HandMovedTicker(origin));

        assertThat(any.exact()).isEqualTo(1);
        assertThat(any.coarse()).isEqualTo(1);
    }

    @Test
    void exact_tickerRunsOverTheLargestNumber_goesOn() {
        HandMovedTicker late = new HandMovedTicker(Long.MAX_VALUE);
        InstanceClock any = new InstanceClock(late);

        late.jump(10);

        assertThat(any.exact()).isEqualTo(11);
    }

    @Test
    void coarse_betweenTicks_standsStill() {
        clock.start();

        ticker.jump(InstanceClock.TICK_NANOS - 1);
        assertThat(clock.coarse()).isEqualTo(1);
        assertThat(clock.exact()).isEqualTo(InstanceClock.TICK_NANOS);

        ticker.jump(1);
        assertThat(clock.coarse()).isEqualTo(InstanceClock.TICK_NANOS + 1);
    }

    @Test
    void coarse_processStoodStill_catchesUpAtTheNextTick() {
        clock.start();

        ticker.jump(20 * InstanceClock.TICK_NANOS);

        assertThat(clock.coarse()).isEqualTo(clock.exact());
        assertThat(ticker.waiting()).isEqualTo(1);
    }

    @Test
    void onTick_eachTick_runsWithTheNewTime() {
        List<Long> seen = new ArrayList<>();
        clock.onTick(() -> seen.add(clock.coarse()));
        clock.start();

        ticker.jump(InstanceClock.TICK_NANOS);
        ticker.jump(InstanceClock.TICK_NANOS);

        assertThat(seen).containsExactly(InstanceClock.TICK_NANOS + 1, 2 * InstanceClock.TICK_NANOS + 1);
    }

    @Test
    void after_due_runsOnce() {
        List<Long> ran = new ArrayList<>();
        clock.after(100, () -> ran.add(clock.exact()));

        ticker.jump(99);
        assertThat(ran).isEmpty();
        ticker.jump(1);
        ticker.jump(100);

        assertThat(ran).containsExactly(101L);
    }

    @Test
    void stop_nothingRunsAnyMore() {
        List<String> ran = new ArrayList<>();
        clock.onTick(() -> ran.add("tick"));
        clock.start();
        clock.after(InstanceClock.TICK_NANOS, () -> ran.add("task"));

        clock.stop();
        ticker.jump(InstanceClock.TICK_NANOS);

        assertThat(ran).isEmpty();
        assertThat(ticker.waiting()).isZero();
    }

    @Test
    void deferring_task_reachesTheExecutorAtTheNextTickOnly() {
        List<Runnable> executed = new ArrayList<>();
        Executor deferring = clock.deferring(executed::add);
        List<String> ran = new ArrayList<>();
        clock.start();

        deferring.execute(() -> ran.add("a"));
        deferring.execute(() -> ran.add("b"));
        assertThat(executed).isEmpty();

        ticker.jump(InstanceClock.TICK_NANOS);
        executed.forEach(Runnable::run);
        assertThat(ran).containsExactly("a", "b");

        ticker.jump(InstanceClock.TICK_NANOS);
        assertThat(executed).hasSize(2);
    }

    @Test
    void deferring_closed_handsOverAtOnceAndIsNotAskedAtTicksAnyMore() {
        List<Runnable> executed = new ArrayList<>();
        InstanceClock.Deferring deferring = clock.deferring(executed::add);
        clock.start();
        deferring.execute(() -> {});

        deferring.close();
        assertThat(executed).hasSize(1);
        deferring.execute(() -> {});
        assertThat(executed).hasSize(2);

        ticker.jump(InstanceClock.TICK_NANOS);
        assertThat(executed).hasSize(2);
    }

    @Test
    void deferring_executorRefuses_taskRunsAtTheTick() {
        Executor deferring = clock.deferring(task -> {
            throw new RejectedExecutionException();
        });
        List<String> ran = new ArrayList<>();
        clock.start();

        deferring.execute(() -> ran.add("a"));
        assertThat(ran).isEmpty();
        ticker.jump(InstanceClock.TICK_NANOS);
        assertThat(ran).containsExactly("a");
    }
}
