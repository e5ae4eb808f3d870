package io.crema.internal.remote;

import io.crema.internal.time.InstanceClock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;

/**
 * The time limit of remote operations. All have the same, so they end in the order in which they began, and a queue that
 * is swept at each tick of the clock does what a timer for each would.
 */
public final class Deadlines {

    private final InstanceClock clock;
    private final long limitNanos;
    private final ConcurrentLinkedQueue<Pending<?>> pending = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    public Deadlines(InstanceClock clock, long limitNanos) {
        this.clock = clock;
        this.limitNanos = limitNanos;
        clock.onTick(this::sweep);
    }

    /** A reply that becomes empty if nothing else completes it in time. */
    <T> CompletableFuture<Answer<T>> begin(Runnable onTimeout) {
        Pending<T> reply = new Pending<>(clock.exact() + limitNanos, onTimeout);
        pending.add(reply);
        if (closed) {
            close();
        }
        return reply;
    }

    private void sweep() {
        long now = clock.exact();
        for (Pending<?> head = pending.peek(); head != null; head = pending.peek()) {
            if (!head.isDone() && now < head.deadline) {
                return;
            }
            // Perhaps another one: close takes from the queue too, and whatever is taken must end.
            Pending<?> first = pending.poll();
            if (first != null) {
                first.expire();
            }
        }
    }

    /** Ends everything, now and from now on. */
    public void close() {
        closed = true;
        for (Pending<?> head = pending.poll(); head != null; head = pending.poll()) {
            head.expire();
        }
    }

    private static final class Pending<T> extends CompletableFuture<Answer<T>> {

        private final long deadline;
        private final Runnable onTimeout;

        Pending(long deadline, Runnable onTimeout) {
            this.deadline = deadline;
            this.onTimeout = onTimeout;
        }

        void expire() {
            if (complete(Answer.none(new TimeoutException("no answer within the time limit")))) {
                onTimeout.run();
            }
        }
    }
}
