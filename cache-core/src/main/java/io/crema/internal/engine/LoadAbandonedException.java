package io.crema.internal.engine;

/** The loader's own thread was interrupted: who else waits for the load should not suffer for it, but load again. */
final class LoadAbandonedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LoadAbandonedException(Throwable cause) {
        super(cause);
    }
}
