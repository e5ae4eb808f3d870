package io.crema.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Times at and beyond the ends of what a policy takes; each fault has to name the parameter, the range and the value. */
final class BadTimes {

    static final Duration LONGEST = Duration.ofDays(36_500);

    private BadTimes() {}

    /** Checks that a duration of a policy that is right otherwise has to be from 1 ms to the longest. */
    static void check(String prefix, Function<Duration, Policy> policy) {
        check(prefix, "36500 days", LONGEST, policy);
    }

    static void check(String prefix, String words, Duration longest, Function<Duration, Policy> policy) {
        for (Duration good : List.of(Duration.ofMillis(1), Duration.ofMinutes(1), longest)) {
            assertThat(policy.apply(good).faults()).as("with %s", good).isEmpty();
        }
        for (Duration bad : List.of(
                Duration.ZERO,
                Duration.ofNanos(999_999),
                Duration.ofSeconds(-1),
                longest.plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE),
                Duration.ofSeconds(Long.MIN_VALUE))) {
            assertThat(policy.apply(bad).faults())
                    .as("with %s", bad)
                    .contains(prefix + " must be from 1 ms to " + words + ", but is " + bad);
        }
    }
}
