package io.crema;

/** A load took longer than the hard timeout of its cache, and there was no reserve to serve. */
public class LoadTimeoutException extends CacheException {

    private static final long serialVersionUID = 1L;

    public LoadTimeoutException(String message) {
        super(message);
    }
}
