package io.crema.internal.engine;

/** Stands for a failure that another instance has seen, and this one has not. */
final class LoadTrouble extends Exception {

    static final LoadTrouble ELSEWHERE = new LoadTrouble();

    private static final long serialVersionUID = 1L;

    private LoadTrouble() {
        super("the failure is known to the instance that loaded", null, false, false);
    }
}
