package io.crema.internal.sync;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.CoherenceRules.Resync;
import io.crema.internal.coherence.CoherenceRules.Sequence;
import io.crema.internal.coherence.Partition;
import io.crema.spi.BusConnection;
import io.crema.spi.BusPosition;
import org.jspecify.annotations.Nullable;

/**
 * How far one partition is synchronised, and over which connection. It belongs to one at a time; what arrives on another
 * says nothing of its sequence. Thread-safe; it calls nobody but its partition.
 */
final class PartitionSync {

    /** How far it has come on its connection. */
    private enum State {
        /** It has no connection. */
        IDLE,
        /** The subscription is not acknowledged yet. */
        SUBSCRIBING,
        /** Subscribed; the clock is being compared. */
        JOINING,
        /** The server names another history than the clock belongs to; it is compared at the next heartbeat. */
        SUSPECT,
        /** The history changed; the remote tier is being repaired. */
        REPAIRING,
        /** Every message since the clock was compared has been applied, or its absence noticed. */
        SYNCHRONISED;

        /** Whether comparing the clock now says something. */
        boolean mayCompare() {
            return this == JOINING || this == SUSPECT || this == SYNCHRONISED;
        }
    }

    /** What comparing the clock came to. */
    enum Outcome {
        /** The answer came too late to say something. */
        OVERTAKEN,
        /** It was synchronised before, and is. */
        STILL_SYNCHRONISED,
        SYNCHRONISED,
        /** The history changed, now or before, and what that left has not been repaired. */
        TO_REPAIR
    }

    /** @param resync how the clock compared; null if the answer came too late */
    record Comparison(Outcome outcome, @Nullable Resync resync) {}

    private final Partition partition;
    private final CoherenceRules rules;

    private State state = State.IDLE;
    private @Nullable Link link;
    private boolean positionAsked;

    /** The connection over which it was last synchronised. */
    private @Nullable Link last;

    /** The history that the partition's clock belongs to; null = not known, so the next position counts as a gap. */
    private @Nullable String history;

    /** The most that a connection said was lost, since the partition was last synchronised. */
    private long lostMillis;

    private boolean repairNeeded;

    /** The history that a repair was for, until the clock was compared after it; null = there was none since. */
    private @Nullable String repairedFor;

    /** Whether the clock went back within one history. */
    private boolean wentBack;

    /** A clock that was read over a relayed connection before the messages up to it had come. */
    private long awaited;

    PartitionSync(Partition partition, CoherenceRules rules) {
        this.partition = partition;
        this.rules = rules;
    }

    Partition partition() {
        return partition;
    }

    /** Takes a connection that carries the partition, if it has none. Returns whether it did. */
    synchronized boolean join(Link to) {
        if (state != State.IDLE || to.isLost()) {
            return false;
        }
        // What a connection found when it was made counts no more once the partition was synchronised over it.
        if (last != to) {
            boolean moved = last != null && !last.isLost();
            lostMillis = Math.max(lostMillis, rules.lostMillis(to.connection.lostMillis(), moved));
        }
        link = to;
        state = State.SUBSCRIBING;
        return true;
    }

    /** The connection does not carry it any more, or an attempt on it failed. */
    synchronized void leave(Link from) {
        if (link == from) {
            link = null;
            state = State.IDLE;
            positionAsked = false;
            awaited = 0;
        }
    }

    synchronized boolean hasNoLink() {
        return link == null;
    }

    synchronized void subscribed(Link on) {
        if (link == on && state == State.SUBSCRIBING) {
            state = State.JOINING;
        }
    }

    /** Whether the clock is to be read now: not before the subscription, nor twice at a time, nor during a repair. */
    synchronized boolean beginsCompare(Link on) {
        if (link != on || positionAsked || !state.mayCompare()) {
            return false;
        }
        positionAsked = true;
        return true;
    }

    synchronized boolean isSuspect(Link on) {
        return link == on && state == State.SUSPECT;
    }

    /** Applies a message's stamp to the sequence; one of another connection may be missing others before it. */
    synchronized Sequence advance(BusConnection from, long stamp, int count) {
        if (!isOn(from)) {
            return Sequence.DUPLICATE;
        }
        Sequence sequence = partition.advance(stamp, count);
        if (sequence == Sequence.WENT_BACK && state == State.SYNCHRONISED) {
            state = State.JOINING;
        }
        return sequence;
    }

