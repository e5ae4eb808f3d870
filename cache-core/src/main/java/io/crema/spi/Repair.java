package io.crema.spi;

/** What becomes of a partition's records when its history changed. */
public enum Repair {
    /** They stay; who knows of lost invalidations executes them again. */
    KEEP,
    /** They are gone: the floor rises to the clock. */
    CLEAR
}
