package io.crema.internal.time;

import io.crema.spi.Ticker;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** {@link System#nanoTime()} and one daemon thread. */
public final class SystemTicker implements Ticker, AutoCloseable {

    private final ScheduledThreadPoolExecutor thread;

    public SystemTicker(String nodeName) {
        thread = new ScheduledThreadPoolExecutor(1, Threads.daemons("crema-" + nodeName + "-ticker"));
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void schedule(long delayNanos, Runnable task) {
        try {
            thread.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Closed: nothing that waits for time is waiting any more.
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
