package io.crema.internal.time;

import io.crema.spi.Ticker;
import java.util.ArrayList;
import java.util.List;

/** Time that stands still until a test moves it; what is due runs on the test's thread. */
public final class HandMovedTicker implements Ticker {

    private record Task(long due, Runnable action) {}

    private final List<Task> tasks = new ArrayList<>();
    private long nanos;

    public HandMovedTicker(long nanos) {
        this.nanos = nanos;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void schedule(long delayNanos, Runnable task) {
        tasks.add(new Task(nanos + delayNanos, task));
    }

    /** Moves time at once, as if the process had stood still, then runs what has become due. */
    public void jump(long delayNanos) {
        nanos += delayNanos;
        List<Task> due = tasks.stream().filter(task -> task.due - nanos <= 0).toList();
        tasks.removeAll(due);
        due.forEach(task -> task.action.run());
    }

    public int waiting() {
        return tasks.size();
    }
}
