package io.crema.testkit;

/** A history file that must not be judged: foreign, damaged, or cut short without its instance having been killed. */
public final class HistoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    HistoryException(String message) {
        super(message);
    }
}
