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

    private volatile boolean givenUp;
    private final AtomicBoolean told = new AtomicBoolean();

    /** What runs the loader for it; null before it has come so far. */
    private volatile @Nullable LoaderRun<K, V> run;

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

    void runBy(LoaderRun<K, V> newRun) {
        run = newRun;
        if (givenUp) {
            tellRun();
        }
    }

    void loaded(Loaded<V> loaded) {
        if (ended.compareAndSet(false, true)) {
            call.onRunner(() -> call.loaded(loaded));
        }
    }

    void failed(Throwable failure, LoadTimer timer) {
        if (ended.compareAndSet(false, true)) {
            call.onRunner(() -> call.failed(failure, timer.nanos()));
        }
    }

    /** Its outcome is not wanted any more. Returns false if it has ended by itself. */
    boolean giveUp() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        givenUp = true;
        tellRun();
        return true;
    }

    private void tellRun() {
        LoaderRun<K, V> running = run;
        if (running != null && told.compareAndSet(false, true)) {
            running.leave();
        }
    }
}
