package io.crema.spi;

/**
 * A write that was given up.
 *
 * @param entry the write
 * @param attempts how often it was tried
 * @param ageMillis how long ago it was given up
 * @param reason why
 */
public record DeadLetter(JournalEntry entry, int attempts, long ageMillis, String reason) {}
