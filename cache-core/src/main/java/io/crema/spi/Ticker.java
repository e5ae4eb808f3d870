package io.crema.spi;

/**
 * A source of time and of delayed work. The default is the system's; the test kit's {@code ManualTime} is moved by
 * hand, so that no test sleeps.
 *
 * <p>Thread-safe.
 */
public interface Ticker {

    /** Monotonic time in nanoseconds from an arbitrary origin, as {@link System#nanoTime()}. */
    long nanos();

    /**
     * Runs a task once, {@code delayNanos} from now, on a thread of this ticker. Tasks are short and never block. A
     * task whose ticker has been closed is dropped.
     */
    void schedule(long delayNanos, Runnable task);
}
