package io.crema.scenario;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * An operation that was started.
 *
 * @param thread the thread that waits in it; null if none does
 */
public record Call<T>(CompletableFuture<T> result, @Nullable Thread thread) {

    private static final long PATIENCE_SECONDS = 20;

    /** What it returned; throws what it threw. */
    public T await() {
        try {
            return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError("Not a failure that a cache may have", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("The call did not end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** What it threw. */
    public Throwable failure() {
        try {
            T value = await();
            throw new AssertionError("The call should have failed, but returned " + value);
        } catch (RuntimeException e) {
            return e;
        }
    }

    public boolean isDone() {
        return result.isDone();
    }

    /** Waits until the call has gone as far as it can: its thread sleeps, or there is none. */
    public void awaitWaiting() {
        if (thread != null) {
            Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
        }
    }

    /** Makes the caller leave: by an interrupt, or by cancelling the future; then waits until it has left. */
    public void abandon() {
        if (thread == null) {
            result.cancel(true);
            return;
        }
        thread.interrupt();
        try {
            T value = await();
            throw new AssertionError("An interrupted call returned " + value);
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            // As it should be.
        }
    }
}
