package io.crema.spring;

import java.util.Objects;

/**
 * Carries what a cached method threw through the cache, so that it is told from what the cache itself throws. Listeners
 * see it as the cause of a failed load; callers get its cause.
 */
public final class LoaderFailure extends Exception {

    LoaderFailure(Exception cause) {
        super(cause.toString(), cause, false, false);
    }

    /** What the method threw. */
    @Override
    public synchronized Throwable getCause() {
        return Objects.requireNonNull(super.getCause());
    }
}
