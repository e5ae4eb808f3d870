package io.crema.internal.writebehind;

import io.crema.internal.remote.JournalAccess;
import io.crema.internal.remote.RareLog;
import io.crema.internal.time.InstanceClock;
import io.crema.policy.WritePolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the journal of one cache to its origin, as far as this instance owns the partitions. Instances share them by
 * rendezvous hashing (Thaler and Ravishankar, 1998) over those that are alive, so that all come to the same share without
 * agreeing on it; what makes it safe when they do not is the lease of each partition.
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

    private volatile @Nullable JournalAccess journal;
    private volatile List<PartitionFlusher> partitions = List.of();
    private final AtomicLong lastRounds = new AtomicLong();
    private volatile boolean draining;
    private volatile boolean closed;

    // Guarded by this
    private int running;
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    /** @param random gives random numbers, none of them 0 */
    public Flusher(
            String cache,
            WritePolicy.Behind policy,
            InstanceClock clock,
            Executor executor,
            RareLog log,
            BatchWriter writer,
            LongSupplier random,
            IntToLongFunction highest) {
        this.cache = cache;
        this.policy = policy;
        this.clock = clock;
        this.executor = executor;
        this.log = log;
        this.writer = writer;
        this.random = random;
        this.identity = random.getAsLong();
        this.highest = highest;
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
        return partitions.stream().mapToLong(PartitionFlusher::entries).sum();
    }

    /** How long ago the oldest of those was made; milliseconds. */
    public long lagMillis() {
        return partitions.stream()
                .mapToLong(PartitionFlusher::oldestMillis)
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
        if (draining) {
            partitions.forEach(PartitionFlusher::renew);
            return;
        }
        long lease = policy.lease().toMillis();
        CompletableFuture<?> unused = access.members(identity, lease).whenComplete((alive, none) -> {
            // Without an answer what is owned is kept as long as it can be.
            if (alive.isPresent() && !closed && !draining) {
                partitions.forEach(partition -> partition.share(isPreferred(partition.index(), alive.get())));
            }
        });
    }

    private boolean isPreferred(int partition, List<Long> alive) {
        long own = score(partition, identity);
        return alive.stream().allMatch(other -> Long.compareUnsigned(score(partition, other), own) <= 0);
    }

    /** SplitMix64's finaliser, by which one bit of difference changes half of them. */
    private static long score(int partition, long instance) {
        long z = instance + (partition + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    // When it writes

    private void window() {
        if (closed || draining) {
            return;
        }
        partitions.forEach(PartitionFlusher::flush);
        clock.after(policy.delay().toNanos(), this::window);
    }

    /** The number of the window that is open: a key is written once in each. While the cache is closed each round has one. */
    long windowNow() {
        return draining
                ? Long.MAX_VALUE / 2 + lastRounds.incrementAndGet()
                : clock.exact() / policy.delay().toNanos();
    }

    boolean isDraining() {
        return draining;
    }

    boolean isClosed() {
        return closed;
    }

    /** Runs a task on the executor when one of the flushers is free for it; {@link #ended} follows. */
    void begin(Runnable task) {
        synchronized (this) {
            if (running == policy.flushers()) {
                waiting.add(task);
                return;
            }
            running++;
        }
        executor.execute(task);
    }

    /** A task has ended. */
    void ended() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                running--;
                return;
            }
        }
        executor.execute(next);
    }

    // The end

    /** Writes what is left in the partitions of this instance; then others may have them. Ends when that is done. */
    public CompletableFuture<Void> drain() {
        draining = true;
        return CompletableFuture.allOf(
                partitions.stream().map(PartitionFlusher::drain).toArray(CompletableFuture<?>[]::new));
    }

    /** Gives everything back; what is left stays in the journal, for others. Ends when the remote tier has answered. */
    public CompletableFuture<Void> leave() {
        closed = true;
        JournalAccess access = journal;
        if (access == null) {
            return CompletableFuture.completedFuture(null);
        }
        long left = pending();
        if (left > 0) {
            log.say("Cache '" + cache + "': closed before " + left + " writes had reached the origin; they stay in the"
                    + " journal, and another instance makes them, or this one when it is there again");
        }
        List<CompletableFuture<?>> all = new ArrayList<>();
        partitions.forEach(partition -> all.add(partition.disown()));
        all.add(access.leave(identity));
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }
}
