package io.crema.internal.writebehind;

import io.crema.internal.remote.JournalAccess;
import io.crema.internal.remote.RareLog;
import io.crema.internal.time.InstanceClock;
import io.crema.policy.WritePolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the journal of one cache to its origin, as far as this instance owns the partitions. Instances come to the same
 * {@link Shares} without agreeing on them; what makes it safe when they do not is the lease of each partition.
 *
 * <p>All instances that have the writer do this. Nothing here blocks; calls of the writer run on the executor.
 */
public final class Flusher {

    /** An instance is looked for, and leases are renewed, that often within the time of a lease. */
    private static final int RENEWALS = 3;

    final String cache;
    final WritePolicy.Behind policy;
    final InstanceClock clock;
    final Executor executor;
    final RareLog log;
    final BatchWriter writer;
    final LongSupplier random;
    final long identity;

    /** The highest stamp that was met of a partition. */
    final IntToLongFunction highest;

    /** The history of a partition, by a number that changes when a repair follows a change of it. */
    final IntToLongFunction epoch;

    private volatile @Nullable JournalAccess journal;
    private volatile List<PartitionFlusher> partitions = List.of();

    /** What the instances that are alive had noted when that was looked at last. */
    private volatile Set<Long> noted = Set.of();

    /** What this instance has noted to leave partitions to others; changed by the clock's thread. */
    private final Set<Long> absences = ConcurrentHashMap.newKeySet();

    /** The number of the window that is open. */
    private final AtomicLong windows = new AtomicLong();

    /** How many calls of the writer hang; each still has its flusher. */
    private final AtomicInteger hanging = new AtomicInteger();

    private volatile boolean draining;
    private volatile boolean closed;

    /** A task that needs a flusher, and who is told if nobody runs it. */
    private record Waiting(Runnable task, Consumer<Throwable> onFailure) {}

    // Guarded by this
    private int running;
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    /** @param random gives random numbers, none of them 0 */
    public Flusher(
            String cache,
            WritePolicy.Behind policy,
            InstanceClock clock,
            Executor executor,
            RareLog log,
            BatchWriter writer,
            LongSupplier random,
            IntToLongFunction highest,
            IntToLongFunction epoch) {
        this.cache = cache;
        this.policy = policy;
        this.clock = clock;
        this.executor = executor;
        this.log = log;
        this.writer = writer;
        this.random = random;
        this.identity = Shares.identity(random.getAsLong());
        this.highest = highest;
        this.epoch = epoch;
    }

    /** The remote tier was reached. Called once. */
    public void start(JournalAccess access, int count) {
        journal = access;
        List<PartitionFlusher> all = new ArrayList<>(count);
        for (int partition = 0; partition < count; partition++) {
            all.add(new PartitionFlusher(this, access, partition));
        }
        partitions = List.copyOf(all);
        share();
        window();
    }

    /** How many writes of the partitions that this instance owns were in their journals when they were last looked at. */
    public long pending() {
        return partitions.stream().mapToLong(each -> each.lease().entries()).sum();
    }

    /** How long ago the oldest of those was made; milliseconds. */
    public long lagMillis() {
        return partitions.stream()
                .mapToLong(each -> each.lease().oldestMillis())
                .max()
                .orElse(0);
    }

    // Who owns what

    private void share() {
        JournalAccess access = journal;
        if (closed || access == null) {
            return;
        }
        clock.after(policy.lease().toNanos() / RENEWALS, this::share);
        sayWhatHangs();
        if (draining) {
            partitions.forEach(PartitionFlusher::renew);
            return;
        }
        noteAbsences(access);
        CompletableFuture<?> unused = access.members(identity, policy.lease().toMillis())
                .thenAccept(alive -> {
                    if (alive.isEmpty()) {
                        // What is owned is kept as long as it can be.
                        partitions.forEach(PartitionFlusher::renew);
                    } else if (!closed && !draining) {
                        noted = Set.copyOf(alive.get());
                        partitions.forEach(each -> each.share(Shares.isPreferred(each.index(), identity, noted)));
                        partitions.stream()
                                .filter(each -> each.lease().entries() >= policy.batch())
                                .forEach(PartitionFlusher::flushFullBatches);
                    }
                });
    }

