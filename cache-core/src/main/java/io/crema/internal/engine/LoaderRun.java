package io.crema.internal.engine;

import io.crema.LoadRejectedException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One call of a user's loader, for one key or for many: its place in the bulkhead, its thread, and how it is ended early.
 * The place is kept until the loader has really ended, so that those that hang are counted.
 */
final class LoaderRun<K, V> {

    /** Calls the loader, throws nothing, and says how to go on, which is done once the place is free again. */
    interface Blocking {
        Runnable call(LoadTimer timer);
    }

    /** Calls a loader that gives a future. */
    interface Starting {
        CompletableFuture<?> call(LoadTimer timer) throws Throwable;
    }

    private final CacheEngine<K, V> engine;
    private final LoadCall<K, V> first;
    private final List<LoadAttempt<K, V>> attempts;
    private final AtomicInteger wanted;

    // All guarded by this
    private LoadGate.@Nullable Place place;
    private @Nullable Thread thread;
    private @Nullable CompletableFuture<?> future;
    private boolean over;
    private boolean interrupted;

    /** @param attempts who want the outcome; not empty, all with the same runner */
    LoaderRun(CacheEngine<K, V> engine, List<LoadAttempt<K, V>> attempts) {
        this.engine = engine;
        this.attempts = attempts;
        this.first = attempts.get(0).call();
        this.wanted = new AtomicInteger(attempts.size());
        attempts.forEach(attempt -> attempt.runBy(this));
    }

    /** Calls a loader that blocks: on a thread of its own where there are timeouts, else on the runner. */
    void block(Blocking loader) {
        if (engine.loads.policies.isTimed()) {
            enter(() -> engine.loads.executor.execute(first.inCallersContext(() -> {
                blockHere(loader);
                // What a loader does to its thread's flag is no concern of the next one's.
                boolean unused = Thread.interrupted();
            })));
        } else {
            enter(() -> first.execute(() -> blockHere(loader)));
        }
    }

    /** Calls a loader that does not block, on the runner. */
    void start(Starting loader) {
        enter(() -> first.execute(() -> startHere(loader)));
    }

    private void enter(Runnable admitted) {
        if (first.isNested()
                || attempts.stream().anyMatch(attempt -> attempt.call().flight().isNeededByLoader())) {
            // Whoever waits for it has a place already, and might wait for ever for a second one.
            admitted.run();
            return;
        }
        LoadGate.Place entered = engine.loads.gate.enter(got -> {
            has(got);
            admitted.run();
        });
        if (entered == null) {
            reject();
        } else {
            has(entered);
            attempts.forEach(attempt -> attempt.call().flight().onNeededByLoader(entered::pass));
        }
    }

    private synchronized void has(LoadGate.Place got) {
        place = got;
        if (over && thread == null && future == null) {
            got.leave();
        }
    }

    private void reject() {
        engine.counters.loadsRejected.add(attempts.size());
        LoadTimer timer = first.startTimer();
        timer.failed();
        LoadRejectedException failure = new LoadRejectedException("Cache '" + engine.name
                + "': a load for a key of type " + first.key().getClass().getName()
                + " was rejected, because " + engine.loads.policies.limit()
                + " is full; the origin is too slow for what is asked of it, or set a larger bulkhead(..)");
        attempts.forEach(attempt -> attempt.failed(failure, timer));
    }

    private void blockHere(Blocking loader) {
        if (!begin()) {
            return;
        }
        Runnable next;
        try {
            next = loader.call(first.startTimer());
        } finally {
            endOfUserCode();
            leavePlace();
        }
        next.run();
    }

    private void startHere(Starting loader) {
        if (!begin()) {
            return;
        }
        LoadTimer timer = first.startTimer();
        CompletableFuture<?> begun;
        try {
            begun = loader.call(timer);
        } catch (Throwable e) {
            timer.failed();
            begun = null;
            attempts.forEach(attempt -> attempt.failed(e, timer));
        } finally {
            endOfUserCode();
        }
        if (begun == null) {
            leavePlace();
            return;
        }
        boolean unwanted;
        synchronized (this) {
            future = begun;
            unwanted = over;
        }
        CompletableFuture<?> unused = begun.whenComplete((value, failure) -> leavePlace());
        if (unwanted) {
            begun.cancel(true);
        }
    }

    /** False if nobody wants it any more. */
    private boolean begin() {
        synchronized (this) {
            if (!over) {
                thread = Thread.currentThread();
            }
        }
        if (thread == null) {
            leavePlace();
            return false;
        }
        attempts.forEach(attempt -> attempt.call().flight().loading(Thread.currentThread()));
        engine.loaderThreads.beginLoader();
        return true;
    }

    private void endOfUserCode() {
        engine.loaderThreads.endLoader();
        attempts.forEach(attempt -> attempt.call().flight().loading(null));
        synchronized (this) {
            thread = null;
            if (interrupted) {
                boolean unused = Thread.interrupted();
            }
        }
    }

    private synchronized void leavePlace() {
        over = true;
        future = null;
        if (place != null) {
            place.leave();
        }
    }

    /** One of those who wanted it does not any more; the last one ends it, if that can be done. */
    void leave() {
        if (wanted.decrementAndGet() != 0) {
            return;
        }
        CompletableFuture<?> begun;
        synchronized (this) {
            over = true;
            begun = future;
            if (thread != null && engine.loads.policies.isTimed()) {
                interrupted = true;
                thread.interrupt();
            } else if (thread == null && begun == null && place != null) {
                place.leave();
            }
        }
        if (begun != null) {
            // What hangs on it is the user's, and this may be the thread that moves the clock.
            engine.executor.execute(() -> begun.cancel(true));
        }
    }
}
