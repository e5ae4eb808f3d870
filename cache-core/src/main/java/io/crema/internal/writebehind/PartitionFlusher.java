package io.crema.internal.writebehind;

import io.crema.internal.remote.Answer;
import io.crema.internal.remote.JournalAccess;
import io.crema.internal.writebehind.BatchWriter.Failure;
import io.crema.internal.writebehind.PendingWrites.Item;
import io.crema.internal.writebehind.PendingWrites.Moment;
import io.crema.internal.writebehind.PendingWrites.Superseded;
import io.crema.spi.JournalEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Writes the journal of one partition while this instance owns it: read, write, note, and again until nothing is due. One
 * such round runs at a time, so writes of a key keep their order. It begins with a window, or earlier for full batches only.
 * Without an answer of the remote tier the round ends, and the next one begins with the next window. Whatever is thrown
 * ends it too, and what was read is read again.
 */
final class PartitionFlusher {

    /** How many writes are read at once; fewer after a read that was not answered in time, as one of very large values. */
    private static final int LARGEST_PAGE = 1_000;

    /** How often is read in a round: where writes come faster than they are read there is always one more. */
    private static final int MOST_READS = 64;

    /** Soon enough to look again whether what failed is due, while the cache is being closed. */
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** What a round does, as far as it matters to whether the partition can be given up meanwhile. */
    private enum Stage {
        OTHER,
        /** It waits for a flusher. */
        WAITS,
        /** The writer is called. */
        CALLS,
        /** The writer's call does not end, and nobody waits for it any more. */
        HANGS
    }

    private final Flusher flusher;
    private final JournalAccess journal;
    private final PartitionLease lease;
    private final JournalNotes notes;
    private final Retries retries;
    private final int partition;
    private final AtomicBoolean busy = new AtomicBoolean();

    /** A window has begun, and what waits is due. */
    private final AtomicBoolean windowBegan = new AtomicBoolean();

    private volatile boolean preferred;
    private volatile boolean holdsUnreadable;
    private volatile boolean isLeft;
    private volatile @Nullable CompletableFuture<Void> drained;

    /** Guarded by this, for writes. */
    private volatile Stage stage = Stage.OTHER;

    // Used by the round that is under way
    private final PendingWrites pending;
    private long readUpTo;
    private int page = LARGEST_PAGE;
    private int reads;
    private boolean mayHoldMore = true;
    private boolean readAll;
    private boolean wroteFullBatch;

    /** Whether what does not fill a batch waits for the next window. */
    private boolean onlyFullBatches;

    private long lookAgainAt = Long.MIN_VALUE;
    private long epoch;

    PartitionFlusher(Flusher flusher, JournalAccess journal, int partition) {
        this.flusher = flusher;
        this.journal = journal;
        this.partition = partition;
        this.lease = new PartitionLease(flusher, journal, partition);
        this.notes = new JournalNotes(flusher, journal, lease, partition);
        this.retries = new Retries(flusher.policy.retry(), flusher.random);
        this.pending = new PendingWrites(flusher.policy.coalescing());
    }

    int index() {
        return partition;
    }

    PartitionLease lease() {
        return lease;
    }

    /** Whether others should write it, if they can: it holds what cannot be read here, or the writer hangs. */
    boolean isLeftToOthers() {
        return holdsUnreadable || stage == Stage.HANGS;
    }

    // Ownership

    /** Keeps what is owned. */
    void renew() {
        if (lease.isOwned()) {
            lease.take();
        }
    }

    /** @param mine whether it is this instance's share */
    void share(boolean mine) {
        preferred = mine;
        if (mine) {
            lease.take();
        } else if (!lease.isOwned()) {
            lease.forget();
        } else if (!yielded() && busy.compareAndSet(false, true)) {
            // Between two rounds, so nothing is under way.
            CompletableFuture<?> unused = lease.giveUp().whenComplete((done, none) -> endRound());
        }
    }

    /** Gives it up in the midst of a round that is not about to write; that will see it. */
    private synchronized boolean yielded() {
        boolean yields = stage == Stage.WAITS || stage == Stage.HANGS;
        if (yields) {
            CompletableFuture<?> unused = lease.giveUp();
        }
        return yields;
    }

    private synchronized void reach(Stage next) {
        stage = next;
    }

    /** Returns whether the writer may be called, which nobody prevents from now on. */
    private synchronized boolean beginCall() {
        boolean mine = lease.isUnbroken() && !flusher.isClosed();
        stage = mine ? Stage.CALLS : Stage.OTHER;
        return mine;
    }

    // A round

    /** Writes what is due; by the round that is under way, if there is one, or another after it. */
    void flush() {
        windowBegan.set(true);
        flushFullBatches();
    }

    /** As {@link #flush}, but what does not fill a batch waits for the next window. */
    void flushFullBatches() {
        if (lease.isOwned() && busy.compareAndSet(false, true)) {
            step(this::begin);
        } else {
            endDrain();
        }
    }

