package io.crema.internal.writebehind;

import io.crema.spi.JournalEntry;
import java.util.List;
import java.util.Map;

/** How writes get to the origin. */
public interface BatchWriter {

    /**
     * Makes writes of different keys; blocks.
     *
     * @return what went wrong, by position; empty = nothing
     */
    Map<Integer, Throwable> write(List<Write> writes);

    /** A write was given up after a number of attempts. Throws nothing. */
    void buried(JournalEntry entry, int attempts, Throwable reason);

    /**
     * A write to be made.
     *
     * @param attempt how often it is tried, this time included
     */
    record Write(JournalEntry entry, int attempt) {}
}
