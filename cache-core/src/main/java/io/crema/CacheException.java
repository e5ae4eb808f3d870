package io.crema;

import org.jspecify.annotations.Nullable;

/**
 * A cache could not do what it was asked to. The message names the cache, what was expected, what was found and what to
 * do. Parent of all exceptions that Crema makes itself.
 */
public class CacheException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CacheException(String message) {
        super(message);
    }

    public CacheException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