    /** A part of the round, which goes on or ends in it. */
    private void step(Runnable part) {
        try {
            part.run();
        } catch (Throwable e) {
            broken(e);
        }
    }

    private void broken(Throwable failure) {
        flusher.log.warn(
                "Cache '" + flusher.cache + "': writing the journal of partition " + partition
                        + " to the origin stopped, and begins again",
                failure);
        lease.breakOff();
        reach(Stage.OTHER);
        wroteFullBatch = false;
        endRound();
    }

    private void begin() {
        onlyFullBatches = !windowBegan.getAndSet(false);
        wroteFullBatch = false;
        long now = flusher.clock.exact();
        epoch = breakOffIfReplaced();
        if (lease.begin()) {
            pending.clear();
            readUpTo = 0;
            lookAgainAt = now + flusher.policy.lease().toNanos();
        } else if (pending.unreadable() > 0 && readAll && now >= lookAgainAt) {
            readUpTo = pending.firstUnreadable() - 1;
            pending.forgetUnreadable();
            lookAgainAt = now + flusher.policy.lease().toNanos();
        }
        reads = 0;
        readAll = false;
        mayHoldMore = true;
        next();
    }

    /** A fail-over may have brought back what was written and noted, and given new writes lower ids. */
    private long breakOffIfReplaced() {
        long present = flusher.epoch.applyAsLong(partition);
        if (present != epoch) {
            lease.breakOff();
        }
        return present;
    }

    private void next() {
        long unused = breakOffIfReplaced();
        if (!lease.isUnbroken() || flusher.isClosed()) {
            endRound();
        } else if (mayHoldMore && !pending.isFull()) {
            read();
        } else {
            write();
        }
    }

    private void read() {
        int asked = page;
        CompletableFuture<?> unused = journal.read(partition, flusher.identity, readUpTo, asked)
                .thenAcceptAsync(entries -> step(() -> read(entries, asked)), flusher.executor)
                .exceptionally(failure -> {
                    broken(failure);
                    return null;
                });
    }

    private void read(Answer<List<JournalEntry>> entries, int asked) {
        if (entries.isEmpty()) {
            if (entries.reason() instanceof IllegalStateException) {
                lease.lose();
            } else {
                page = Math.max(1, asked / 4);
            }
            endRound();
            return;
        }
        for (JournalEntry entry : entries.get()) {
            if (pending.add(entry)) {
                flusher.writer.unreadable(entry, partition);
            }
            readUpTo = entry.id();
        }
        reads++;
        readAll = entries.get().isEmpty();
        mayHoldMore = !readAll && reads < MOST_READS;
        page = Math.min(LARGEST_PAGE, 2 * asked);
        next();
    }

    private void write() {
        int batch = flusher.policy.batch();
        long now = flusher.clock.exact();
        Moment moment = new Moment(now, flusher.windowNow(), retries.mayBegin(now));
        List<Item> items = onlyFullBatches && !pending.holds(batch, moment) ? List.of() : pending.take(batch, moment);
        if (items.isEmpty()) {
            endWith(pending.superseded(batch));
            return;
        }
        List<Item> toWrite = items.stream().filter(item -> !item.isWritten()).toList();
        if (toWrite.isEmpty()) {
            note(items, Map.of(), items);
        } else {
            reach(Stage.WAITS);
            flusher.begin(() -> step(() -> call(items, toWrite)), this::broken);
        }
    }

    private void call(List<Item> items, List<Item> toWrite) {
        Map<Integer, Failure> failures = Map.of();
        boolean called = false;
        try {
            called = beginCall();
            if (called) {
                failures = TimedCall.write(flusher, toWrite, this::hangs);
            }
        } finally {
            reach(Stage.OTHER);
            flusher.ended();
        }
        if (called) {
            boolean failed = failures.size() == toWrite.size()
                    && failures.values().stream().anyMatch(failure -> !failure.isUndecodable());
            if (retries.ended(failed, flusher.clock.exact())) {
                pending.writeTogetherAgain();
            }
            // The lease is renewed meanwhile; a writer that took longer than that has written what others may write
            // again.
            note(items, failures, toWrite);
        } else {
            // Others have it by now, perhaps.
            items.forEach(pending::notTried);
            endRound();
        }
    }

    private void hangs() {
        reach(Stage.HANGS);
        flusher.hangs(partition);
    }

    /**
     * What came of one request to the journal.
     *
     * @param goesOn whether the round does
     * @param change what it means for what is pending; made when all requests have ended, by one thread
     */
    private record Noted(boolean goesOn, Runnable change) {}

    /** Tells the journal what the origin has, and sees to the rest. */
    private void note(List<Item> items, Map<Integer, Failure> failures, List<Item> tried) {
        List<Item> written = new ArrayList<>();
        List<CompletableFuture<Noted>> noted = new ArrayList<>();
        for (int i = 0; i < tried.size(); i++) {
            Failure failure = failures.get(i);
            if (failure == null) {
                written.add(tried.get(i));
            } else {
                noted.add(failed(tried.get(i), failure, tried.size()));
            }
        }
        items.stream().filter(item -> item.isWritten() && !tried.contains(item)).forEach(written::add);
        if (!written.isEmpty()) {
            noted.add(noteWritten(written));
        }
        whenNoted(noted, items.size());
    }