    /** Before what says that this instance is alive, so that nobody reads that without them. */
    private void noteAbsences(JournalAccess access) {
        Set<Long> now = new LinkedHashSet<>();
        if (hanging.get() >= policy.flushers()) {
            now.add(Shares.absence(identity, Shares.ALL));
        }
        partitions.stream()
                .filter(PartitionFlusher::isLeftToOthers)
                .forEach(each -> now.add(Shares.absence(identity, each.index())));
        absences.removeAll(now);
        absences.forEach(over -> forgetting(access, over));
        absences.clear();
        absences.addAll(now);
        absences.forEach(absence -> {
            CompletableFuture<?> unused = access.members(absence, policy.lease().toMillis());
        });
    }

    private static void forgetting(JournalAccess access, long number) {
        CompletableFuture<?> unused = access.leave(number);
    }

    /** Whether there is another instance that may write a partition. */
    boolean othersMayWrite(int partition) {
        return Shares.othersMay(partition, identity, noted);
    }

    // When it writes

    private void window() {
        if (closed || draining) {
            return;
        }
        clock.after(policy.delay().toNanos(), this::window);
        windows.incrementAndGet();
        partitions.forEach(PartitionFlusher::flush);
    }

    /** In which a key is written once. While the cache is being closed each call of the writer has one of its own. */
    long windowNow() {
        return draining ? windows.incrementAndGet() : windows.get();
    }

    boolean isDraining() {
        return draining;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Runs a task on the executor when one of the flushers is free for it; {@link #ended} follows, unless it is not run.
     *
     * @param onFailure told if it cannot be run
     */
    void begin(Runnable task, Consumer<Throwable> onFailure) {
        Waiting next = new Waiting(task, onFailure);
        synchronized (this) {
            if (running == policy.flushers()) {
                waiting.add(next);
                return;
            }
            running++;
        }
        run(next);
    }

    /** A task has ended. */
    void ended() {
        Waiting next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                running--;
                return;
            }
        }
        run(next);
    }

    private void run(Waiting next) {
        try {
            executor.execute(next.task);
        } catch (RuntimeException | Error e) {
            ended();
            next.onFailure.accept(e);
        }
    }

    /** A call of the writer was given up, but has not ended. */
    void hangs(int partition) {
        hanging.incrementAndGet();
        log.say("Cache '" + cache + "': a call of the writer hangs, and did not end when it was interrupted "
                + policy.lease() + " ago. The writes of partition " + partition
                + " are left to other instances, if there"
                + " are any; what this call still writes may come after what they write, unless the origin compares write"
                + " ids. Give the writer's connections a time limit");
    }

    void hangsNoMore() {
        hanging.decrementAndGet();
    }

    private void sayWhatHangs() {
        int calls = hanging.get();
        if (calls > 0) {
            log.warn(
                    "Cache '" + cache + "': calls of the writer hang",
                    new TimeoutException(calls + " of " + policy.flushers() + " at a time"));
        }
    }

    // The end

    /** Writes what is left in the partitions of this instance; then others may have them. Ends when that is done. */
    public CompletableFuture<Void> drain() {
        draining = true;
        return CompletableFuture.allOf(
                partitions.stream().map(PartitionFlusher::drain).toArray(CompletableFuture<?>[]::new));
    }

    /** From now on nothing is begun, and what fails is not counted. */
    public void stop() {
        closed = true;
    }

    /** Gives everything back; what is left stays in the journal, for others. Ends when the remote tier has answered. */
    public CompletableFuture<Void> leave() {
        stop();
        JournalAccess access = journal;
        if (access == null) {
            return CompletableFuture.completedFuture(null);
        }
        long known = pending();
        List<CompletableFuture<Long>> left =
                partitions.stream().map(PartitionFlusher::leave).toList();
        absences.forEach(absence -> forgetting(access, absence));
        return CompletableFuture.allOf(
                        access.leave(identity), CompletableFuture.allOf(left.toArray(CompletableFuture<?>[]::new)))
                .thenRun(() -> sayWhatIsLeft(
                        known, left.stream().map(CompletableFuture::join).toList()));
    }

    /** Of the journals that nobody else writes, those too that this instance had no time to take. */
    private void sayWhatIsLeft(long known, List<Long> left) {
        long writes = left.stream()
                .filter(each -> each != PartitionLease.UNKNOWN)
                .mapToLong(Long::longValue)
                .sum();
        boolean unknown = left.contains(PartitionLease.UNKNOWN);
        if (unknown || writes > 0) {
            log.say("Cache '" + cache + "': closed before "
                    + (unknown
                            ? "the remote tier said how many writes, " + Math.max(known, writes) + " when it was asked"
                                    + " before, "
                            : writes + " writes ")
                    + "had reached the origin; they stay in the journal, and another instance makes them, or this one when"
                    + " it is there again");
        }
    }
}
