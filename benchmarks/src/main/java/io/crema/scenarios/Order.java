package io.crema.scenarios;

/**
 * What an instance is asked for, a line on its standard input.
 *
 * @param ticket which the answer bears
 * @param content of the type that belongs to the kind, as JSON
 */
record Order(long ticket, Kind kind, String content) {

    enum Kind {
        /** Puts keys ({@link Keys}); the answer is how many. */
        PUT,
        /** Reads keys once ({@link Keys}), many at a time; the answer is how many came. */
        SWEEP,
        /** Reads one key by many threads ({@link Burst}); the answer is a {@link Burst.Outcome}. */
        BURST,
        /** Begins a {@link Load}; answered when it has begun. */
        LOAD,
        /** Ends the load of that name; the answer is its {@link History}. */
        END,
        /** The answer is a {@link Vitals}, whose peak begins anew with it. */
        VITALS,
        /** Begins {@link Writes}; answered when they have begun. */
        WRITE,
        /** Collects garbage; the answer is a {@link Writes.Progress}. */
        WRITES_SO_FAR,
        /** Ends the writes; the answer is the {@link Writes.Last} of each key and thread. */
        END_WRITES,
        /** Ends the process. */
        FINISH
    }
}
