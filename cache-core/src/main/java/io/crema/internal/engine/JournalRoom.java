package io.crema.internal.engine;

import io.crema.internal.remote.Answer;
import io.crema.internal.time.InstanceClock;
import io.crema.spi.StoreReply;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts that wait for room in the journal of their partition, each behind those that came before it; the first alone asks the
 * remote tier again and again. Puts that were sent already when the first of them found no room are not held up. There are
 * as many as callers make. Thread-safe.
 */
final class JournalRoom {

    private static final long SHORTEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final InstanceClock clock;
    private final Executor executor;
    private final long patienceNanos;
    private final Map<Integer, Line> lines = new ConcurrentHashMap<>();
    private volatile boolean closed;

    JournalRoom(InstanceClock clock, Executor executor, Duration patience) {
        this.clock = clock;
        this.executor = executor;
        this.patienceNanos = patience.toNanos();
    }

    /**
     * Asks for a put until there is room, for as long as patience lasts.
     *
     * @param put sends it; called again if the journal is full
     * @return the last answer: that of a full journal if there was no room in time
     */
    CompletableFuture<Answer<StoreReply>> await(int partition, Supplier<CompletableFuture<Answer<StoreReply>>> put) {
        Line line = lines.computeIfAbsent(partition, absent -> new Line());
        if (!line.isEmpty) {
            return line.join(put);
        }
        return put.get()
                .thenCompose(answer -> isFull(answer) ? line.join(put) : CompletableFuture.completedFuture(answer));
    }

    private static boolean isFull(Answer<StoreReply> answer) {
        return answer.isPresent() && answer.get() instanceof StoreReply.Full;
    }

    /** Nobody waits any more. */
    void close() {
        closed = true;
        lines.values().forEach(Line::giveUp);
    }

    private static final class Waiter {

        final Supplier<CompletableFuture<Answer<StoreReply>>> put;
        final CompletableFuture<Answer<StoreReply>> answer = new CompletableFuture<>();

        /** Guarded by this, as is the next. */
        private boolean asks;

        private boolean isOver;

        Waiter(Supplier<CompletableFuture<Answer<StoreReply>>> put) {
            this.put = put;
        }

        /** What was sent may be made: its answer is waited for. */
        void giveUp() {
            synchronized (this) {
                isOver = true;
                if (asks) {
                    return;
                }
            }
            answer.complete(Answer.of(new StoreReply.Full()));
        }

        synchronized boolean begins() {
            asks = !isOver;
            return asks;
        }

        /** There was no room. */
        void ends() {
            synchronized (this) {
                asks = false;
                if (!isOver) {
                    return;
                }
            }
            answer.complete(Answer.of(new StoreReply.Full()));
        }
    }

    /** Those of one partition. */
    private final class Line {

        /** Guarded by this. */
        private final Queue<Waiter> waiters = new ArrayDeque<>();

        private volatile boolean isEmpty = true;
        private volatile long wait = SHORTEST_WAIT_NANOS;

        CompletableFuture<Answer<StoreReply>> join(Supplier<CompletableFuture<Answer<StoreReply>>> put) {
            Waiter waiter = new Waiter(put);
            boolean isFirst;
            synchronized (this) {
                isFirst = waiters.isEmpty();
                waiters.add(waiter);
                isEmpty = false;
            }
            clock.after(patienceNanos, waiter::giveUp);
            if (closed) {
                waiter.giveUp();
            }
            if (isFirst) {
                clock.after(SHORTEST_WAIT_NANOS, this::ask);
            }
            return waiter.answer;
        }

        /** The first that still waits. */
        private synchronized @Nullable Waiter first() {
            while (!waiters.isEmpty()) {
                Waiter next = waiters.element();
                if (!next.answer.isDone() && next.begins()) {
                    return next;
                }
                waiters.remove();
            }
            isEmpty = true;
            return null;
        }

        private void ask() {
            Waiter first = first();
            if (first == null) {
                return;
            }
            CompletableFuture<?> unused = first.put.get().whenComplete((answer, failure) -> {
                if (failure == null && isFull(answer)) {
                    first.ends();
                    wait = Math.min(LONGEST_WAIT_NANOS, 2 * wait);
                    clock.after(wait, this::ask);
                    return;
                }
                wait = SHORTEST_WAIT_NANOS;
                if (failure == null) {
                    first.answer.complete(answer);
                } else {
                    first.answer.completeExceptionally(failure);
                }
                executor.execute(this::ask);
            });
        }

        void giveUp() {
            List<Waiter> all;
            synchronized (this) {
                all = List.copyOf(waiters);
            }
            all.forEach(Waiter::giveUp);
        }
    }
}
