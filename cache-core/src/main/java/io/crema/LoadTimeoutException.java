package io.crema;

/** There was no value within the hard timeout of the cache, and no reserve to serve: a load took longer, here or elsewhere. */
public class LoadTimeoutException extends CacheException {

    private static final long serialVersionUID = 1L;

    public LoadTimeoutException(String message) {
        super(message);
    }
}
