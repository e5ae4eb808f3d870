package io.crema.policy;

import java.time.Duration;
import java.util.Objects;

/** The checks that all policies share. */
final class Durations {

    /** Stored times have 48 bits of milliseconds; a hundred years leave room. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Durations() {}

    static void requirePositive(String name, Duration duration) {
        Objects.requireNonNull(duration, name);
        if (duration.compareTo(Duration.ofMillis(1)) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    name + " must be from 1 ms to " + LONGEST.toDays() + " days, but is " + duration);
        }
    }
}
