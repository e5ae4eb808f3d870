package io.crema.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.internal.time.HandMovedTicker;
import io.crema.internal.time.InstanceClock;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeldBackTest {

    private static final long HOLD = TimeUnit.SECONDS.toNanos(10);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final HandMovedTicker ticker = new HandMovedTicker(0);
    private final InstanceClock clock = new InstanceClock(ticker);
    private final HeldBack<Integer> keys = new HeldBack<>(clock);
    private final Throwable failure = new IllegalStateException("origin down");

    @Test
    void held_neverFailed_isNull() {
        keys.failed(1, 1, HOLD, failure);

        assertThat(keys.held(2)).isNull();
        assertThat(keys.failures(2)).isZero();
    }

    @Test
    void held_duringTheHold_runsUntilItsEnd() {
        keys.failed(1, 3, HOLD, failure);

        ticker.jump(HOLD - 1);
        assertThat(keys.held(1)).isEqualTo(new HeldBack.Held(3, 1 + HOLD, failure));

        ticker.jump(1);
        assertThat(keys.held(1)).isNull();
        assertThat(keys.failures(1)).isEqualTo(3);
    }

    @Test
    void failures_afterTheHold_areRememberedForAMinute() {
        keys.failed(1, 3, HOLD, failure);

        ticker.jump(HOLD + MINUTE - 1);
        assertThat(keys.failures(1)).isEqualTo(3);

        ticker.jump(1);
        assertThat(keys.failures(1)).isZero();
        assertThat(keys.held(1)).isNull();
    }

    @Test
    void failed_again_replacesWhatWasKnown() {
        keys.failed(1, 1, HOLD, failure);
        ticker.jump(HOLD);
        Throwable second = new IllegalStateException("still down");

        keys.failed(1, 2, 2 * HOLD, second);

        assertThat(keys.held(1)).isEqualTo(new HeldBack.Held(2, 1 + 3 * HOLD, second));
        assertThat(keys.size()).isEqualTo(1);
    }

    @Test
    void failed_noHold_isCountedOnly() {
        keys.failed(1, 1, 0, failure);

        assertThat(keys.failures(1)).isEqualTo(1);
        assertThat(keys.held(1)).isNull();
    }

    @Test
    void failed_longestHold_doesNotOverflow() {
        ticker.jump(MINUTE);
        keys.failed(1, 1, Long.MAX_VALUE, failure);

        ticker.jump(1_000 * MINUTE);

        assertThat(keys.held(1)).isNotNull();
    }

    @Test
    void forget_key_isNotHeldAndNotCounted() {
        keys.failed(1, 1, HOLD, failure);
        keys.failed(2, 1, HOLD, failure);

        keys.forget(1);
        keys.forget(3);

        assertThat(keys.held(1)).isNull();
        assertThat(keys.held(2)).isNotNull();
        assertThat(keys.size()).isEqualTo(1);
    }

    @Test
    void clear_severalKeys_nothingIsHeld() {
        keys.failed(1, 1, HOLD, failure);
        keys.failed(2, 1, HOLD, failure);

        keys.clear();

        assertThat(keys.size()).isZero();
        keys.failed(1, 1, HOLD, failure);
        assertThat(keys.failures(1)).isEqualTo(1);
    }

    @Test
    void sweep_noLoadFailsAnyMore_memoryIsGivenBack() {
        keys.failed(1, 1, HOLD, failure);
        keys.failed(2, 1, 10 * MINUTE, failure);

        ticker.jump(MINUTE);
        assertThat(keys.size()).isEqualTo(2);
        ticker.jump(MINUTE);
        assertThat(keys.size()).isEqualTo(1);
        for (int minute = 0; minute < 10; minute++) {
            ticker.jump(MINUTE);
        }

        assertThat(keys.size()).isZero();
        assertThat(ticker.waiting()).as("sweeps that are to come").isZero();
        keys.failed(3, 1, HOLD, failure);
        assertThat(ticker.waiting()).isEqualTo(1);
    }

    @Test
    void failed_moreKeysThanAreKept_thoseThatFailedLongestAgoAreForgotten() {
        for (int key = 0; key < HeldBack.MOST; key++) {
            keys.failed(key, 1, HOLD, failure);
        }
        keys.failed(0, 2, HOLD, failure);

        keys.failed(-1, 1, HOLD, failure);

        assertThat(keys.size()).isEqualTo(HeldBack.MOST);
        assertThat(keys.held(1)).isNull();
        assertThat(keys.failures(0)).isEqualTo(2);
        assertThat(keys.held(2)).isNotNull();
        assertThat(keys.held(-1)).isNotNull();
    }

    /** After any mix of changes the bound holds, and every key can still be forgotten, so none is kept for ever. */
    @Test
    void failedAndForget_manyThreads_keepTheBoundAndLoseNothing() throws Exception {
        int threads = 4;
        int range = HeldBack.MOST + 2_000;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<CompletableFuture<Void>> all = IntStream.range(0, threads)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> change(new Random(i), range), executor))
                    .toList();
            for (CompletableFuture<Void> one : all) {
                one.get(50, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(keys.size()).isLessThanOrEqualTo(HeldBack.MOST);
        for (int key = 0; key < range; key++) {
            keys.forget(key);
        }
        assertThat(keys.size()).isZero();

        for (int key = 0; key < HeldBack.MOST; key++) {
            keys.failed(key, 1, HOLD, failure);
        }
        assertThat(keys.size())
                .as("no place is taken by a key that is not there")
                .isEqualTo(HeldBack.MOST);
    }

    private void change(Random random, int range) {
        for (int i = 0; i < 50_000; i++) {
            int key = random.nextInt(range);
            if (random.nextInt(3) == 0) {
                keys.forget(key);
            } else {
                keys.failed(key, 1, HOLD, failure);
            }
        }
    }
}
