package io.crema;

import org.jspecify.annotations.Nullable;

/**
 * The remote tier did not confirm an invalidation or a write: it may or may not have been executed. This instance has
 * dropped its own copy, reads the key from the origin, and sends the invalidation again until it is confirmed; other
 * instances may serve the old value till then, which is also till this process ends at the latest. Nothing has to be
 * done; repeating the call does no harm.
 */
public class InvalidationPendingException extends CacheException {

    private static final long serialVersionUID = 1L;

    public InvalidationPendingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
