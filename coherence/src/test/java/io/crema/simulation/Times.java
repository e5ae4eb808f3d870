package io.crema.simulation;

/** Nanoseconds of other units. */
final class Times {

    private Times() {}

    static long micros(long micros) {
        return micros * 1_000;
    }

    static long millis(long millis) {
        return millis * 1_000_000;
    }
}
