package io.crema.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** How long is measured. Each round starts every competitor once, in a JVM of its own. */
enum Profile {
    /** To see that nothing is broken: not more than five minutes in all. */
    QUICK(3, 2, 3, 500, 5, 300),
    /** To claim something. */
    FULL(7, 5, 5, 1_000, 5, 1_000);

    private final int hitRounds;
    private final int writeRounds;
    final int warmups;
    final int warmupMillis;
    final int measurements;
    final int measurementMillis;

    Profile(int hitRounds, int writeRounds, int warmups, int warmupMillis, int measurements, int measurementMillis) {
        this.hitRounds = hitRounds;
        this.writeRounds = writeRounds;
        this.warmups = warmups;
        this.warmupMillis = warmupMillis;
        this.measurements = measurements;
        this.measurementMillis = measurementMillis;
    }

    int rounds(Suite suite) {
        return suite == Suite.L1_HIT || suite == Suite.L2_HIT ? hitRounds : writeRounds;
    }

    static Profile of(String name) {
        return Arrays.stream(values())
                .filter(profile -> profile.name().toLowerCase(Locale.ROOT).equals(name))
                .findAny()
                .orElseThrow(() ->
                        new IllegalArgumentException("bench.profile must be quick or full, but is '" + name + "'"));
    }
}
