package io.crema.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Several threads at the same thing, started together. */
final class Contention {

    private Contention() {}

    /**
     * Runs the action {@code turns} times on each thread, with a number that differs between threads and turns, and
     * ends when all are done.
     *
     * @throws AssertionError with the first failure of any thread as its cause
     */
    static void run(int threads, int turns, IntConsumer action) throws InterruptedException {
        CountDownLatch start = new CountDownLatch(1);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int first = i * turns;
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                    for (int turn = first; turn < first + turns && failure.get() == null; turn++) {
                        action.accept(turn);
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            });
            thread.start();
            running.add(thread);
        }
        start.countDown();
        for (Thread thread : running) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("A thread failed", failure.get());
        }
    }
}
