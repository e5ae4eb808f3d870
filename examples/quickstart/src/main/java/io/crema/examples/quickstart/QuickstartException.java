package io.crema.examples.quickstart;

/** Why there is no run, or no verdict: for the person who started it, who needs no stack trace. */
final class QuickstartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    QuickstartException(String message) {
        super(message);
    }
}
