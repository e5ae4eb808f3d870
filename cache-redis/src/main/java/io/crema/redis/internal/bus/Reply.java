package io.crema.redis.internal.bus;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes on the outcome of a request, which may be several commands: once, when all of them have ended, with the first
 * failure if there is one, and never within the call that makes the request.
 */
final class Reply<T> {

    private final BiConsumer<@Nullable T, @Nullable Throwable> callback;
    private final Consumer<Runnable> delivery;
    private final Executor executor;
    private final AtomicInteger open;
    private volatile @Nullable Thread caller = Thread.currentThread();
    private volatile @Nullable Throwable failure;

    /**
     * @param delivery runs a call of the listener
     * @param executor runs what would else be within the call
     * @param commands how many commands have to end
     */
    Reply(
            BiConsumer<@Nullable T, @Nullable Throwable> callback,
            Consumer<Runnable> delivery,
            Executor executor,
            int commands) {
        this.callback = callback;
        this.delivery = delivery;
        this.executor = executor;
        this.open = new AtomicInteger(commands);
    }

    /** The call that makes the request returns now. */
    void callReturns() {
        caller = null;
    }

    /** One command has ended well; returns true if it was the last and none has failed: then the result is due. */
    boolean ended() {
        return open.decrementAndGet() == 0 && failUnlessGood();
    }

    /** One command has failed. */
    void failed(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        if (open.decrementAndGet() == 0) {
            failUnlessGood();
        }
    }

    void succeed(T result) {
        delivery.accept(() -> callback.accept(result, null));
    }

    private boolean failUnlessGood() {
        Throwable cause = failure;
        if (cause == null) {
            return true;
        }
        Runnable call = () -> delivery.accept(() -> callback.accept(null, cause));
        if (Thread.currentThread() != caller) {
            call.run();
            return false;
        }
        try {
            executor.execute(call);
        } catch (RejectedExecutionException e) {
            // The client is shut down: there is no other thread left.
            call.run();
        }
        return false;
    }
}
