package io.crema.examples.guide;

/** What a driver would throw. */
final class DatabaseException extends RuntimeException {

    DatabaseException(String message) {
        super(message);
    }
}
