package io.crema.model;

import java.util.function.Consumer;

/** Takes the steps that lead on from a state. */
@FunctionalInterface
interface Steps<S> {
    /** A step, and what it changes in a copy of the state. */
    void step(String label, Consumer<S> change);
}
