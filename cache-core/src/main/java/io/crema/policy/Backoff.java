package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How long to wait after a failure before the next attempt: as long as {@code first} after the first failure, twice
 * as long after each further one in a row, never longer than {@code longest}.
 *
 * @param first the shortest wait, at least 1 ms
 * @param longest the longest, not shorter than the first
 */
public record Backoff(Duration first, Duration longest) implements Policy {

    /** More than from the shortest time that is allowed to the longest. */
    private static final int MOST_DOUBLINGS = 64;

    public Backoff {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(longest, "longest");
    }

    /** Always the same wait. */
    public static Backoff every(Duration wait) {
        return new Backoff(wait, wait);
    }

    /** From {@code first}, doubled each time, up to {@code longest}. */
    public static Backoff doubling(Duration first, Duration longest) {
        return new Backoff(first, longest);
    }

    /**
     * The wait after some failures in a row.
     *
     * @param failures how many; at least 1
     */
    public Duration after(int failures) {
        if (failures < 1) {
            throw new IllegalArgumentException("failures must be at least 1, but is " + failures);
        }
        Duration half = longest.dividedBy(2);
        Duration wait = first;
        for (int i = 1; i < Math.min(failures, MOST_DOUBLINGS); i++) {
            if (wait.compareTo(half) > 0) {
                return longest;
            }
            wait = wait.multipliedBy(2);
        }
        return wait;
    }

    @Override
    public List<String> faults() {
        return Faults.of(Backoff.class)
                .duration("first", first)
                .duration("longest", longest)
                .unless(
                        longest.compareTo(first) >= 0,
                        "longest must not be shorter than first, which is " + first + ", but is " + longest)
                .list();
    }
}
