package io.crema.policy;

/** By which clock a hit in this process is judged. */
public enum ReadClock {

    /**
     * One that a thread moves every 5 ms. Reads that begin after the whole process was stopped, and before that thread
     * has run again, may be older than the bound by the length of the stop. The default.
     */
    COARSE,

    /** The system's, read by each hit, which about doubles what a hit costs: then the bound knows no exception. */
    STRICT
}
