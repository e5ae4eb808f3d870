package io.crema.internal.sync;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.CoherenceRules.Resync;
import io.crema.internal.coherence.CoherenceRules.Sequence;
import io.crema.internal.coherence.Lease;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.Partitions;
import io.crema.internal.remote.RemoteAccess;
import io.crema.internal.sync.PartitionSync.Comparison;
import io.crema.internal.sync.PartitionSync.Outcome;
import io.crema.internal.time.InstanceClock;
import io.crema.policy.HistoryChange;
import io.crema.spi.BusConnection;
import io.crema.spi.BusPosition;
import io.crema.spi.Invalidation;
import io.crema.spi.RemoteKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One cache on the bus: applies its messages, knows how far each partition is synchronised, and remembers what a failover
 * may lose. Messages and replies of one connection come one at a time, those of different ones at any time.
 */
public final class Subscription {

    /** Applies what messages say. */
    public interface Evictor {

        /**
         * One key of a message, or one tag: what it makes wrong is served no more, reads under way are detached.
         *
         * @throws io.crema.spi.CodecException if the key cannot be decoded
         */
        void evict(byte[] key, Partition partition, Invalidation.Kind kind, long stamp);

        /** A message said that everything of a partition is gone, and its entries are served no more. */
        void cleared(Partition partition);
    }

    private final RemoteAccess access;
    private final Partitions partitions;
    private final CoherenceRules rules;
    private final InstanceClock clock;
    private final Lease lease;
    private final Evictor evictor;
    private final Repairs repairs;
    private final List<PartitionSync> syncs;
    private final @Nullable List<ReplayWindow> windows;
    private final LongAdder keysReceived = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder kept = new LongAdder();

    private volatile @Nullable Runnable onConfirmation;

    /** @param tokens gives random identities for tags' versions */
    public Subscription(
            RemoteAccess access,
            Partitions partitions,
            CoherenceRules rules,
            InstanceClock clock,
            HistoryChange onHistoryChange,
            Lease lease,
            Evictor evictor,
            LongSupplier tokens) {
        this.access = access;
        this.partitions = partitions;
        this.rules = rules;
        this.clock = clock;
        this.lease = lease;
        this.evictor = evictor;
        this.syncs = partitions.all().stream()
                .map(partition -> new PartitionSync(partition, rules))
                .toList();
        AtomicInteger noted = new AtomicInteger();
        this.windows = onHistoryChange == HistoryChange.TRUST
                ? null
                : Stream.generate(() -> new ReplayWindow(noted))
                        .limit(syncs.size())
                        .toList();
        this.repairs = new Repairs(access, partitions, rules, onHistoryChange, windows, tokens);
    }

    String cacheName() {
        return access.cache().name();
    }

    Repairs repairs() {
        return repairs;
    }

    // What is written

    /**
     * A write of this instance was acknowledged. Returns whether it counts: its stamp may say that a server executed it
     * that has been replaced, and then it has to be made again, as an invalidation.
     *
     * @param originVersion of the write; 0 = none
     */
    public boolean acknowledged(RemoteKey key, long originVersion, long stamp) {
        note(key, originVersion);
        // After it was noted: a repair that is not seen here has yet to look at what was noted.
        return rules.countsAsExecuted(stamp, partitions.get(key.partition()).epoch());
    }

    /** The same of a clear. */
    public boolean acknowledgedClear(Partition partition, long floor) {
        noteClear(partition);
        return rules.countsAsExecuted(floor, partition.epoch());
    }

    private void note(RemoteKey key, long originVersion) {
        if (windows != null) {
            windows.get(key.partition()).note(key, originVersion, clock.exact());
        }
    }

    private void noteClear(Partition partition) {
        if (windows != null) {
            windows.get(partition.index()).noteClear(clock.exact());
        }
    }

    // Messages. Each returns whether the partition's clock is to be compared.

