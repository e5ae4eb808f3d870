package io.crema.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;

/**
 * A TCP proxy on the loopback interface in front of a server that speaks RESP, with faults on demand: what a real network
 * does to a cache, while its connections live.
 *
 * <p>Faults are set per link and direction, hold for existing and new connections until {@link #heal() healed}, and combine
 * freely. Whatever is set, bytes that pass do so in their order. A method returns when what it says holds: after
 * {@link #blackhole} no byte passes. A client that the proxy has accepted while the server does not listen is reset.
 *
 * <p>Thread-safe. One thread carries all connections of a proxy; without faults it adds some ten microseconds to a round
 * trip. A method fails with {@link IllegalStateException} after {@link #close()}, and where a port cannot be had with
 * {@link UncheckedIOException}.
 */
public final class FaultProxy implements AutoCloseable {

    private static final Duration LONGEST_DELAY = Duration.ofHours(1);

    private final ProxyLoop loop;

    private FaultProxy(ProxyLoop loop) {
        this.loop = loop;
    }

    /** What a connection is for. */
    public enum Link {
        /** One that has not subscribed, also one that is about to. */
        COMMANDS,
        /** One on which the client has sent SUBSCRIBE, PSUBSCRIBE or SSUBSCRIBE: from that very command on, and for good. */
        SUBSCRIPTIONS
    }

    /** Where bytes go. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    /**
     * What has gone through a proxy since it was started.
     *
     * @param accepted connections, also those that have ended
     * @param commands open connections of {@link Link#COMMANDS}; one that an end has left counts until the other end knows
     * @param subscriptions open connections of {@link Link#SUBSCRIPTIONS}
     * @param bytesToServer bytes passed on
     * @param bytesToClient bytes passed on
     * @param framesDropped push frames dropped by {@link FaultProxy#dropFrames}
     */
    public record Counts(
            long accepted,
            int commands,
            int subscriptions,
            long bytesToServer,
            long bytesToClient,
            long framesDropped) {}

    /**
     * Starts a proxy on a free port.
     *
     * @param port of the server on the loopback interface, which may not listen yet
     */
    public static FaultProxy to(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("A port is between 1 and 65535, not " + port);
        }
        try {
            return new FaultProxy(ProxyLoop.start(port));
        } catch (IOException e) {
            throw new UncheckedIOException("No proxy to port " + port + " can be started", e);
        }
    }

    /** The port that clients connect to, on 127.0.0.1. It stays the same over {@link #refuse()} and {@link #heal()}. */
    public int port() {
        return loop.port();
    }

    /**
     * Passes each byte on that much later. A connection holds up to 8 MiB back, then its sender has to wait.
     *
     * @param delay above zero, at most an hour; kept to the millisecond
     */
    public void delay(Link link, Direction direction, Duration delay) {
        if (delay.isNegative() || delay.isZero() || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("A delay is above zero and at most " + LONGEST_DELAY + ", not " + delay);
        }
        set(link, direction, faults -> faults.delayed(delay.toNanos()));
    }

    /**
     * Limits how much passes on each connection. A sender that sends more fills its buffers, as on a slow line.
     *
     * @param bytesPerSecond at least 1
     */
    public void throttle(Link link, Direction direction, int bytesPerSecond) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("At least one byte passes in a second, not " + bytesPerSecond);
        }
        set(link, direction, faults -> faults.throttled(bytesPerSecond));
    }

    /**
     * Lets nothing pass, not even the end of a connection: who sends fills its buffers, who waits hears nothing. New
     * connections are accepted and fare alike. A new connection is of {@link Link#COMMANDS} until it subscribes.
     *
     * <p>Healing resets the connections on which bytes or an end waited to pass, as if the network had come back after the last
     * retransmission; the others live on.
     */
    public void blackhole(Link link, Direction direction) {
        set(link, direction, ProxyFaults::blackholed);
    }

    /**
     * Drops a share of the messages that come on subscriptions: RESP3 push frames of the kinds message, smessage and
     * pmessage, each as a whole, and nothing else. The choice is made per connection: the same messages on connections
     * accepted in the same order meet the same fate.
     *
     * @param share 0 to 1
     * @param seed of the random choice
     */
    public void dropFrames(double share, long seed) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("The share that is dropped is between 0 and 1, not " + share);
        }
        set(Link.SUBSCRIPTIONS, Direction.TO_CLIENT, faults -> faults.dropping(share, seed));
    }

    /**
     * Ends one direction of the existing connections: its receiver sees the end of the stream (FIN) after what was sent
     * before, its sender sees nothing and speaks to nobody; the other direction lives. Healing resets these connections.
     */
    public void halfClose(Link link, Direction direction) {
        requireNamed(link, direction);
        loop.call(() -> loop.halfClose(link, direction));
    }

    /** Ends the existing connections of a link with a RST to both sides. New ones are accepted. */
    public void reset(Link link) {
        requireNamed(link);
        loop.call(() -> loop.reset(link));
    }

    /** Refuses new connections of any kind: nobody listens until {@link #heal()}. Existing ones live on. */
    public void refuse() {
        loop.call(loop::refuse);
    }

    /** Ends all faults. What was delayed passes at once; see {@link #blackhole} and {@link #halfClose} for who is reset. */
    public void heal() {
        loop.call(() -> {
            for (Link link : Link.values()) {
                for (Direction direction : Direction.values()) {
                    loop.heal(link, direction);
                }
            }
            loop.listen();
        });
    }

    /** Ends the faults of one direction of a link, as {@link #heal()} does. */
    public void heal(Link link, Direction direction) {
        requireNamed(link, direction);
        loop.call(() -> loop.heal(link, direction));
    }

    /** The counts so far, also after {@link #close()}. */
    public Counts counts() {
        return loop.counts();
    }

    /** Closes all connections and returns when thread and sockets are gone. Idempotent. */
    @Override
    public void close() {
        loop.close();
    }

    @Override
    public String toString() {
        return "FaultProxy[127.0.0.1:" + port() + " to " + loop.target() + "]";
    }

    private void set(Link link, Direction direction, ProxyFaults.Change change) {
        requireNamed(link, direction);
        loop.call(() -> loop.set(link, direction, change));
    }

    private static void requireNamed(Link link, Direction direction) {
        requireNamed(link);
        Objects.requireNonNull(direction, "direction");
    }

    private static void requireNamed(Link link) {
        Objects.requireNonNull(link, "link");
    }
}
