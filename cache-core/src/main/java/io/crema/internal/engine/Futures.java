package io.crema.internal.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Ends of futures, without their wrappings. All failures inside the engine are unchecked. */
final class Futures {

    private Futures() {}

    /** Waits until a future has ended, well or not. */
    static void awaitEnd(CompletableFuture<?> future) throws InterruptedException {
        try {
            Object unused = future.get();
        } catch (ExecutionException e) {
            // Whoever needs to know asks for the value.
        }
    }

    /** The value of a future that has ended; throws what it failed with, itself. */
    static <T> T valueOf(CompletableFuture<T> ended) {
        try {
            return ended.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            } else if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e;
        }
    }

    static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** What a future failed with, to be thrown again. */
    static RuntimeException unchecked(Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException unchecked ? unchecked : new CompletionException(cause);
    }
}
