package io.crema.simulation;

import java.util.stream.LongStream;

/** Seeds that follow each other: {@code simulation.seeds} says how many, {@code simulation.first} is the first of them. */
record Seeds(long count) {

    /** As many as a run is told, else so many. */
    static Seeds orElse(long count) {
        return new Seeds(Long.getLong("simulation.seeds", count));
    }

    LongStream stream() {
        long first = Long.getLong("simulation.first", 1);
        return LongStream.range(first, first + count);
    }
}
