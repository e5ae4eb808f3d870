package io.crema.simulation;

import io.crema.spi.Ticker;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * The process in which one instance runs: its clock, its timer and its threads. While it is stopped nothing of it runs,
 * but its clock goes on; one that was killed never runs again.
 */
final class Host implements Ticker, Executor {

    private final World world;
    private final int number;
    private final long offset;
    private final Queue<Runnable> deferred = new ArrayDeque<>();
    private boolean stopped;
    private boolean dead;

    Host(World world, int number) {
        this.world = world;
        this.number = number;
        this.offset = world.between(0, Long.MAX_VALUE / 2);
    }

    int number() {
        return number;
    }

    boolean isDead() {
        return dead;
    }

    boolean isStopped() {
        return stopped;
    }

    @Override
    public long nanos() {
        return world.now() + offset;
    }

    @Override
    public void schedule(long delayNanos, Runnable task) {
        world.after(delayNanos, () -> run(task));
    }

    /** Threads take their time, so tasks do not begin in the order in which they were given. */
    @Override
    public void execute(Runnable task) {
        long delay = world.chance(0.02) ? world.between(0, Times.millis(2)) : world.between(0, Times.micros(50));
        schedule(delay, task);
    }

    /** Runs a task of this process now, or when it goes on. */
    void run(Runnable task) {
        if (dead) {
            return;
        }
        if (stopped) {
            deferred.add(task);
        } else {
            task.run();
        }
    }

    void stop() {
        stopped = true;
    }

    /** What was due meanwhile runs in its order. */
    void goOn() {
        stopped = false;
        Runnable next = deferred.poll();
        if (next != null) {
            world.after(world.between(0, Times.micros(5)), () -> runDeferred(next));
        }
    }

    private void runDeferred(Runnable task) {
        if (dead) {
            return;
        }
        task.run();
        if (!stopped) {
            goOn();
        }
    }

    void kill() {
        dead = true;
        deferred.clear();
    }
}
