package io.crema.examples.quickstart;

/** The lines between the quickstart and its instances. A line is a word, then its fields, separated by spaces. */
final class Lines {

    /** To an instance: a phase begins; its label. The first one starts the load. */
    static final String PHASE = "phase";

    /** To an instance: stop the load, report and end. */
    static final String FINISH = "finish";

    /** From an instance: it can begin. */
    static final String READY = "ready";

    /** From an instance: the label of a phase, the invalidations owed, the encoded {@link Figures} since the last. */
    static final String TICK = "tick";

    /** From an instance: the load has ended, the history is complete; how many invalidations were still owed. */
    static final String DONE = "done";

    private Lines() {}
}
