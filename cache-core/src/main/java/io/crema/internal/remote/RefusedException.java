package io.crema.internal.remote;

/** Why an operation was not sent to the remote tier; one object for all that are refused until it opens again. */
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    RefusedException(String tier, Throwable lastFailure) {
        super(
                "the circuit breaker of " + tier
                        + " is open, because too many operations failed or were slow, the last: " + lastFailure,
                lastFailure,
                false,
                false);
    }
}
