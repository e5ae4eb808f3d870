package io.crema.loading;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that know whether anything is left to do. */
final class TrackedExecutor implements Executor, AutoCloseable {

    static final String THREAD = "executor-";

    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger tasks = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, THREAD + numbers.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void execute(Runnable task) {
        tasks.incrementAndGet();
        try {
            threads.execute(() -> {
                try {
                    task.run();
                } finally {
                    tasks.decrementAndGet();
                }
            });
        } catch (RuntimeException e) {
            tasks.decrementAndGet();
            throw e;
        }
    }

    /** How many run, or are about to. */
    int tasks() {
        return tasks.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
