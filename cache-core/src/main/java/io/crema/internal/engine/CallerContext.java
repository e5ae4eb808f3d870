package io.crema.internal.engine;

import io.crema.internal.remote.RareLog;
import io.crema.micrometer.internal.ThreadContext;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The context of a caller, such as its trace and its log context, for what runs on another thread in its name. Needs
 * Micrometer's context propagation on the class path; without it this does, and costs, nothing. An accessor that fails
 * costs the loader its context, never the reader its load.
 */
final class CallerContext {

    /** No context: tasks run as they are. */
    static final CallerContext NONE = new CallerContext(null, null);

    private static final @Nullable ThreadContext LIBRARY = library();

    private final @Nullable Supplier<Runnable> captured;
    private final @Nullable RareLog log;

    private CallerContext(@Nullable Supplier<Runnable> captured, @Nullable RareLog log) {
        this.captured = captured;
        this.log = log;
    }

    private static @Nullable ThreadContext library() {
        try {
            return new ThreadContext();
        } catch (NoClassDefFoundError e) {
            return null;
        } catch (LinkageError e) {
            System.getLogger(CallerContext.class.getName())
                    .log(Level.WARNING, "Loaders run without their callers' context: the library for it fails", e);
            return null;
        }
    }

    /** The context of the current thread. */
    static CallerContext capture(RareLog log) {
        if (LIBRARY == null) {
            return NONE;
        }
        try {
            return new CallerContext(LIBRARY.capture(), log);
        } catch (RuntimeException e) {
            log.warn("A loader runs without its caller's context, which cannot be captured", e);
            return NONE;
        }
    }

    /** A task that runs in this context, on whatever thread; afterwards that thread has its own again. */
    Runnable wrap(Runnable task) {
        return captured == null ? task : () -> run(task);
    }

    private void run(Runnable task) {
        Runnable restore = set();
        try {
            task.run();
        } finally {
            restore.run();
        }
    }

    private Runnable set() {
        Supplier<Runnable> context = captured;
        try {
            if (context != null) {
                return context.get();
            }
        } catch (RuntimeException e) {
            if (log != null) {
                log.warn("A loader runs without its caller's context, which cannot be set", e);
            }
        }
        return () -> {};
    }
}
