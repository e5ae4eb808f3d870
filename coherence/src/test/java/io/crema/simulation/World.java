package io.crema.simulation;

import io.crema.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** The time and the chance of one simulation: everything that happens in it happens here, one thing after the other. */
final class World {

    final Trace trace;
    private final ManualTime time = new ManualTime();
    private final SplittableRandom random;

    World(long seed, Trace trace) {
        // Neighbouring seeds must not give neighbouring runs.
        this.random = new SplittableRandom(new SplittableRandom(seed).nextLong());
        this.trace = trace;
    }

    ManualTime time() {
        return time;
    }

    long now() {
        return time.nanos();
    }

    void after(long nanos, Runnable task) {
        time.schedule(nanos, task);
    }

    void at(long nanos, Runnable task) {
        time.schedule(nanos - now(), task);
    }

    void advance(long nanos) {
        time.advance(Duration.ofNanos(nanos));
    }

    boolean chance(double share) {
        return share > 0 && random.nextDouble() < share;
    }

    /** From the first to below the second. */
    long between(long from, long to) {
        return from >= to ? from : random.nextLong(from, to);
    }

    int below(int limit) {
        return random.nextInt(limit);
    }

    long number() {
        return random.nextLong();
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(below(choices.size()));
    }
}
