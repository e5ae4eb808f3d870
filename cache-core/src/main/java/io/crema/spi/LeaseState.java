package io.crema.spi;

/**
 * Whether a key may be loaded now, as of one reply.
 *
 * @param leftMillis how long nobody else gets the lease; 0 = it is free
 * @param failures 0 = somebody loads, or nobody; else nobody does, because that many loads in a row have failed, and the
 *     key is left alone for a while
 */
public record LeaseState(long leftMillis, int failures) {

    /** More are not counted. */
    public static final int MOST_FAILURES = 255;

    /** Nobody loads. */
    public static final LeaseState FREE = new LeaseState(0, 0);

    /** Whether somebody is loading. */
    public boolean isLoading() {
        return leftMillis > 0 && failures == 0;
    }

    /** Whether the key is left alone because its last load failed. */
    public boolean isHeldBack() {
        return leftMillis > 0 && failures > 0;
    }
}
