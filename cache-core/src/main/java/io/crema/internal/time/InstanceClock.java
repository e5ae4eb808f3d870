package io.crema.internal.time;

import io.crema.spi.Ticker;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The time of one instance in nanoseconds, small and positive. A hit reads the coarse clock, a volatile that a thread of
 * the ticker moves every {@link #TICK_NANOS}; a {@code nanoTime} for each hit would double the hit's cost. It is late by
 * a tick at most as long as that thread runs, and by the whole of a stop of the process.
 */
public final class InstanceClock {

    public static final long TICK_NANOS = 5_000_000;

    private final Ticker ticker;
    private final long origin;
    private final List<Runnable> onTick = new CopyOnWriteArrayList<>();
    private volatile long coarse = 1;
    private volatile boolean stopped;

    public InstanceClock(Ticker ticker) {
        this.ticker = ticker;
        this.origin = ticker.nanos() - 1;
    }

    public void start() {
        ticker.schedule(TICK_NANOS, this::tick);
    }

    /** Late by up to a tick. */
    public long coarse() {
        return coarse;
    }

    public long exact() {
        return ticker.nanos() - origin;
    }

    /** Runs a short task once; not at all after a stop. */
    public void after(long delayNanos, Runnable task) {
        ticker.schedule(delayNanos, () -> {
            if (!stopped) {
                task.run();
            }
        });
    }

    /** Runs a short task at each tick. */
    public void onTick(Runnable task) {
        onTick.add(task);
    }

    /** Ends that. */
    public void offTick(Runnable task) {
        onTick.remove(task);
    }

    /**
     * Collects tasks, and hands them over at the next tick: for what can wait a little, and comes from threads that must
     * not pay for waking another one. What the executor refuses runs on the ticker's thread.
     */
    public Deferring deferring(Executor executor) {
        Deferring deferring = new Deferring(executor);
        onTick(deferring.handOver);
        return deferring;
    }

    /** An executor that hands over at ticks until it is closed; then at once. */
    public final class Deferring implements Executor, AutoCloseable {

        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        private final Executor executor;
        private final Runnable handOver = this::handOver;
        private volatile boolean closed;

        private Deferring(Executor executor) {
            this.executor = executor;
        }

        @Override
        public void execute(Runnable task) {
            waiting.add(task);
            if (closed) {
                handOver();
            }
        }

        private void handOver() {
            for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
                try {
                    executor.execute(task);
                } catch (RejectedExecutionException e) {
                    task.run();
                }
            }
        }

        @Override
        public void close() {
            closed = true;
            offTick(handOver);
            handOver();
        }
    }

    public void stop() {
        stopped = true;
    }

    private void tick() {
        coarse = exact();
        if (stopped) {
            return;
        }
        ticker.schedule(TICK_NANOS, this::tick);
        for (Runnable task : onTick) {
            task.run();
        }
    }
}
