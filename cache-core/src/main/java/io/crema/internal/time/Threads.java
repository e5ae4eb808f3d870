package io.crema.internal.time;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Where threads come from. */
public final class Threads {

    private Threads() {}

    /** Ends it after a time, not by the clock of an instance: the thread that waits may be the one that drives it. */
    public static CompletableFuture<Void> limitedInRealTime(CompletableFuture<Void> end, Duration atMost) {
        return end.completeOnTimeout(null, atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

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
        return pool("crema-" + nodeName + "-worker");
    }

    private static ExecutorService pool(String name) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons(name));
    }

    /**
     * Runs loaders that are timed, each on a thread of its own: a virtual one where the JDK has them, from 21 on. Not
     * bounded either; a bulkhead does that for each cache.
     */
    public static ExecutorService loaders(String nodeName) {
        String name = "crema-" + nodeName + "-loader";
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
            Object ofVirtual = Thread.class.getMethod("ofVirtual").invoke(null);
            Object named = builder.getMethod("name", String.class, long.class).invoke(ofVirtual, name + "-", 1L);
            Object factory = builder.getMethod("factory").invoke(named);
            return (ExecutorService) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, factory);
        } catch (ReflectiveOperationException e) {
            // An older JDK; in 19 and 20 the methods are there, and refuse.
            return pool(name);
        }
    }

    /**
     * The same executor, but a task that it rejects, because it is full or shut down, runs in the JVM's default pool: a
     * task that is lost would be a reader that waits for ever. So does one that it would run within the call, which a
     * loader must not: the caller may be the thread that moves the clock, or one of the remote tier.
     */
    public static Executor handingOver(Executor executor) {
        Executor otherwise = new CompletableFuture<Void>().defaultExecutor();
        return task -> {
            HandOver handOver = new HandOver(task, otherwise);
            try {
                executor.execute(handOver);
            } catch (RejectedExecutionException e) {
                otherwise.execute(task);
            } finally {
                handOver.giver = null;
            }
        };
    }

    private static final class HandOver implements Runnable {

        private final Runnable task;
        private final Executor otherwise;

        /** The thread that is giving it to the executor; only that thread's own view of it matters. */
        private @Nullable Thread giver = Thread.currentThread();

        HandOver(Runnable task, Executor otherwise) {
            this.task = task;
            this.otherwise = otherwise;
        }

        @Override
        public void run() {
            if (Thread.currentThread() == giver) {
                otherwise.execute(task);
            } else {
                task.run();
            }
        }
    }
}
