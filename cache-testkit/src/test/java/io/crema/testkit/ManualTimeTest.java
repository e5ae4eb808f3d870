package io.crema.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ManualTimeTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final List<String> log = new ArrayList<>();

    @Test
    void nanos_nobodyAdvances_standsStill() {
        time.execute(() -> log.add("task"));

        assertThat(time.nanos()).isZero();
        assertThat(log).isEmpty();
        assertThat(time.waiting()).isEqualTo(1);
    }

    @Test
    void advance_pastLongMax_wrapsAsNanoTime() {
        ManualTime late = new ManualTime(Long.MAX_VALUE);
        late.schedule(2, () -> log.add("after the wrap"));

        late.advance(Duration.ofNanos(2));

        assertThat(late.nanos()).isEqualTo(Long.MIN_VALUE + 1);
        assertThat(log).containsExactly("after the wrap");
    }

    @Test
    void advance_manyTasks_runInOrderOfTimeThenOfArrival() {
        time.schedule(30, () -> note("c"));
        time.schedule(10, () -> note("a1"));
        time.schedule(10, () -> note("a2"));
        time.schedule(20, () -> note("b"));

        time.advance(Duration.ofNanos(25));

        assertThat(log).containsExactly("a1@10", "a2@10", "b@20");
        assertThat(time.nanos()).isEqualTo(25);
    }

    @Test
    void advance_tasksOfTasks_runAtTheirOwnTime() {
        time.schedule(10, () -> {
            note("a");
            time.schedule(5, () -> note("c"));
            time.execute(() -> note("b"));
        });

        time.advance(Duration.ofNanos(15));

        assertThat(log).containsExactly("a@10", "b@10", "c@15");
    }

    @Test
    void advance_taskSubmittedBefore_runsBeforeTimeMoves() {
        time.execute(() -> note("now"));
        time.schedule(0, () -> note("no delay"));

        time.advance(SECOND);

        assertThat(log).containsExactly("now@0", "no delay@0");
    }

    @Test
    void runPending_taskOfLater_leavesItAndTheTime() {
        time.execute(() -> time.schedule(0, () -> note("due")));
        time.schedule(1, () -> note("later"));

        time.runPending();

        assertThat(log).containsExactly("due@0");
        assertThat(time.nanos()).isZero();
        assertThat(time.waiting()).isEqualTo(1);
    }

    @Test
    void schedule_delayWithoutEnd_neverRuns() {
        time.advance(SECOND);
        time.schedule(Long.MAX_VALUE, () -> note("never"));

        time.advance(Duration.ofDays(10_000));

        assertThat(log).isEmpty();
    }

    @Test
    void advance_tasksFail_runsTheRestAndThrowsTheFirst() {
        RuntimeException first = new RuntimeException("first");
        Error second = new AssertionError("second");
        time.schedule(1, () -> {
            throw first;
        });
        time.schedule(2, () -> {
            throw second;
        });
        time.schedule(3, () -> note("rest"));

        assertThatThrownBy(() -> time.advance(SECOND)).isSameAs(first).hasSuppressedException(second);
        assertThat(log).containsExactly("rest@3");
        assertThat(time.nanos()).isEqualTo(SECOND.toNanos());
    }

    @Test
    void advance_periodicTask_isNoEndlessLoop() {
        int[] runs = {0};
        time.schedule(1, new Runnable() {
            @Override
            public void run() {
                runs[0]++;
                time.schedule(1, this);
            }
        });

        time.advance(Duration.ofNanos(300_000));

        assertThat(runs[0]).isEqualTo(300_000);
    }

    @Test
    void runPending_taskSchedulesItselfWithoutDelay_saysSo() {
        time.execute(new Runnable() {
            @Override
            public void run() {
                time.schedule(0, this);
            }
        });

        assertThatIllegalStateException()
                .isThrownBy(time::runPending)
                .withMessageContaining("schedule each other with no delay");
    }

    @Test
    void advance_calledByTask_isRefused() {
        time.execute(() -> time.advance(SECOND));

        assertThatIllegalStateException().isThrownBy(time::runPending).withMessageContaining("cannot move time");
    }

    @Test
    void advance_back_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> time.advance(SECOND.negated()));
    }

    private void note(String what) {
        log.add(what + "@" + time.nanos());
    }
}
