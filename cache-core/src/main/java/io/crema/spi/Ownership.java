package io.crema.spi;

/**
 * Who writes a partition's journal to the origin.
 *
 * @param held whether it is the instance that asked
 * @param leftMillis how long the lease of whoever it is lasts
 * @param entries how many writes the journal holds
 * @param oldestMillis how long ago the oldest of them was made; 0 = there is none
 * @param deadLetters how many writes were given up
 */
public record Ownership(boolean held, long leftMillis, long entries, long oldestMillis, long deadLetters) {}