    synchronized boolean isOn(BusConnection connection) {
        return link != null && link.connection == connection;
    }

    synchronized Comparison compare(Link on, BusPosition position) {
        if (link != on || !positionAsked || !state.mayCompare()) {
            return new Comparison(Outcome.OVERTAKEN, null);
        }
        positionAsked = false;
        String named = position.history();
        boolean measured = on.hasMeasured(named);
        boolean sameHistory = named.equals(history);
        BusPosition.At at = position.at(partition.index());
        Resync resync = partition.resynchronise(history == null, sameHistory, at.clock(), at.floor());
        history = resync == Resync.HISTORY_CHANGED ? null : named;
        if (resync == Resync.HISTORY_CHANGED) {
            repairNeeded = true;
            wentBack |= sameHistory;
            lostMillis = measured ? lostMillis : Long.MAX_VALUE;
        }
        // A repair may have been executed by a server that was being replaced; or its server was replaced since, by one
        // that has the new clock and lacks what was made again under it.
        repairNeeded |= !rules.countsAsExecuted(at.clock(), partition.epoch());
        repairNeeded |= repairedFor != null && !repairedFor.equals(named);
        if (repairNeeded) {
            state = State.REPAIRING;
            repairedFor = named;
            return new Comparison(Outcome.TO_REPAIR, resync);
        }
        boolean before = state == State.SYNCHRONISED;
        state = State.SYNCHRONISED;
        lostMillis = 0;
        wentBack = false;
        repairedFor = null;
        partition.repaired();
        last = on;
        return new Comparison(before ? Outcome.STILL_SYNCHRONISED : Outcome.SYNCHRONISED, resync);
    }

    /** What was found when it was last compared: whether replaying what this instance knows can cover the loss. */
    synchronized boolean replayCovers(boolean complete) {
        return rules.replayCovers(wentBack, lostMillis, ReplayWindow.COVERED_MILLIS, complete);
    }

    /** Why a replay does not do, in words. */
    synchronized String whyNot() {
        if (wentBack) {
            return "the clock went back although the server is the same";
        } else if (lostMillis == Long.MAX_VALUE) {
            return "it is not known how much is lost";
        } else if (lostMillis > ReplayWindow.COVERED_MILLIS) {
            return "the writes of " + lostMillis + " ms are lost";
        }
        return "too many keys were written of late to remember them";
    }

    /** The repair was done: the clock is compared anew. Returns whether that is to be asked for. */
    synchronized boolean repaired(Link on) {
        if (link != on || state != State.REPAIRING) {
            return false;
        }
        repairNeeded = false;
        state = State.JOINING;
        positionAsked = false;
        return true;
    }

    /** The repair failed: the next heartbeat joins again, and that leads back to it. */
    synchronized void repairFailed(Link on) {
        if (state == State.REPAIRING) {
            leave(on);
        }
    }

    /**
     * A heartbeat named a history. Returns whether everything published before it was sent has been applied, as far as
     * the connection goes: on a relayed one {@link #confirmRelayed} has to find it so.
     */
    synchronized boolean holds(Link on, String named) {
        if (link != on || state != State.SYNCHRONISED) {
            return false;
        }
        if (!named.equals(history)) {
            // Not asked at once: two answers that went on disagreeing would chase each other.
            state = State.SUSPECT;
            return false;
        }
        return true;
    }

    /** Confirms what {@link #holds} found, if it still does. */
    synchronized boolean confirm(Link on, String named, long sent) {
        if (!holds(on, named)) {
            return false;
        }
        partition.confirm(sent);
        return true;
    }

    /**
     * The clock was read after a heartbeat was sent over a connection that may lose single messages. Returns whether it
     * is to be compared anew, because a message did not come in the time of a heartbeat.
     */
    synchronized boolean confirmRelayed(Link on, BusPosition position, long sent) {
        if (!holds(on, position.history())) {
            return false;
        }
        long clock = position.at(partition.index()).clock();
        long lastSeen = partition.lastSeen();
        if (rules.confirmsRelayed(lastSeen, clock)) {
            awaited = 0;
            partition.confirm(sent);
            return false;
        }
        boolean missing = clock < lastSeen || awaited > lastSeen;
        awaited = missing ? 0 : clock;
        return missing;
    }
}
