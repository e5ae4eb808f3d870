package io.crema;

/**
 * A loader failed with a checked exception, which is the cause; unchecked ones reach the caller as they are. Or a load has
 * failed in another instance, which alone knows why.
 */
public class CacheLoadException extends CacheException {

    private static final long serialVersionUID = 1L;

    public CacheLoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
