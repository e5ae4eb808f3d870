package io.crema.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with one policy. */
final class Faults {

    /** Stored times have 48 bits of milliseconds; a hundred years leave room. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final String policy;
    private final List<String> found = new ArrayList<>();

    private Faults(String policy) {
        this.policy = policy;
    }

    static Faults of(Class<? extends Policy> policy) {
        return new Faults(policy.getSimpleName());
    }

    /** A duration that can be measured and stored; null is none. */
    Faults duration(String name, @Nullable Duration duration) {
        return duration(name, duration, LONGEST);
    }

    /** @param longest whole days */
    Faults duration(String name, @Nullable Duration duration, Duration longest) {
        return unless(
                duration == null || duration.compareTo(Duration.ofMillis(1)) >= 0 && duration.compareTo(longest) <= 0,
                name + " must be from 1 ms to " + (longest.toDays() == 1 ? "a day" : longest.toDays() + " days")
                        + ", but is " + duration);
    }

    Faults unless(boolean holds, String fault) {
        if (!holds) {
            found.add(policy + ": " + fault);
        }
        return this;
    }

    Faults with(Policy part) {
        found.addAll(part.faults().stream().map(fault -> policy + ", " + fault).toList());
        return this;
    }

    List<String> list() {
        return List.copyOf(found);
    }
}
