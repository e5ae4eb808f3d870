package io.crema.loading;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Calls of an origin that end when the test says so, all in the same way. */
final class Held {

    /** What a loader does when its thread is interrupted. */
    enum OnInterrupt {
        END,
        GO_ON
    }

    private final CompletableFuture<@Nullable String> answer = new CompletableFuture<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger interrupts = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger onExecutor = new AtomicInteger();
    private final OnInterrupt onInterrupt;

    Held(OnInterrupt onInterrupt) {
        this.onInterrupt = onInterrupt;
    }

    /** What the loader does. */
    @Nullable
    String load() throws Exception {
        calls.incrementAndGet();
        int taken = Thread.currentThread().getName().startsWith(TrackedExecutor.THREAD) ? 1 : 0;
        onExecutor.addAndGet(taken);
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException e) {
                    interrupts.incrementAndGet();
                    if (onInterrupt == OnInterrupt.END) {
                        throw e;
                    }
                }
            }
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        } finally {
            onExecutor.addAndGet(-taken);
            ended.incrementAndGet();
        }
    }

    void awaitCalled() {
        awaitCalled(1);
    }

    void awaitCalled(int count) {
        await().until(() -> calls.get() >= count);
    }

    /** Waits until a loader's thread was interrupted. */
    void awaitInterrupted() {
        await().until(() -> interrupts.get() > 0);
    }

    /** Waits until so many calls have ended. */
    void awaitEnded(int count) {
        await().until(() -> ended.get() >= count);
    }

    int calls() {
        return calls.get();
    }

    /** How many threads of the executor wait here. */
    int onExecutor() {
        return onExecutor.get();
    }

    int interrupts() {
        return interrupts.get();
    }

    void answer(@Nullable String value) {
        answer.complete(value);
    }

    void fail(Exception failure) {
        answer.completeExceptionally(failure);
    }
}
