package io.crema.internal.sync;

import io.crema.spi.BusConnection;
import org.jspecify.annotations.Nullable;

/** One connection of the bus while it lasts, with what its heartbeats showed. */
final class Link {

    private static final int MISSED_BEATS_TO_RESET = 2;

    final BusConnection connection;

    private volatile boolean lost;
    private int missedBeats;
    private boolean beatUnderWay;

    /** The first history that it named, which is the one that its {@link BusConnection#lostMillis()} is about. */
    private @Nullable String measured;

    Link(BusConnection connection) {
        this.connection = connection;
    }

    boolean isLost() {
        return lost;
    }

    void lost() {
        lost = true;
    }

    /** Called in time with the heartbeats. Returns whether the connection seems dead. */
    synchronized boolean isDead() {
        missedBeats = beatUnderWay ? missedBeats + 1 : 0;
        return missedBeats >= MISSED_BEATS_TO_RESET;
    }

    synchronized void beatSent() {
        beatUnderWay = true;
    }

    synchronized void beatAnswered() {
        beatUnderWay = false;
    }

    /** Whether what the connection says of losses is about this history. */
    synchronized boolean hasMeasured(String history) {
        if (measured == null) {
            measured = history;
        }
        return measured.equals(history);
    }
}
