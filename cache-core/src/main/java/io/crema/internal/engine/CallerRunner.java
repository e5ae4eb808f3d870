package io.crema.internal.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs the steps of a read on the thread that waits for it: what an I/O thread completes is handed over, and the caller
 * decodes and loads on its own. When the caller leaves early, the rest runs elsewhere, for the others who wait.
 */
final class CallerRunner implements Executor {

    private final Thread caller = Thread.currentThread();
    private final Executor elsewhere;
    private final ConcurrentLinkedQueue<Runnable> steps = new ConcurrentLinkedQueue<>();
    private volatile boolean left;

    CallerRunner(Executor elsewhere) {
        this.elsewhere = elsewhere;
    }

    @Override
    public void execute(Runnable step) {
        steps.add(step);
        if (left) {
            handOver();
        } else if (Thread.currentThread() != caller) {
            LockSupport.unpark(caller);
        }
    }

    /** The thread that the steps wait for; null once the caller has left. */
    @Nullable
    Thread thread() {
        return left ? null : caller;
    }

    /** Runs steps until the future is done. */
    void runUntil(CompletableFuture<?> done) throws InterruptedException {
        // Without I/O all steps are here already, and there is nothing to be woken for.
        runSteps(done);
        if (!done.isDone()) {
            CompletableFuture<?> unused = done.whenComplete((result, failure) -> {
                if (Thread.currentThread() != caller) {
                    LockSupport.unpark(caller);
                }
            });
        }
        while (!done.isDone()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.park(this);
            runSteps(done);
        }
    }

    /** Those that are here. */
    private void runSteps(CompletableFuture<?> done) {
        @Nullable Runnable step;
        while (!done.isDone() && (step = steps.poll()) != null) {
            step.run();
        }
    }

    /** The caller does not run steps any more. */
    void leave() {
        left = true;
        handOver();
    }

    private void handOver() {
        @Nullable Runnable step;
        while ((step = steps.poll()) != null) {
            elsewhere.execute(step);
        }
    }
}
