package io.crema;

/** The journal of a cache that writes behind was full, and stayed so for as long as a write waits; nothing has changed. */
public class WriteRejectedException extends CacheException {

    private static final long serialVersionUID = 1L;

    public WriteRejectedException(String message) {
        super(message);
    }
}
