package io.crema.model;

import org.jspecify.annotations.Nullable;

/** The state of a model, its steps and its promise. */
abstract class Model<S extends Model<S>> extends Cell {
    /** Set by a step that itself breaks the promise (a read that returned too old a value, for one). */
    @Nullable
    String broken;

    /** Every step that can be taken from this state. */
    abstract void steps(Steps<S> out);

    /** What is wrong with this state, or null. */
    abstract @Nullable String violation();

    @SuppressWarnings("unchecked")
    final S copy() {
        return (S) clone();
    }
}
