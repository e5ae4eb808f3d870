package io.crema.benchmarks;

/** What a number of a report says, and in which unit. */
enum Figure {
    /** Of one operation of a thread. */
    TIME("time", "ns/op"),
    /** From a call to its effect elsewhere: half are faster. */
    P50("p50", "us"),
    P99("p99", "us"),
    MAX("max", "us"),
    /** Operations that were really made in a second. */
    RATE("rate", "1/s"),
    /** Rows that the database was sent for one operation. */
    ROWS("rows", "1/op"),
    /** Entries of the near tier that serve as before. */
    KEPT("kept", "%"),
    /** Reads that gave a value older than one that was confirmed before. */
    STALE("stale", "reads"),
    /** From the loss of a connection until all that was missed is known. */
    BACK("back", "ms"),
    /** Calls of EVALSHA that the server executed for one operation. */
    EVALSHA("evalsha", "1/op"),
    /** Times that the server found something to read for one operation: round trips, if one waits for each. */
    READS("reads", "1/op");

    final String label;
    final String unit;

    Figure(String label, String unit) {
        this.label = label;
        this.unit = unit;
    }
}
