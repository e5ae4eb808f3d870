package io.crema.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * When an instance stops asking a remote tier that fails or is slow, so that reads do not pay a time limit each. It opens
 * when an operation fails and, with it, too large a share of a sliding window has failed; it is half open after a time,
 * when a few operations are let through as probes; it closes if all of them succeed. If one fails it is open again, each
 * time for twice as long, up to four times the first.
 *
 * <p>An operation has failed if it got no answer within the tier's time limit, if the tier is out of reach or cannot serve
 * ({@link io.crema.spi.RemoteTier#isOutage}), or if it was slow. What a server that is well refuses has not failed. Of
 * answers that are slow at the same time one counts, since the operations of a burst wait for each other. Loaders have no
 * part in it, nor have the connections that carry invalidations.
 *
 * <p>While it is open, reads go on as if the remote tier had not answered, and invalidations are kept.
 * These are sent again, a few at a time, whether or not it is open, since nobody waits for them; the first that is answered
 * makes it half open at once. Without effect on a tier that stores no values, since no read waits for one.
 *
 * @param failureRatio the share that opens it, above 0 and at most 1
 * @param slowCall what takes longer counts as failed
 * @param window the length of the sliding window, which moves in tenths; at most a day
 * @param minimumCalls below so many operations in the window it does not open
 * @param openFor how long it is open the first time; at most a day
 * @param probes how many operations are let through when it is half open
 */
public record CircuitBreaker(
        double failureRatio, Duration slowCall, Duration window, int minimumCalls, Duration openFor, int probes)
        implements Policy {

    private static final Duration DAY = Duration.ofDays(1);

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
                .duration("window", window, DAY)
                .unless(minimumCalls >= 1, "minimumCalls must be at least 1, but is " + minimumCalls)
                .duration("openFor", openFor, DAY)
                .unless(probes >= 1, "probes must be at least 1, but is " + probes)
                .list();
    }
}
