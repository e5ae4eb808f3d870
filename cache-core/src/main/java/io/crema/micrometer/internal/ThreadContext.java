package io.crema.micrometer.internal;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.function.Supplier;

/**
 * What Micrometer's context propagation knows of a thread: every thread local that has an accessor. Made only where the
 * library is; without it the constructor ends with a {@link NoClassDefFoundError}.
 */
public final class ThreadContext {

    private final ContextSnapshotFactory factory =
            ContextSnapshotFactory.builder().build();

    /**
     * Captures the context of the current thread.
     *
     * @return sets it on the thread that calls, and gives what restores the one that was there before
     */
    public Supplier<Runnable> capture() {
        ContextSnapshot snapshot = factory.captureAll();
        return () -> {
            ContextSnapshot.Scope scope = snapshot.setThreadLocals();
            return scope::close;
        };
    }
}
