package io.crema.internal.writebehind;

import io.crema.policy.Backoff;
import java.util.function.LongSupplier;

/**
 * When writes of one partition that failed are tried again. While every call of the writer fails, its origin is down rather
 * than some write at fault: then one call is made after each back-off, whatever the number of writes, and the others are not
 * counted as tried. The first that succeeds ends that.
 *
 * <p>Not thread-safe.
 */
final class Retries {

    private final Backoff backoff;
    private final LongSupplier random;
    private int failedCalls;
    private long from = Long.MIN_VALUE;

    /** @param random gives random numbers */
    Retries(Backoff backoff, LongSupplier random) {
        this.backoff = backoff;
        this.random = random;
    }

    boolean mayBegin(long now) {
        return from <= now;
    }

    /**
     * A call has ended; a single one that fails may be some write's fault.
     *
     * @return whether the origin has been down, and is not any more
     */
    boolean ended(boolean failed, long now) {
        boolean wasDown = failedCalls > 1;
        failedCalls = failed ? failedCalls + 1 : 0;
        from = failedCalls > 1 ? now + wait(failedCalls - 1) : Long.MIN_VALUE;
        return wasDown && !failed;
    }

    /** How long to wait after so many failures in a row: at least half of the back-off; nanoseconds. */
    long wait(int failures) {
        long wait = backoff.after(failures).toNanos();
        return wait - Long.remainderUnsigned(random.getAsLong(), wait / 2 + 1);
    }
}