    private void whenNoted(List<CompletableFuture<Noted>> noted, int items) {
        CompletableFuture<?> unused = CompletableFuture.allOf(noted.toArray(CompletableFuture<?>[]::new))
                .thenRunAsync(() -> step(() -> noted(noted, items)), flusher.executor)
                .exceptionally(failure -> {
                    broken(failure);
                    return null;
                });
    }

    private void noted(List<CompletableFuture<Noted>> ended, int items) {
        List<Noted> all = ended.stream().map(CompletableFuture::join).toList();
        all.forEach(each -> each.change().run());
        if (all.stream().allMatch(Noted::goesOn)) {
            wroteFullBatch |= items == flusher.policy.batch();
            next();
        } else {
            endRound();
        }
    }

    private CompletableFuture<Noted> noteWritten(List<Item> items) {
        List<JournalEntry> entries =
                items.stream().flatMap(item -> item.entries().stream()).toList();
        return notes.written(entries)
                .thenApply(done -> new Noted(done, () -> items.forEach(done ? pending::done : pending::notNoted)));
    }

    /** It is left to others, or tried again later, or given up; never for what it failed together with. */
    private CompletableFuture<Noted> failed(Item item, Failure failure, int tried) {
        if (flusher.isClosed()) {
            return CompletableFuture.completedFuture(new Noted(false, () -> pending.notTried(item)));
        }
        if (failure.isUndecodable() && flusher.othersMayWrite(partition)) {
            return CompletableFuture.completedFuture(new Noted(true, () -> {
                pending.unreadable(item);
                flusher.writer.unreadable(item.entry(), partition);
            }));
        }
        int attempts = flusher.policy.attempts();
        if (item.attempt() >= attempts && failure.together() <= 1) {
            return givenUp(item, failure.reason());
        }
        boolean alone = item.attempt() + 1 >= attempts || tried == 1;
        int next = alone ? 1 : failure.together() <= 1 ? Integer.MAX_VALUE : failure.together() / 2;
        long notBefore = flusher.clock.exact() + retries.wait(item.attempt());
        return CompletableFuture.completedFuture(new Noted(true, () -> pending.failed(item, notBefore, next)));
    }

    private CompletableFuture<Noted> givenUp(Item item, Throwable reason) {
        String why = reason.getCause() == null ? reason.toString() : reason + ", because of " + reason.getCause();
        return notes.buried(item, why)
                .thenApply(buried -> new Noted(buried, () -> {
                    if (buried) {
                        pending.done(item);
                        flusher.writer.buried(item.entry(), item.attempt(), reason);
                    } else {
                        pending.failed(item, flusher.clock.exact(), 1);
                    }
                }));
    }

    /** While a key waits, many writes of it would fill the journal of which the last alone is to be made. */
    private void endWith(List<Superseded> superseded) {
        if (superseded.isEmpty()) {
            endRound();
            return;
        }
        List<CompletableFuture<Noted>> noted = superseded.stream()
                .map(each -> notes.superseded(each)
                        .thenApply(done -> new Noted(done, () -> {
                            if (done) {
                                pending.forget(each);
                            }
                        })))
                .toList();
        whenNoted(noted, 0);
    }

    private void endRound() {
        if (pending.unreadable() > 0) {
            holdsUnreadable = true;
            flusher.log.warn(
                    "Cache '" + flusher.cache + "': the journal of partition " + partition
                            + " holds writes that this instance cannot read. They stay there, with those of their keys"
                            + " that came later, for an instance that can, or a newer write to replace them",
                    new IllegalStateException(
                            pending.unreadable() + " keys, the first write is " + pending.firstUnreadable()));
        } else if (readAll) {
            holdsUnreadable = false;
        }
        boolean again = wroteFullBatch && !flusher.isDraining();
        isLeft = pending.isLeft() || !readAll && lease.entries() > 0;
        busy.set(false);
        if (!preferred && lease.isOwned() && !flusher.isClosed() && !flusher.isDraining()) {
            share(false);
        }
        if (again || windowBegan.get()) {
            flushFullBatches();
        } else {
            endDrain();
        }
    }

    // The end

    /** Begins rounds until nothing is left that can be written. */
    CompletableFuture<Void> drain() {
        CompletableFuture<Void> end = new CompletableFuture<>();
        drained = end;
        flush();
        return end;
    }

    private void endDrain() {
        CompletableFuture<Void> end = drained;
        if (end != null && !busy.get()) {
            if (isLeft && lease.isOwned() && !flusher.isClosed()) {
                flusher.clock.after(SOON_NANOS, this::flush);
            } else {
                end.complete(null);
            }
        }
    }

    /** Gives it up for good, at once or, if the writer is called, when the lease ends; as {@link PartitionLease#end}. */
    CompletableFuture<Long> leave() {
        return lease.end(stage == Stage.CALLS);
    }
}
