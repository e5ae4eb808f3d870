package io.crema.testkit;

/**
 * A time of {@link System#nanoTime()}, the end excluded; reads count by when they began.
 *
 * @param fromNanos when it begins; {@link Long#MIN_VALUE} if with the histories
 * @param untilNanos when it ends, later than it begins; {@link Long#MAX_VALUE} if with the histories
 */
public record ReadWindow(long fromNanos, long untilNanos) {

    static final ReadWindow ALL = new ReadWindow(Long.MIN_VALUE, Long.MAX_VALUE);

    public ReadWindow {
        // Of two times of nanoTime only the difference says which is earlier.
        if (fromNanos != Long.MIN_VALUE && untilNanos != Long.MAX_VALUE && untilNanos - fromNanos <= 0) {
            throw new IllegalArgumentException(
                    "The time from " + fromNanos + " until " + untilNanos + " is empty or ends before it begins");
        }
    }
}
