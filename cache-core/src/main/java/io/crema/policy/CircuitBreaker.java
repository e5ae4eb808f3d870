package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * When an instance stops asking a remote tier that fails or is slow, so that reads do not pay a time limit each. It opens
 * when, of the operations of a sliding window, too large a share failed or was slow; it is half open after a time, when a
 * few operations are let through as probes; it closes if they succeed. Loaders have no part in it.
 *
 * <p>While it is open, reads go on as if the remote tier had not answered, and invalidations are kept and sent later.
 *
 * @param failureRatio the share that opens it, above 0 and at most 1
 * @param slowCall what takes longer counts as failed
 * @param window the length of the sliding window
 * @param minimumCalls below so many operations in the window it does not open
 * @param openFor how long it is open
 * @param probes how many operations are let through at a time when it is half open; all must succeed
 */
public record CircuitBreaker(
        double failureRatio, Duration slowCall, Duration window, int minimumCalls, Duration openFor, int probes)
        implements Policy {

    private static final CircuitBreaker STANDARD =
            new CircuitBreaker(0.5, Duration.ofMillis(150), Duration.ofSeconds(10), 20, Duration.ofSeconds(2), 3);

    private static final CircuitBreaker OFF = new CircuitBreaker(
            1, Duration.ofDays(1), Duration.ofSeconds(1), Integer.MAX_VALUE, Duration.ofMillis(1), 1);

    public CircuitBreaker {
        Objects.requireNonNull(slowCall, "slowCall");
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(openFor, "openFor");
    }

    /** Half of at least 20 operations within 10 s failed or took longer than 150 ms; open for 2 s; 3 probes. */
    public static CircuitBreaker standard() {
        return STANDARD;
    }

    /** Never opens. */
    public static CircuitBreaker off() {
        return OFF;
    }

    public CircuitBreaker failureRatio(double failureRatio) {
        return new CircuitBreaker(failureRatio, slowCall, window, minimumCalls, openFor, probes);
    }

    public CircuitBreaker slowCall(Duration slowCall) {
        return new CircuitBreaker(failureRatio, slowCall, window, minimumCalls, openFor, probes);
    }

    public CircuitBreaker window(Duration window) {
        return new CircuitBreaker(failureRatio, slowCall, window, minimumCalls, openFor, probes);
    }

    public CircuitBreaker minimumCalls(int minimumCalls) {
        return new CircuitBreaker(failureRatio, slowCall, window, minimumCalls, openFor, probes);
    }

    public CircuitBreaker openFor(Duration openFor) {
        return new CircuitBreaker(failureRatio, slowCall, window, minimumCalls, openFor, probes);
    }

    public CircuitBreaker probes(int probes) {
        return new CircuitBreaker(failureRatio, slowCall, window, minimumCalls, openFor, probes);
    }

    @Override
    public List<String> faults() {
        return Faults.of(CircuitBreaker.class)
                .unless(
                        failureRatio > 0 && failureRatio <= 1,
                        "failureRatio must be above 0 and at most 1, but is " + failureRatio)
                .duration("slowCall", slowCall)
                .duration("window", window)
                .unless(minimumCalls >= 1, "minimumCalls must be at least 1, but is " + minimumCalls)
                .duration("openFor", openFor)
                .unless(probes >= 1, "probes must be at least 1, but is " + probes)
                .list();
    }
}
