package io.crema.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call of a cache by a reader. */
final class LoadOp {

    /** Which call. */
    enum Kind {
        GET,
        GET_ALL,
        REFRESH,
        LOOK_UP,
        ENTRY;

        boolean loads() {
            return this == GET || this == GET_ALL || this == REFRESH;
        }
    }

    static final long OPEN = -1;

    final Kind kind;
    final int instance;
    final List<Integer> keys;
    final long start;
    long end = OPEN;
    boolean cancelled;

    /** Whether what others had begun could not keep it from what is there. */
    boolean alone;

    /** What was there for a reader when it began; of a get. */
    Shelf.@Nullable Item thereAtStart;

    LoadOp(Kind kind, int instance, List<Integer> keys, long start) {
        this.kind = kind;
        this.instance = instance;
        this.keys = keys;
        this.start = start;
    }

    boolean isOpen() {
        return end == OPEN;
    }

    @Override
    public String toString() {
        return kind + " of " + keys + " by instance " + instance + " at " + start / 1e6 + " ms";
    }
}
