package io.crema.testkit;

import java.nio.file.Path;

/**
 * Times of all histories as distances from one of them, so that they can be compared as numbers: those of
 * {@link System#nanoTime()} may overflow in the middle of a run.
 */
final class Timebase {

    /** 146 years; the difference of two distances below it does not overflow. */
    private static final long LIMIT = 1L << 62;

    private final long reference;

    Timebase(long reference) {
        this.reference = reference;
    }

    long at(long nanos) {
        return nanos - reference;
    }

    /** The time of a distance. */
    long nanos(long at) {
        return at + reference;
    }

    /** @throws HistoryException if no process can have run at both this time and when the first history began */
    long checked(long nanos, Path file) {
        long at = at(nanos);
        if (at <= -LIMIT || at >= LIMIT) {
            throw new HistoryException(file + " holds the time " + nanos
                    + ", which is too far from the begin of the histories to be compared: it is not of their clock");
        }
        return at;
    }

    /** A window of distances; open ends stay open. */
    ReadWindow window(ReadWindow window) {
        long from = window.fromNanos() == Long.MIN_VALUE ? Long.MIN_VALUE : edge(window.fromNanos());
        long until = window.untilNanos() == Long.MAX_VALUE ? Long.MAX_VALUE : edge(window.untilNanos());
        return new ReadWindow(from, until);
    }

    private long edge(long nanos) {
        long at = at(nanos);
        if (at <= -LIMIT || at >= LIMIT) {
            throw new IllegalArgumentException(
                    "The time " + nanos + " of a window is too far from the begin of the histories to be compared");
        }
        return at;
    }
}
