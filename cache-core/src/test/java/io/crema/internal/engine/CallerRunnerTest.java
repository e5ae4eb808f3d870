package io.crema.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CallerRunnerTest {

    private final Queue<Runnable> elsewhere = new ArrayDeque<>();
    private final CallerRunner runner = new CallerRunner(elsewhere::add);
    private final List<Thread> ranOn = new CopyOnWriteArrayList<>();

    @AfterEach
    void forgetInterrupt() {
        boolean unused = Thread.interrupted();
    }

    private void step() {
        ranOn.add(Thread.currentThread());
    }

    @Test
    void runUntil_alreadyDone_runsNothing() throws InterruptedException {
        runner.execute(this::step);

        runner.runUntil(CompletableFuture.completedFuture(1));

        assertThat(ranOn).isEmpty();
    }

    @Test
    void runUntil_stepsOfTheCaller_runOnItInOrder() throws InterruptedException {
        CompletableFuture<String> done = new CompletableFuture<>();
        List<Integer> order = new ArrayList<>();
        runner.execute(() -> {
            order.add(1);
            runner.execute(() -> {
                order.add(3);
                done.complete("end");
            });
        });
        runner.execute(() -> order.add(2));

        runner.runUntil(done);

        assertThat(order).containsExactly(1, 2, 3);
    }

    @Test
    void execute_onAnotherThread_wakesTheCallerWhoRunsIt() throws InterruptedException {
        CompletableFuture<String> done = new CompletableFuture<>();
        Thread caller = Thread.currentThread();
        Thread other = whenParked(
                caller,
                () -> runner.execute(() -> {
                    step();
                    done.complete("end");
                }));

        runner.runUntil(done);

        other.join();
        assertThat(ranOn).containsExactly(caller);
    }

    @Test
    void completion_onAnotherThread_wakesTheCaller() throws InterruptedException {
        CompletableFuture<String> done = new CompletableFuture<>();
        Thread other = whenParked(Thread.currentThread(), () -> done.completeExceptionally(new RuntimeException("x")));

        runner.runUntil(done);

        other.join();
        assertThat(done).isCompletedExceptionally();
    }

    @Test
    void runUntil_interrupted_leavesButNotBeforeWhatIsReady() {
        CompletableFuture<String> done = new CompletableFuture<>();
        runner.execute(this::step);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> runner.runUntil(done)).isInstanceOf(InterruptedException.class);

        assertThat(ranOn).hasSize(1);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void leave_stepsThatWait_areHandedOver() {
        runner.execute(this::step);
        runner.execute(this::step);

        runner.leave();

        assertThat(elsewhere).hasSize(2);
        assertThat(ranOn).isEmpty();
    }

    @Test
    void execute_afterLeaving_runsElsewhere() {
        runner.leave();

        runner.execute(this::step);

        assertThat(elsewhere).hasSize(1);
        elsewhere.remove().run();
        assertThat(ranOn).hasSize(1);
    }

    /** Runs something on another thread once a thread sleeps. */
    private static Thread whenParked(Thread sleeper, Runnable action) {
        Thread other = new Thread(() -> {
            while (sleeper.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            action.run();
        });
        other.start();
        return other;
    }
}
