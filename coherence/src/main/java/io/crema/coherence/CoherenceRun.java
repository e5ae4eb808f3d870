package io.crema.coherence;

/** Runs the fault matrix and writes its report. */
public final class CoherenceRun {

    private CoherenceRun() {}

    public static void main(String[] arguments) {
        throw new UnsupportedOperationException("Being built");
    }
}
