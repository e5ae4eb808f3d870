package io.crema;

/**
 * A writer failed with a checked exception, which is the cause; unchecked ones reach the caller as they are. Nobody knows
 * whether the origin has changed, so the key was invalidated.
 */
public class CacheWriteException extends CacheException {

    private static final long serialVersionUID = 1L;

    public CacheWriteException(String message, Throwable cause) {
        super(message, cause);
    }
}
