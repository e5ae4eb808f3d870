package io.crema.internal.time;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Many timers of one length. They become due in the order in which they began, and a queue that is swept at each tick of
 * the clock does what a timer for each would. Most are cancelled long before: those are swept too, before they are more
 * than the others.
 */
public final class Timeouts implements AutoCloseable {

    /** As many cancelled ones are not worth a sweep. */
    private static final int FEW = 64;

    private final InstanceClock clock;
    private final long nanos;
    private final ConcurrentLinkedQueue<Timer> queue = new ConcurrentLinkedQueue<>();
    private final Runnable sweep = this::sweep;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private volatile boolean closed;

    /** @param nanos how long each timer runs; 0 = to the next tick */
    public Timeouts(InstanceClock clock, long nanos) {
        this.clock = clock;
        this.nanos = nanos;
        clock.onTick(sweep);
    }

    /**
     * Starts a timer.
     *
     * @param onTimeout is short and throws nothing; runs at most once, on the thread that moves the clock, at the first
     *     tick after the time is over
     */
    public Timer begin(Runnable onTimeout) {
        Timer timer = new Timer(clock.exact(), onTimeout);
        pending.incrementAndGet();
        queue.add(timer);
        if (closed) {
            cancelAll();
        }
        return timer;
    }

    /** How many have neither fired nor been cancelled. */
    public int pending() {
        return pending.get();
    }

    /** How many are in the queue, cancelled ones too. */
    int queued() {
        return queue.size();
    }

    /** Cancels all; those that are begun later never fire. Idempotent. */
    @Override
    public void close() {
        closed = true;
        clock.offTick(sweep);
        cancelAll();
    }

    private void cancelAll() {
        for (Timer head = queue.poll(); head != null; head = queue.poll()) {
            head.cancel();
        }
    }

    private void sweep() {
        long now = clock.exact();
        for (Timer head = queue.peek(); head != null && (head.isOver() || head.isDue(now)); head = queue.peek()) {
            // Not poll: close takes from the queue too, and the next one may not be due.
            queue.remove(head);
            head.fire();
        }
        int gone = cancelled.get();
        if (gone > FEW && gone > pending.get()) {
            cancelled.set(0);
            queue.removeIf(Timer::isOver);
        }
    }

    /** One that runs, has fired or has been cancelled. */
    public final class Timer {

        private final long began;

        /** Null once it has fired or has been cancelled. */
        private final AtomicReference<@Nullable Runnable> task;

        private Timer(long began, Runnable onTimeout) {
            this.began = began;
            this.task = new AtomicReference<>(onTimeout);
        }

        /** It will not fire any more, and holds its task no longer. Does nothing if it has fired. Idempotent. */
        public void cancel() {
            if (take() != null) {
                cancelled.incrementAndGet();
            }
        }

        private void fire() {
            Runnable onTimeout = take();
            if (onTimeout != null) {
                onTimeout.run();
            }
        }

        private @Nullable Runnable take() {
            Runnable taken = task.getAndSet(null);
            if (taken != null) {
                pending.decrementAndGet();
            }
            return taken;
        }

        private boolean isOver() {
            return task.get() == null;
        }

        private boolean isDue(long now) {
            return now - began >= nanos;
        }
    }
}
