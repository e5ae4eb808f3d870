package io.crema;

import org.jspecify.annotations.Nullable;

/**
 * The remote tier did not confirm an invalidation or a write: it may or may not have been executed. This instance has
 * dropped its own copy; other instances may serve the old value until the call is repeated with success.
 */
public class InvalidationPendingException extends CacheException {

    private static final long serialVersionUID = 1L;

    public InvalidationPendingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
