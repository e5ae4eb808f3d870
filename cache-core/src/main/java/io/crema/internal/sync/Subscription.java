package io.crema.internal.sync;

import io.crema.internal.coherence.CoherenceRules.Resync;
import io.crema.internal.coherence.CoherenceRules.Sequence;
import io.crema.internal.coherence.Lease;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.Partitions;
import io.crema.internal.remote.RemoteAccess;
import io.crema.spi.BusPosition;
import io.crema.spi.Invalidation;
import io.crema.spi.RemoteCache;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One cache on the bus: applies its messages, and remembers how far it is synchronised. Messages and replies come one at
 * a time; the state of synchronisation is guarded by the {@link BusSession}.
 */
public final class Subscription {

    /** Applies one key of a message, or one tag: what it makes wrong is served no more, reads under way are detached. */
    @FunctionalInterface
    public interface Evictor {

        /** @throws io.crema.spi.CodecException if the key cannot be decoded */
        void evict(byte[] key, Partition partition, Invalidation.Kind kind, long stamp);
    }

    /** How far the subscription has come on the present connection. */
    enum State {
        /** Nothing was asked for. */
        IDLE,
        /** The subscription is not acknowledged yet. */
        SUBSCRIBING,
        /** Subscribed; the clocks are being compared. */
        JOINING,
        /** The server names another history than the clocks belong to; they are compared at the next heartbeat. */
        SUSPECT,
        /** The history changed; the remote tier is being repaired. */
        REPAIRING,
        /** Every message since the clocks were compared has been applied, or its absence noticed. */
        SYNCHRONISED;

        /** Whether comparing the clocks now says something. */
        boolean mayCompare() {
            return this == JOINING || this == SUSPECT || this == SYNCHRONISED;
        }
    }

    private final RemoteAccess access;
    private final Partitions partitions;
    private final Lease lease;
    private final Evictor evictor;
    private final LongAdder keysReceived = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder kept = new LongAdder();

    State state = State.IDLE;
    boolean positionAsked;
    boolean repairNeeded;

    private volatile @Nullable Runnable onConfirmation;

    /** The history that the partitions' clocks belong to; null = not known, so the next position counts as a gap. */
    private @Nullable String history;

    public Subscription(RemoteAccess access, Partitions partitions, Lease lease, Evictor evictor) {
        this.access = access;
        this.partitions = partitions;
        this.lease = lease;
        this.evictor = evictor;
    }

    RemoteCache cache() {
        return access.cache();
    }

    RemoteAccess access() {
        return access;
    }

    Partitions partitions() {
        return partitions;
    }

    boolean hasHistory(String other) {
        return other.equals(history);
    }

    /** Detach and evict first, then the sequence: a gap found here must not hide that the keys were named. */
    Sequence apply(Invalidation message) {
        Partition partition = partitions.get(message.partition());
        keysReceived.add(message.keys().size());
        boolean readable = true;
        for (byte[] key : message.keys()) {
            readable &= evict(key, partition, message.kind(), message.stamp());
        }
        if (!readable) {
            partition.missed();
        }
        Sequence sequence = noted(partition.advance(message.stamp(), message.count()));
        return readable ? sequence : noted(Sequence.GAP);
    }

    private boolean evict(byte[] key, Partition partition, Invalidation.Kind kind, long stamp) {
        try {
            evictor.evict(key, partition, kind, stamp);
            return true;
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            // Of the user's code: the message must count all the same.
            return false;
        }
    }

    Sequence applyClear(int index, long stamp) {
        Partition partition = partitions.get(index);
        partition.raiseFloor(stamp);
        return noted(partition.advance(stamp, 1));
    }

    Sequence applyUnreadable(int index) {
        partitions.get(index).missed();
        return noted(Sequence.GAP);
    }

    private Sequence noted(Sequence sequence) {
        if (sequence == Sequence.GAP || sequence == Sequence.WENT_BACK) {
            gaps.increment();
        }
        return sequence;
    }

    /** Compares all partitions; if the history of one changed, that of all is unknown until they are repaired. */
    boolean resynchronise(BusPosition position) {
        boolean first = history == null;
        boolean same = hasHistory(position.history());
        Set<Resync> found = EnumSet.noneOf(Resync.class);
        for (Partition partition : partitions.all()) {
            Resync resync = partition.resynchronise(
                    first,
                    same,
                    position.at(partition.index()).clock(),
                    position.at(partition.index()).floor());
            found.add(resync);
            switch (resync) {
                case KEPT -> kept.increment();
                case ADVANCED, HISTORY_CHANGED -> gaps.increment();
                case FIRST -> {}
            }
        }
        boolean changed = found.contains(Resync.HISTORY_CHANGED);
        history = changed ? null : position.history();
        return !changed;
    }

    /** Runs a task once, when the lease has been confirmed for the first time. */
    public void onFirstConfirmation(Runnable task) {
        onConfirmation = task;
    }

    void confirm(long time) {
        lease.confirm(time);
        Runnable first = onConfirmation;
        if (first != null) {
            onConfirmation = null;
            first.run();
        }
    }

    public long keysReceived() {
        return keysReceived.sum();
    }

    public long gaps() {
        return gaps.sum();
    }

    public long kept() {
        return kept.sum();
    }
}
