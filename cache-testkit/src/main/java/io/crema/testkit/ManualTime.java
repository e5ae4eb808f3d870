package io.crema.testkit;

import io.crema.spi.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Time moved by hand: clock, scheduler and executor in one, so that no test sleeps.
 *
 * <p>Nothing runs by itself. {@link #execute} and {@link #schedule} only note a task; {@link #runPending} and
 * {@link #advance} run the tasks that are due on the thread that calls them, in the order of their time and, within one
 * time, of their arrival. Executed tasks come before time moves on.
 *
 * <p>Thread-safe; two threads that advance do so one after the other.
 */
public final class ManualTime implements Ticker, Executor {

    /** So many tasks without time moving are an endless loop. */
    private static final int TASKS_PER_INSTANT = 100_000;

    private final long startNanos;
    private final ReentrantLock running = new ReentrantLock();
    private final Object queues = new Object();
    private final Queue<Runnable> submitted = new ArrayDeque<>();
    private final PriorityQueue<Scheduled> scheduled =
            new PriorityQueue<>(Comparator.comparingLong(Scheduled::due).thenComparingLong(Scheduled::number));
    private long elapsed;
    private long number;

    /** A clock that shows 0. */
    public ManualTime() {
        this(0);
    }

    /**
     * A clock that shows a chosen time.
     *
     * @param startNanos any number; the clock may run over {@link Long#MAX_VALUE}, as {@link System#nanoTime()}
     */
    public ManualTime(long startNanos) {
        this.startNanos = startNanos;
    }

    @Override
    public long nanos() {
        synchronized (queues) {
            return startNanos + elapsed;
        }
    }

    /** Notes a task for later; a delay of 0 or less makes it due now, at the next run. */
    @Override
    public void schedule(long delayNanos, Runnable task) {
        synchronized (queues) {
            long delay = Math.max(0, delayNanos);
            long due = delay > Long.MAX_VALUE - elapsed ? Long.MAX_VALUE : elapsed + delay;
            scheduled.add(new Scheduled(due, number++, task));
        }
    }

    /** Notes a task for the next run. */
    @Override
    public void execute(Runnable task) {
        synchronized (queues) {
            submitted.add(task);
        }
    }

    /** How many tasks wait, due or not. */
    public int waiting() {
        synchronized (queues) {
            return submitted.size() + scheduled.size();
        }
    }

    /**
     * Runs everything that is due now, and what that makes due, without moving time.
     *
     * @throws IllegalStateException if called by a task, or if tasks make each other due without end
     * @throws RuntimeException the first exception of a task, after all have run; others are suppressed in it
     */
    public void runPending() {
        run(0);
    }

    /**
     * Moves time step by step, running each task at its time, tasks made by tasks included. Time has moved in full when
     * this returns, or throws because a task failed.
     *
     * @throws IllegalArgumentException if the duration is negative
     * @throws IllegalStateException if called by a task, or if tasks make each other due without end
     * @throws RuntimeException the first exception of a task, after all have run; others are suppressed in it
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("Time cannot be moved back, but by " + duration + " was asked for");
        }
        run(duration.toNanos());
    }

    private void run(long nanos) {
        if (running.isHeldByCurrentThread()) {
            throw new IllegalStateException("A task that manual time runs cannot move time or run tasks itself");
        }
        running.lock();
        try {
            Failures failures = new Failures();
            long target = elapsedNow() + nanos;
            long instant = elapsedNow();
            int tasks = 0;
            for (Runnable task = next(target); task != null; task = next(target)) {
                long now = elapsedNow();
                tasks = now == instant ? tasks + 1 : 1;
                instant = now;
                if (tasks > TASKS_PER_INSTANT) {
                    throw new IllegalStateException("Manual time ran " + TASKS_PER_INSTANT
                            + " tasks without moving: they schedule each other with no delay, the next is " + task);
                }
                failures.collect(task);
            }
            failures.rethrow();
        } finally {
            running.unlock();
        }
    }

    private long elapsedNow() {
        synchronized (queues) {
            return elapsed;
        }
    }

    /** Takes the next task due until the target and moves time to it, or to the target if there is none. */
    private @Nullable Runnable next(long target) {
        synchronized (queues) {
            Runnable task = submitted.poll();
            if (task != null) {
                return task;
            }
            Scheduled first = scheduled.peek();
            if (first == null || first.due > target) {
                elapsed = target;
                return null;
            }
            scheduled.remove();
            elapsed = Math.max(elapsed, first.due);
            return first.task;
        }
    }

    private record Scheduled(long due, long number, Runnable task) {}

    private static final class Failures {

        private @Nullable Throwable first;

        void collect(Runnable task) {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                if (first == null) {
                    first = e;
                } else if (first != e) {
                    first.addSuppressed(e);
                }
            }
        }

        void rethrow() {
            if (first instanceof RuntimeException e) {
                throw e;
            }
            if (first instanceof Error e) {
                throw e;
            }
        }
    }
}
