package io.crema.internal.coherence;

import io.crema.internal.coherence.CoherenceRules.Resync;
import io.crema.internal.coherence.CoherenceRules.Sequence;

/**
 * What this instance knows about one partition of a cache. Its generation grows whenever a message may have been missed
 * or everything was cleared; an entry of an older generation is suspect.
 *
 * <p>Written under its own lock, read without.
 */
public final class Partition {

    private final int index;
    private final CoherenceRules rules;

    private volatile long generation = 1;
    private volatile long floor;
    private volatile boolean floorKnown;

    /** The stamp of the last message applied in sequence. */
    private volatile long lastSeen;

    /** The highest stamp met anywhere, replies included. */
    private volatile long highest;

    /** Everything of this partition that was published before has been applied. */
    private volatile long confirmed = Lease.NEVER;

    private volatile boolean inDoubt;

    /** The clock after the last repair, which is above whatever the history before it issued; 0 = there was none. */
    private volatile long epoch;

    /** Whether the floor may be one that the remote tier does not have any more. */
    private boolean floorForgotten;

    public Partition(int index, CoherenceRules rules) {
        this.index = index;
        this.rules = rules;
    }

    public int index() {
        return index;
    }

    public long generation() {
        return generation;
    }

    /** Records with a stamp below it are gone. */
    public long floor() {
        return floor;
    }

    /** Whether no clear can have been missed; if not, an answer of the remote tier needs the floor fetched with it. */
    public boolean floorKnown() {
        return floorKnown;
    }

    public long lastSeen() {
        return lastSeen;
    }

    public long highest() {
        return highest;
    }

    public long confirmed() {
        return confirmed;
    }

    /** Everything published before this time has been applied. */
    public synchronized void confirm(long time) {
        confirmed = Math.max(confirmed, time);
    }

    /** Whether the remote tier may have forgotten writes, so that its records are not to be read. */
    public boolean inDoubt() {
        return inDoubt;
    }

    /** What the change of history left has been repaired. */
    public void repaired() {
        inDoubt = false;
    }

    public long epoch() {
        return epoch;
    }

    /** A repair moved the clock here; writes with an older stamp may be of the lost history. */
    public synchronized void startEpoch(long clock) {
        epoch = Math.max(epoch, clock);
        highest = Math.max(highest, clock);
    }

    /** Notes a stamp that a reply carried. */
    public synchronized void met(long stamp) {
        highest = Math.max(highest, stamp);
    }

    /**
     * Notes the stamp that a write of this instance got. If the clock went back, its stamp says of no entry whether that is
     * older, so every one is suspect.
     *
     * @param metBefore {@link #highest()} when the write was sent
     */
    public synchronized void wrote(long stamp, long metBefore) {
        if (rules.wentBack(stamp, metBefore)) {
            missed();
        }
        met(stamp);
    }

    /** Gives the next stamp of a partition that no remote tier has. */
    public synchronized long tick() {
        lastSeen++;
        highest = lastSeen;
        return lastSeen;
    }

    /** Makes every entry suspect. */
    public synchronized void nextGeneration() {
        generation++;
    }

    /** A floor was learnt, from whatever source: everything below is gone. */
    public synchronized void raiseFloor(long newFloor) {
        if (newFloor > floor) {
            floor = newFloor;
            highest = Math.max(highest, newFloor);
            generation++;
        }
    }

    /** Applies the stamp of a message to the sequence, after its keys were evicted or its floor raised. */
    public synchronized Sequence advance(long stamp, int count) {
        Sequence sequence = rules.sequence(lastSeen, stamp, count);
        highest = Math.max(highest, stamp);
        switch (sequence) {
            case IN_ORDER -> lastSeen = stamp;
            case GAP -> {
                missed();
                lastSeen = stamp;
            }
            // lastSeen stays: the resynchronisation has to see that the clock went back.
            case WENT_BACK -> missed();
            case DUPLICATE -> {}
        }
        return sequence;
    }

    /** A message may have been missed, and nothing is known of its stamp. */
    public synchronized void missed() {
        generation++;
        floorKnown = false;
    }

    /** Compares with the clock and floor that were read on the message connection, in order with the messages. */
    public synchronized Resync resynchronise(boolean first, boolean sameHistory, long clock, long serverFloor) {
        Resync resync = rules.resync(first, sameHistory, lastSeen, clock);
        switch (resync) {
            case KEPT -> {}
            case FIRST, ADVANCED -> {
                if (floorForgotten && resync == Resync.FIRST) {
                    floor = serverFloor;
                    floorForgotten = false;
                }
                generation++;
                lastSeen = clock;
                highest = Math.max(highest, clock);
            }
            case HISTORY_CHANGED -> {
                // In doubt first: a read of the next generation must not ask the remote tier.
                inDoubt = true;
                floorForgotten = true;
                missed();
            }
        }
        if (resync != Resync.HISTORY_CHANGED) {
            raiseFloor(serverFloor);
            floorKnown = true;
        }
        return resync;
    }
}
