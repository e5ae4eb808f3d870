package io.crema.coherence;

/** There is no run, or no proof, for the reason in the message, which is a sentence for the reader of the report. */
public final class CoherenceException extends RuntimeException {

    public CoherenceException(String message) {
        super(message);
    }
}
