package io.crema.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.time.HandMovedTicker;
import io.crema.internal.time.InstanceClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

    private static final long LIMIT = 100;

    private final HandMovedTicker ticker = new HandMovedTicker(0);
    private final InstanceClock clock = new InstanceClock(ticker);
    private final AtomicInteger timeouts = new AtomicInteger();

    private Deadlines deadlines() {
        Deadlines deadlines = new Deadlines(clock, LIMIT);
        clock.start();
        return deadlines;
    }

    private Deadlines.Pending<String> begin(Deadlines deadlines) {
        return deadlines.begin(timeout -> timeouts.incrementAndGet());
    }

    @Test
    void begin_noAnswerInTime_isEmptyOnce() {
        Deadlines deadlines = deadlines();
        Deadlines.Pending<String> answered = begin(deadlines);
        Deadlines.Pending<String> silent = begin(deadlines);
        assertThat(answered.claim()).isTrue();
        answered.complete(Answer.of("answer"));

        ticker.jump(InstanceClock.TICK_NANOS);

        assertThat(answered).isCompletedWithValueMatching(answer -> answer.get().equals("answer"));
        assertThat(silent).isCompletedWithValueMatching(Answer::isEmpty);
        assertThat(timeouts).hasValue(1);
        assertThat(silent.claim()).as("an answer that comes now").isFalse();
    }

    @Test
    void expire_tellsWhy_beforeThoseWhoWait() {
        Deadlines deadlines = deadlines();
        List<String> order = new ArrayList<>();
        Deadlines.Pending<String> reply = deadlines.begin(timeout -> order.add(timeout.getMessage()));
        CompletableFuture<Boolean> told = reply.thenApply(answer -> order.add("answer"));

        ticker.jump(InstanceClock.TICK_NANOS);

        assertThat(told).isCompleted();
        assertThat(order).containsExactly("no answer within the time limit", "answer");
    }

    @Test
    void begin_afterClose_isEmptyAtOnce() {
        Deadlines deadlines = deadlines();
        deadlines.close();

        assertThat(begin(deadlines)).isCompletedWithValueMatching(Answer::isEmpty);
    }

    /** Both take from the queue. */
    @Test
    void close_whileATickSweeps_endsEverything() throws Exception {
        for (int round = 0; round < 100; round++) {
            Deadlines deadlines = deadlines();
            List<Deadlines.Pending<String>> replies =
                    IntStream.range(0, 500).mapToObj(i -> begin(deadlines)).toList();
            CyclicBarrier together = new CyclicBarrier(2);
            CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> {
                await(together);
                deadlines.close();
            });
            await(together);
            ticker.jump(InstanceClock.TICK_NANOS);
            closed.get();

            assertThat(replies).allMatch(CompletableFuture::isDone);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
