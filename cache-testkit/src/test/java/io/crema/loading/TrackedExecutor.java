package io.crema.loading;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that know whether anything is left to do; a test may have them do later what came first. */
final class TrackedExecutor implements Executor, AutoCloseable {

    static final String THREAD = "executor-";

    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger tasks = new AtomicInteger();

    // Both guarded by this
    private final List<Runnable> kept = new ArrayList<>();
    private boolean keeping;

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, THREAD + numbers.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (keeping) {
                kept.add(task);
                return;
            }
        }
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

    /** What comes from now on is kept, until {@link #pass}. */
    synchronized void keep() {
        keeping = true;
    }

    /** What comes from now on is run at once again; what was kept stays so. */
    synchronized void pass() {
        keeping = false;
    }

    /** Runs what was kept. Returns how many that were. */
    int runKept() {
        List<Runnable> all;
        synchronized (this) {
            all = List.copyOf(kept);
            kept.clear();
        }
        all.forEach(this::execute);
        return all.size();
    }

    /** How many run, or are about to; those that are kept do not count. */
    int tasks() {
        return tasks.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
