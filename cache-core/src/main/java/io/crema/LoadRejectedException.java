package io.crema;

/** A load was not begun, because the cache's bulkhead and its queue were full, and there was no reserve to serve. */
public class LoadRejectedException extends CacheException {

    private static final long serialVersionUID = 1L;

    public LoadRejectedException(String message) {
        super(message);
    }
}
