package io.crema.internal.engine;

/** Stands for a failure that another instance has seen, and this one has not; without a stack, which would say nothing. */
final class LoadTrouble extends Exception {

    private static final long serialVersionUID = 1L;

    LoadTrouble() {
        super("the failure is known to the instance that loaded", null, false, false);
    }
}
