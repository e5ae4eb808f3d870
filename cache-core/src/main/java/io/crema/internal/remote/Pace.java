package io.crema.internal.remote;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Lets only so many write operations be under way at a time, so that the time limit of the last of many does not run
 * while the first are being executed. The others wait in order. When one gets no answer, those that wait get none
 * either: they would wait behind it for nothing.
 */
final class Pace {

    /** In keys. The remote tier executes that many in a small part of the time limit. */
    private static final int MOST_UNDER_WAY = 1_024;

    private final Queue<Waiting<?>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger underWay = new AtomicInteger();

    /** Calls of {@link #drain()} that came while one was running; whoever finds none drains for all. */
    private final AtomicInteger drains = new AtomicInteger();

    /** @param keys how many keys the operation is about */
    <T> CompletableFuture<Answer<T>> admit(int keys, Supplier<CompletableFuture<Answer<T>>> operation) {
        Waiting<T> waiting = new Waiting<>(keys, operation);
        queue.add(waiting);
        drain();
        return waiting;
    }

    private void drain() {
        if (drains.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            while (underWay.get() < MOST_UNDER_WAY) {
                Waiting<?> next = queue.poll();
                if (next == null) {
                    break;
                }
                underWay.addAndGet(next.keys);
                next.start();
            }
            seen = drains.addAndGet(-seen);
        } while (seen != 0);
    }

    private void giveUpWaiting(Throwable reason) {
        for (Waiting<?> next = queue.poll(); next != null; next = queue.poll()) {
            next.complete(Answer.none(reason));
        }
    }

    private final class Waiting<T> extends CompletableFuture<Answer<T>> {

        private final int keys;
        private final Supplier<CompletableFuture<Answer<T>>> operation;

        Waiting(int keys, Supplier<CompletableFuture<Answer<T>>> operation) {
            this.keys = keys;
            this.operation = operation;
        }

        /** The operation never fails. */
        void start() {
            CompletableFuture<Answer<T>> unused = operation.get().whenComplete((answer, none) -> {
                complete(answer);
                underWay.addAndGet(-keys);
                if (answer.isEmpty()) {
                    giveUpWaiting(answer.reason());
                }
                drain();
            });
        }
    }
}