    /** Detach and evict first, then the sequence: a gap found here must not hide that the keys were named. */
    boolean apply(BusConnection from, Invalidation message) {
        Partition partition = partitions.get(message.partition());
        keysReceived.add(message.keys().size());
        boolean readable = true;
        for (byte[] key : message.keys()) {
            note(new RemoteKey(partition.index(), key), 0);
            readable &= evict(key, partition, message.kind(), message.stamp());
        }
        if (!readable) {
            partition.missed();
        }
        boolean suspect = advance(from, partition, message.stamp(), message.count());
        return readable ? suspect : gap(from, partition);
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

    /** The floor of another connection may be one of a server that was replaced, and is not taken over. */
    boolean applyClear(BusConnection from, int index, long stamp) {
        Partition partition = partitions.get(index);
        noteClear(partition);
        if (syncs.get(index).isOn(from)) {
            partition.raiseFloor(stamp);
        } else {
            partition.missed();
        }
        evictor.cleared(partition);
        return advance(from, partition, stamp, 1);
    }

    boolean applyUnreadable(BusConnection from, int index) {
        Partition partition = partitions.get(index);
        partition.missed();
        return gap(from, partition);
    }

    private boolean advance(BusConnection from, Partition partition, long stamp, int count) {
        Sequence sequence = syncs.get(partition.index()).advance(from, stamp, count);
        return switch (sequence) {
            case GAP, WENT_BACK -> gap(from, partition);
            case IN_ORDER, DUPLICATE -> false;
        };
    }

    private boolean gap(BusConnection from, Partition partition) {
        gaps.increment();
        return syncs.get(partition.index()).isOn(from);
    }

    // Synchronisation. Sets are numbers of partitions.

    Set<Integer> all() {
        return select(syncs, sync -> true);
    }

    /** Those that a connection carries and that have none. */
    Set<Integer> join(Link link) {
        if (syncs.stream().noneMatch(PartitionSync::hasNoLink)) {
            return Set.of();
        }
        Set<Integer> carried = link.connection.carries(cacheName());
        return select(of(carried), sync -> sync.join(link));
    }

    void leave(Link link, Set<Integer> those) {
        of(those).forEach(sync -> sync.leave(link));
    }

    void subscribed(Link link, Set<Integer> those) {
        of(those).forEach(sync -> sync.subscribed(link));
    }

    /** Those whose clock is to be read now. */
    Set<Integer> beginCompare(Link link, Set<Integer> those) {
        return select(of(those), sync -> sync.beginsCompare(link));
    }

    Set<Integer> suspects(Link link) {
        return select(syncs, sync -> sync.isSuspect(link));
    }

    /** @param toRepair those whose history changed */
    record Compared(boolean newlySynchronised, List<PartitionSync> toRepair) {}

    Compared compare(Link link, Set<Integer> those, BusPosition position) {
        boolean newly = false;
        List<PartitionSync> toRepair = new ArrayList<>();
        for (PartitionSync sync : of(those)) {
            Comparison comparison = sync.compare(link, position);
            count(comparison.resync());
            newly |= comparison.outcome() == Outcome.SYNCHRONISED;
            if (comparison.outcome() == Outcome.TO_REPAIR) {
                toRepair.add(sync);
            }
        }
        return new Compared(newly, toRepair);
    }

    private void count(@Nullable Resync resync) {
        if (resync == Resync.KEPT) {
            kept.increment();
        } else if (resync == Resync.ADVANCED || resync == Resync.HISTORY_CHANGED) {
            gaps.increment();
        }
    }

    /** A heartbeat was answered: what is synchronised on its connection is confirmed. */
    void confirm(Link link, String history, long sent) {
        confirmed(select(syncs, sync -> sync.confirm(link, history, sent)));
    }

    /** Those that the clocks are to confirm, since single messages may get lost. */
    Set<Integer> toConfirm(Link link, String history) {
        return select(syncs, sync -> sync.holds(link, history));
    }

    /** Returns those whose clock is to be compared. */
    Set<Integer> confirmRelayed(Link link, Set<Integer> those, BusPosition position, long sent) {
        Set<Integer> missing = select(of(those), sync -> sync.confirmRelayed(link, position, sent));
        confirmed(those);
        return missing;
    }

    private void confirmed(Set<Integer> those) {
        for (int index : those) {
            if (windows != null) {
                windows.get(index).confirmed(partitions.get(index).confirmed());
            }
        }
        Runnable first = onConfirmation;
        if (!those.isEmpty() && lease.raise(partitions) && first != null) {
            onConfirmation = null;
            first.run();
        }
    }

    private List<PartitionSync> of(Set<Integer> those) {
        return those.stream()
                .filter(index -> index >= 0 && index < syncs.size())
                .map(syncs::get)
                .toList();
    }

    private static Set<Integer> select(List<PartitionSync> from, Predicate<PartitionSync> which) {
        Set<Integer> selected = new HashSet<>();
        for (PartitionSync sync : from) {
            if (which.test(sync)) {
                selected.add(sync.partition().index());
            }
        }
        return selected;
    }

    /** Runs a task once, when all partitions have been confirmed for the first time. */
    public void onFirstConfirmation(Runnable task) {
        onConfirmation = task;
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
