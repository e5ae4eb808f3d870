package io.crema.internal.engine;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a call to its origin. It ends once: by what the loader gives, or by being given up, after which whatever the
 * loader still gives is dropped.
 */
final class LoadAttempt<K, V> {

    private final LoadCall<K, V> call;
    private final ContextOfLoad<V> context;
    private final AtomicBoolean ended = new AtomicBoolean();

    // Both guarded by this
    private boolean givenUp;

    /** What runs the loader for it; null before it has come so far. */
    private @Nullable LoaderRun<K, V> run;

    LoadAttempt(LoadCall<K, V> call, ContextOfLoad<V> context) {
        this.call = call;
        this.context = context;
    }

    LoadCall<K, V> call() {
        return call;
    }

    K key() {
        return call.key();
    }

    /** What the loader may say about its value. */
    ContextOfLoad<V> context() {
        return context;
    }

    boolean isOver() {
        return ended.get();
    }

    /** Who runs its loader; told at once if it was given up before. */
    void runBy(LoaderRun<K, V> newRun) {
        boolean tooLate;
        synchronized (this) {
            run = newRun;
            tooLate = givenUp;
        }
        if (tooLate) {
            newRun.leave();
        }
    }

    void loaded(Loaded<V> loaded) {
        if (ended.compareAndSet(false, true)) {
            call.onRunner(() -> call.loaded(loaded));
        }
    }

    void failed(Throwable failure, LoadTimer timer) {
        if (ended.compareAndSet(false, true)) {
            call.onRunner(() -> call.fallback().onFailure(failure, timer.nanos()));
        }
    }

    /** Its outcome is not wanted any more. Returns false if it has ended by itself. */
    boolean giveUp() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        LoaderRun<K, V> running;
        synchronized (this) {
            givenUp = true;
            running = run;
        }
        if (running != null) {
            running.leave();
        }
        return true;
    }
}
