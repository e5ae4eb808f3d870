package io.crema.internal.time;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where threads come from. */
public final class Threads {

    private Threads() {}

    static ThreadFactory daemons(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Runs loaders and completions of asynchronous calls. Unbounded, because a loader may wait for another key's load,
     * and a bound would then be a deadlock.
     */
    public static ExecutorService workers(String nodeName) {
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                10,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                daemons("crema-" + nodeName + "-worker"));
    }

    /**
     * The same executor, but a task that it rejects, because it is full or shut down, runs in the JVM's default pool: a
     * task that is lost would be a reader that waits for ever.
     */
    public static Executor unrejecting(Executor executor) {
        Executor otherwise = new CompletableFuture<Void>().defaultExecutor();
        return task -> {
            try {
                executor.execute(task);
            } catch (RejectedExecutionException e) {
                otherwise.execute(task);
            }
        };
    }
}
