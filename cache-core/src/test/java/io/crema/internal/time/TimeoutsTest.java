package io.crema.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimeoutsTest {

    private static final long TICK = InstanceClock.TICK_NANOS;

    private final HandMovedTicker ticker = new HandMovedTicker(0);
    private final InstanceClock clock = new InstanceClock(ticker);
    private final Timeouts timeouts = new Timeouts(clock, 2 * TICK);
    private final List<String> fired = new ArrayList<>();

    @BeforeEach
    void start() {
        clock.start();
    }

    @Test
    void begin_timeIsOver_firesOnceAtTheTick() {
        timeouts.begin(() -> fired.add("a"));

        ticker.jump(TICK);
        assertThat(fired).isEmpty();
        assertThat(timeouts.pending()).isEqualTo(1);

        ticker.jump(TICK);
        ticker.jump(TICK);
        assertThat(fired).containsExactly("a");
        assertThat(timeouts.pending()).isZero();
        assertThat(timeouts.queued()).isZero();
    }

    @Test
    void begin_several_fireInTheirOrderEachAtItsTime() {
        timeouts.begin(() -> fired.add("a"));
        timeouts.begin(() -> fired.add("b"));
        ticker.jump(TICK);
        timeouts.begin(() -> fired.add("c"));

        ticker.jump(TICK);
        assertThat(fired).containsExactly("a", "b");
        ticker.jump(TICK);
        assertThat(fired).containsExactly("a", "b", "c");
    }

    @Test
    void begin_longestTime_doesNotOverflow() {
        Timeouts longest = new Timeouts(clock, Long.MAX_VALUE);
        longest.begin(() -> fired.add("a"));

        ticker.jump(1_000 * TICK);

        assertThat(fired).isEmpty();
        assertThat(longest.pending()).isEqualTo(1);
    }

    @Test
    void cancel_beforeItsTime_neverFires() {
        Timeouts.Timer first = timeouts.begin(() -> fired.add("a"));
        timeouts.begin(() -> fired.add("b"));

        first.cancel();
        first.cancel();
        assertThat(timeouts.pending()).isEqualTo(1);
        ticker.jump(3 * TICK);

        assertThat(fired).containsExactly("b");
        assertThat(timeouts.pending()).isZero();
    }

    @Test
    void cancel_afterFiring_changesNothing() {
        Timeouts.Timer timer = timeouts.begin(() -> fired.add("a"));
        ticker.jump(2 * TICK);

        timer.cancel();
        timeouts.begin(() -> fired.add("b"));

        assertThat(timeouts.pending()).isEqualTo(1);
        ticker.jump(2 * TICK);
        assertThat(fired).containsExactly("a", "b");
    }

    @Test
    void cancel_behindALivingHead_holdsItsTaskNoLonger() {
        timeouts.begin(() -> fired.add("head"));
        int[] payload = new int[1];
        WeakReference<int[]> reference = new WeakReference<>(payload);
        Timeouts.Timer timer = timeouts.begin(holding(payload));
        payload = null;

        timer.cancel();

        assertThat(timeouts.queued()).isEqualTo(2);
        while (reference.get() != null) {
            System.gc();
        }
    }

    private static Runnable holding(int[] payload) {
        return () -> payload[0]++;
    }

    @Test
    void cancel_tenThousandASecond_doNotPileUp() {
        Timeouts twoSeconds = new Timeouts(clock, TimeUnit.SECONDS.toNanos(2));
        twoSeconds.begin(() -> fired.add("head"));
        int perTick = (int) (10_000 * TICK / TimeUnit.SECONDS.toNanos(1));
        int most = 0;
        for (int tick = 0; tick < 300; tick++) {
            for (int i = 0; i < perTick; i++) {
                twoSeconds.begin(() -> fired.add("x")).cancel();
            }
            most = Math.max(most, twoSeconds.queued());
            ticker.jump(TICK);
        }

        assertThat(most).isLessThan(4 * perTick);
        assertThat(twoSeconds.pending()).isEqualTo(1);
        ticker.jump(TimeUnit.SECONDS.toNanos(2));
        assertThat(fired).containsExactly("head");
    }

    @Test
    void onTimeout_beginsAnother_firesAWholeTimeLater() {
        timeouts.begin(() -> timeouts.begin(() -> fired.add("second")));

        ticker.jump(2 * TICK);
        assertThat(timeouts.pending()).isEqualTo(1);
        ticker.jump(2 * TICK);

        assertThat(fired).containsExactly("second");
    }

    @Test
    void close_nothingFiresAnyMoreAndTheClockForgetsIt() {
        timeouts.begin(() -> fired.add("before"));
        timeouts.close();
        timeouts.begin(() -> fired.add("after"));

        ticker.jump(10 * TICK);

        assertThat(fired).isEmpty();
        assertThat(timeouts.pending()).isZero();
        assertThat(timeouts.queued()).isZero();
    }

    @Test
    void close_severalOnOneClock_othersGoOn() {
        Timeouts other = new Timeouts(clock, 2 * TICK);
        other.begin(() -> fired.add("other"));

        timeouts.close();
        ticker.jump(2 * TICK);

        assertThat(fired).containsExactly("other");
    }

    /** Each ends once: by its time, by its owner, or with all. */
    @Test
    void timers_cancelledAndClosedWhileATickSweeps_endOnce() throws Exception {
        for (int round = 0; round < 50; round++) {
            AtomicInteger runs = new AtomicInteger();
            Timeouts racing = new Timeouts(clock, TICK);
            List<Timeouts.Timer> timers = IntStream.range(0, 300)
                    .mapToObj(i -> racing.begin(runs::incrementAndGet))
                    .toList();
            CyclicBarrier together = new CyclicBarrier(3);
            CompletableFuture<Void> cancelling = CompletableFuture.runAsync(() -> {
                await(together);
                timers.forEach(Timeouts.Timer::cancel);
            });
            CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> {
                await(together);
                racing.close();
            });
            await(together);
            ticker.jump(TICK);
            cancelling.get();
            closing.get();

            assertThat(racing.pending()).isZero();
            assertThat(racing.queued()).isZero();
            assertThat(runs.get()).isLessThanOrEqualTo(300);
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
