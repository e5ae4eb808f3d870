package io.crema;

/** A loader failed with a checked exception, which is the cause. Unchecked ones reach the caller as they are. */
public class CacheLoadException extends CacheException {

    private static final long serialVersionUID = 1L;

    public CacheLoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
