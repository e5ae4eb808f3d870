package io.crema.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** How long is measured. Each round starts every competitor once, in a JVM of its own. */
enum Profile {
    /** To see that nothing is broken: some minutes for each suite at most. */
    QUICK(3, 10, 2, 3, 500, 5, 300, 10),
    /** To claim something. */
    FULL(7, 11, 5, 5, 1_000, 5, 1_000, 60);

    private final int hitRounds;
    private final int policyRounds;
    private final int otherRounds;
    final int warmups;
    final int warmupMillis;
    final int measurements;
    final int measurementMillis;
    /** How long a probe measures that goes on for a time. */
    final int probeSeconds;

    Profile(
            int hitRounds,
            int policyRounds,
            int otherRounds,
            int warmups,
            int warmupMillis,
            int measurements,
            int measurementMillis,
            int probeSeconds) {
        this.hitRounds = hitRounds;
        this.policyRounds = policyRounds;
        this.otherRounds = otherRounds;
        this.warmups = warmups;
        this.warmupMillis = warmupMillis;
        this.measurements = measurements;
        this.measurementMillis = measurementMillis;
        this.probeSeconds = probeSeconds;
    }

    int rounds(Suite suite) {
        return switch (suite.kind) {
            case HIT -> hitRounds;
            case POLICIES -> policyRounds;
            case WRITE, PROBE -> otherRounds;
        };
    }

    static Profile of(String name) {
        return Arrays.stream(values())
                .filter(profile -> profile.name().toLowerCase(Locale.ROOT).equals(name))
                .findAny()
                .orElseThrow(() ->
                        new IllegalArgumentException("bench.profile must be quick or full, but is '" + name + "'"));
    }
}
