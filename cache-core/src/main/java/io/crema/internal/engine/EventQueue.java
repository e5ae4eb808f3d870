package io.crema.internal.engine;

import io.crema.event.CacheEvent;
import io.crema.event.CacheListener;
import io.crema.internal.remote.RareLog;
import io.crema.internal.time.InstanceClock;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The events of one cache that its listeners have not been told of yet, in order. One task at a time tells them, on the
 * executor: the first event has it started at the next tick of the clock, and it ends when none is left. So whoever adds
 * an event wakes no thread, waits for nobody and runs no code of the user, whatever locks it holds; and no thread waits
 * for events.
 *
 * <p>What a listener throws, what is dropped because {@link #MOST} wait, and what no executor would run is counted. After
 * {@link #close} nothing is added; what was is still told.
 */
final class EventQueue {

    /** Above that, the newest are dropped; events that come at the same moment may exceed it by the number of threads. */
    static final int MOST = 10_000;

    /** So many are told before the executor may do something else with the thread. */
    private static final int TURN = 256;

    private final String cache;
    private final List<CacheListener> listeners;
    private final Executor executor;
    private final LongAdder failures;
    private final RareLog log;
    private final InstanceClock.Deferring atTick;
    private final Queue<CacheEvent> waiting = new ConcurrentLinkedQueue<>();

    /** How many wait or are being told. It is raised after the event is there, so the task always finds one. */
    private final AtomicInteger work = new AtomicInteger();

    private volatile boolean overflowed;
    private volatile boolean closed;

    EventQueue(
            String cache,
            List<CacheListener> listeners,
            Executor executor,
            InstanceClock clock,
            LongAdder failures,
            RareLog log) {
        this.cache = cache;
        this.listeners = listeners;
        this.executor = executor;
        this.failures = failures;
        this.log = log;
        // It only starts the task, which never fails.
        this.atTick = clock.deferring(Runnable::run);
    }

    /** Never blocks, never throws. */
    void add(CacheEvent event) {
        if (closed) {
            return;
        }
        if (work.get() >= MOST) {
            failures.increment();
            overflowed = true;
            return;
        }
        waiting.add(event);
        if (work.getAndIncrement() == 0) {
            atTick.execute(this::start);
        }
    }

    private void start() {
        try {
            executor.execute(this::run);
        } catch (RuntimeException | Error e) {
            // Nobody will tell them, and the next event has to find nothing under way.
            drop();
        }
    }

    private void drop() {
        do {
            if (waiting.poll() == null) {
                return;
            }
            failures.increment();
        } while (work.decrementAndGet() > 0);
    }

    private void run() {
        sayIfOverflowed();
        int told = 0;
        boolean more;
        VirtualMachineError fatal;
        do {
            CacheEvent event = waiting.poll();
            if (event == null) {
                return;
            }
            fatal = tell(event);
            more = work.decrementAndGet() > 0;
        } while (more && fatal == null && ++told < TURN);
        if (more) {
            start();
        }
        if (fatal != null) {
            throw fatal;
        }
    }

    /** Returns what is not the listener's fault but the JVM's, and for the thread's handler to see; null = nothing. */
    private @Nullable VirtualMachineError tell(CacheEvent event) {
        VirtualMachineError fatal = null;
        for (CacheListener listener : listeners) {
            try {
                listener.onEvent(event);
            } catch (Throwable e) {
                failures.increment();
                warn("a listener of " + listener.getClass() + " failed", e);
                if (e instanceof VirtualMachineError error && !(e instanceof StackOverflowError)) {
                    fatal = error;
                }
            }
        }
        return fatal;
    }

    private void sayIfOverflowed() {
        if (overflowed) {
            overflowed = false;
            warn("events were dropped", new IllegalStateException(MOST + " waited for slow listeners"));
        }
    }

    private void warn(String what, Throwable cause) {
        try {
            log.warn("Cache '" + cache + "': " + what, cause);
        } catch (RuntimeException | Error e) {
            // The failure cannot even be printed, or the log fails; it was counted.
        }
    }

    /** Does not wait: what was added before is told all the same, perhaps later than this. */
    void close() {
        closed = true;
        atTick.close();
    }
}
