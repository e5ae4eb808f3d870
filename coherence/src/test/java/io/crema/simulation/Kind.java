package io.crema.simulation;

/** What is done to a key. Where the order of writes matters, either versions or the callers fix it. */
enum Kind {
    /** Loaded without anything else, written in every way that needs no version. */
    PLAIN,
    /** Loaded with a tag, and written as plain ones are. */
    TAGGED,
    /** Every write and every load carries the origin's version. */
    VERSIONED;

    /** Whether it lies in the cache whose loader decides more than the value. */
    boolean isContextual() {
        return this == TAGGED || this == VERSIONED;
    }

    boolean hasVersions() {
        return this == VERSIONED;
    }
}
