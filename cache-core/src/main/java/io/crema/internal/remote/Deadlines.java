package io.crema.internal.remote;

import io.crema.internal.time.InstanceClock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;

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

    /**
     * A reply that becomes empty if nobody claims it in time.
     *
     * @param onTimeout told why, before the reply is completed
     */
    <T> Pending<T> begin(Consumer<Throwable> onTimeout) {
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
            if (head.claimed == 0 && now < head.deadline) {
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

    /** A reply that is waited for. Whoever claims it completes it; nobody else does. */
    static final class Pending<T> extends CompletableFuture<Answer<T>> {

        @SuppressWarnings("rawtypes")
        private static final AtomicIntegerFieldUpdater<Pending> CLAIMED =
                AtomicIntegerFieldUpdater.newUpdater(Pending.class, "claimed");

        private final long deadline;
        private final Consumer<Throwable> onTimeout;
        private volatile int claimed;

        private Pending(long deadline, Consumer<Throwable> onTimeout) {
            this.deadline = deadline;
            this.onTimeout = onTimeout;
        }

        /** Whether the caller is to complete it: true once. */
        boolean claim() {
            return CLAIMED.compareAndSet(this, 0, 1);
        }

        private void expire() {
            if (claim()) {
                TimeoutException reason = new TimeoutException("no answer within the time limit");
                onTimeout.accept(reason);
                complete(Answer.none(reason));
            }
        }
    }
}
