package io.crema.internal.writebehind;

import io.crema.spi.JournalEntry;
import java.util.List;
import java.util.Map;

/** How writes get to the origin, and who is told what becomes of them. */
public interface BatchWriter {

    /**
     * Makes writes of different keys; blocks.
     *
     * @return what went wrong, by position; empty = nothing
     */
    Map<Integer, Failure> write(List<Write> writes);

    /** A write was given up after a number of attempts. Throws nothing. */
    void buried(JournalEntry entry, int attempts, Throwable reason);

    /** A write was met that this version of the library cannot read; it stays in the journal. Throws nothing. */
    void unreadable(JournalEntry entry, int partition);

    /**
     * A write to be made.
     *
     * @param attempt how often it is tried, this time included
     */
    record Write(JournalEntry entry, int attempt) {}

    /**
     * Why a write was not made.
     *
     * @param together how many writes failed in one for this reason, of which any may be at fault: 1 = it is this one; 0 =
     *     the writer was not even called, since key or value cannot be decoded
     */
    record Failure(Throwable reason, int together) {

        boolean isUndecodable() {
            return together == 0;
        }
    }
}
