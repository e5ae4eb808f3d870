package io.crema.internal.writebehind;

import io.crema.internal.remote.Answer;
import io.crema.internal.remote.JournalAccess;
import io.crema.internal.writebehind.BatchWriter.Write;
import io.crema.internal.writebehind.PendingWrites.Item;
import io.crema.spi.JournalEntry;
import io.crema.spi.Ownership;
import io.crema.spi.WriteJournal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Writes the journal of one partition while this instance owns it: read, write, note, and again until nothing is due. One
 * such round runs at a time, so writes of a key keep their order. Without an answer of the remote tier the round ends, and
 * the next one begins with the next window.
 */
final class PartitionFlusher {

    /** How many writes are read at once; fewer after a read that was not answered in time, as one of very large values. */
    private static final int LARGEST_PAGE = 1_000;

    /** Soon enough to look again whether what failed is due, while the cache is being closed. */
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final Ownership NOBODY = new Ownership(false, 0, 0, 0, 0);

    private final Flusher flusher;
    private final JournalAccess journal;
    private final int partition;
    private final AtomicBoolean busy = new AtomicBoolean();

    /** Until when nobody else can be the owner; nanoseconds. */
    private volatile long ownedUntil = Long.MIN_VALUE;

    private volatile boolean preferred;

    /** Whether it was owned, and then not for a while: others may have written what is pending here. */
    private volatile boolean lost;

    private volatile Ownership known = NOBODY;
    private volatile @Nullable CompletableFuture<Void> drained;

    // Used by the round that is under way
    private final PendingWrites pending;
    private long readUpTo;
    private int page = LARGEST_PAGE;
    private boolean mayHoldMore = true;

    PartitionFlusher(Flusher flusher, JournalAccess journal, int partition) {
        this.flusher = flusher;
        this.journal = journal;
        this.partition = partition;
        this.pending = new PendingWrites(flusher.policy.coalescing());
    }

    int index() {
        return partition;
    }

    long entries() {
        return known.held() ? known.entries() : 0;
    }

    long oldestMillis() {
        return known.held() ? known.oldestMillis() : 0;
    }

    // Ownership

    /** Keeps what is owned. */
    void renew() {
        if (isOwned()) {
            own();
        }
    }

    /** @param mine whether it is this instance's share */
    void share(boolean mine) {
        preferred = mine;
        if (mine) {
            own();
        } else if (isOwned() && busy.compareAndSet(false, true)) {
            // Between two rounds, so nothing is under way.
            CompletableFuture<?> unused = disown().whenComplete((done, none) -> endRound());
        }
    }

    private void own() {
        long asked = flusher.clock.exact();
        CompletableFuture<?> unused = journal.own(
                        partition, flusher.identity, flusher.policy.lease().toMillis())
                .thenAccept(answer -> {
                    if (answer.isEmpty()) {
                        return;
                    }
                    known = answer.get();
                    if (!known.held()) {
                        ownedUntil = Long.MIN_VALUE;
                        lost = true;
                    } else {
                        lost |= !isOwned();
                        ownedUntil = asked + flusher.policy.lease().toNanos();
                    }
                });
    }

    private boolean isOwned() {
        return flusher.clock.exact() < ownedUntil;
    }

    CompletableFuture<?> disown() {
        boolean owned = isOwned();
        ownedUntil = Long.MIN_VALUE;
        lost = true;
        known = NOBODY;
        return owned ? journal.disown(partition, flusher.identity) : CompletableFuture.completedFuture(null);
    }

    // A round

    /** Begins a round unless one is under way. */
    void flush() {
        if (isOwned() && busy.compareAndSet(false, true)) {
            if (lost) {
                lost = false;
                pending.clear();
                readUpTo = 0;
            }
            mayHoldMore = true;
            next();
        } else {
            endDrain();
        }
    }

    private void next() {
        if (!isOwned() || lost || flusher.isClosed()) {
            endRound();
            return;
        }
        if (mayHoldMore && !pending.isFull()) {
            read();
        } else {
            write();
        }
    }

    private void read() {
        int asked = page;
        CompletableFuture<?> unused = journal.read(partition, flusher.identity, readUpTo, asked)
                .whenComplete((entries, none) -> {
                    if (entries.isEmpty()) {
                        page = Math.max(1, asked / 4);
                        endRound();
                        return;
                    }
                    flusher.executor.execute(() -> {
                        for (JournalEntry entry : entries.get()) {
                            pending.add(entry);
                            readUpTo = entry.id();
                        }
                        mayHoldMore = entries.get().size() == asked;
                        page = Math.min(LARGEST_PAGE, 2 * asked);
                        next();
                    });
                });
    }

    private void write() {
        List<Item> items = pending.take(flusher.policy.batch(), flusher.clock.exact(), flusher.windowNow());
        if (items.isEmpty()) {
            endRound();
            return;
        }
        List<Item> toWrite = items.stream().filter(item -> !item.isWritten()).toList();
        if (toWrite.isEmpty()) {
            note(items, Map.of(), items);
        } else {
            flusher.begin(() -> call(items, toWrite));
        }
    }

    private void call(List<Item> items, List<Item> toWrite) {
        Map<Integer, Throwable> failures;
        if (isOwned() && !lost) {
            failures = limited(toWrite);
        } else {
            // Others have it by now, perhaps.
            items.forEach(pending::notTried);
            flusher.ended();
            endRound();
            return;
        }
        flusher.ended();
        // The lease is renewed meanwhile; a writer that took longer than that has written what others may write again.
        note(items, failures, toWrite);
    }

    /** Interrupts the writer when its time is over. It has the thread until it ends, so that nothing overtakes it. */
    private Map<Integer, Throwable> limited(List<Item> items) {
        Interrupter interrupter = new Interrupter(Thread.currentThread());
        flusher.clock.after(flusher.policy.timeout().toNanos(), () -> {
            if (interrupter.interrupt()) {
                flusher.log.say("Cache '" + flusher.cache + "': a call of the writer took longer than "
                        + flusher.policy.timeout()
                        + " and was interrupted; until it ends, no other of its partition begins");
            }
        });
        try {
            return flusher.writer.write(items.stream()
                    .map(item -> new Write(item.entry(), item.attempt()))
                    .toList());
        } finally {
            interrupter.end();
        }
    }

    /** Interrupts a thread, at most once, and not after what it did has ended. */
    private static final class Interrupter {

        private final Thread thread;
        private boolean over;

        Interrupter(Thread thread) {
            this.thread = thread;
        }

        /** Returns whether it has. */
        synchronized boolean interrupt() {
            if (over) {
                return false;
            }
            over = true;
            thread.interrupt();
            return true;
        }

        synchronized void end() {
            over = true;
            boolean unused = Thread.interrupted();
        }
    }

    /**
     * What came of one request to the journal.
     *
     * @param goesOn whether the round does
     * @param change what it means for what is pending; made when all requests have ended, by one thread
     */
    private record Noted(boolean goesOn, Runnable change) {}

    /** Tells the journal what the origin has, and sees to the rest. */
    private void note(List<Item> items, Map<Integer, Throwable> failures, List<Item> tried) {
        List<Item> written = new ArrayList<>();
        List<CompletableFuture<Noted>> noted = new ArrayList<>();
        for (int i = 0; i < tried.size(); i++) {
            Throwable failure = failures.get(i);
            if (failure == null) {
                written.add(tried.get(i));
            } else {
                noted.add(failed(tried.get(i), failure));
            }
        }
        items.stream().filter(item -> item.isWritten() && !tried.contains(item)).forEach(written::add);
        if (!written.isEmpty()) {
            noted.add(noteWritten(written));
        }
        CompletableFuture<?> unused = CompletableFuture.allOf(noted.toArray(CompletableFuture<?>[]::new))
                .thenRunAsync(
                        () -> {
                            List<Noted> all =
                                    noted.stream().map(CompletableFuture::join).toList();
                            all.forEach(each -> each.change().run());
                            if (all.stream().allMatch(Noted::goesOn)) {
                                next();
                            } else {
                                endRound();
                            }
                        },
                        flusher.executor);
    }

    private CompletableFuture<Noted> noteWritten(List<Item> items) {
        List<JournalEntry> entries =
                items.stream().flatMap(item -> item.entries().stream()).toList();
        return written(entries)
                .thenApply(done -> new Noted(done, () -> items.forEach(done ? pending::done : pending::notNoted)));
    }

    /** A part after the other, so that the newest write of a key comes last. */
    private CompletableFuture<Boolean> written(List<JournalEntry> entries) {
        CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
        for (int from = 0; from < entries.size(); from += WriteJournal.MAX_ENTRIES) {
            List<JournalEntry> part = entries.subList(from, Math.min(entries.size(), from + WriteJournal.MAX_ENTRIES));
            all = all.thenCompose(before -> before
                    ? journal.written(partition, flusher.identity, part, highest())
                            .thenApply(this::isStillOwner)
                    : CompletableFuture.completedFuture(false));
        }
        return all;
    }

    private long highest() {
        return flusher.highest.applyAsLong(partition);
    }

    private boolean isStillOwner(Answer<Boolean> answer) {
        if (answer.isPresent() && !answer.get()) {
            ownedUntil = Long.MIN_VALUE;
            lost = true;
        }
        return answer.isPresent() && answer.get();
    }

    /** It is tried again later, or given up. */
    private CompletableFuture<Noted> failed(Item item, Throwable failure) {
        if (item.attempt() < flusher.policy.attempts()) {
            long wait = flusher.policy.retry().after(item.attempt()).toNanos();
            long share = Long.remainderUnsigned(flusher.random.getAsLong(), wait / 2 + 1);
            long notBefore = flusher.clock.exact() + wait - share;
            return CompletableFuture.completedFuture(new Noted(true, () -> pending.failed(item, notBefore)));
        }
        return bury(item, failure)
                .thenApply(buried -> new Noted(buried, () -> {
                    if (buried) {
                        pending.done(item);
                        flusher.writer.buried(item.entry(), item.attempt(), failure);
                    } else {
                        pending.failed(item, flusher.clock.exact());
                    }
                }));
    }

    /** What it replaced goes with it; of very many the first go before. */
    private CompletableFuture<Boolean> bury(Item item, Throwable failure) {
        List<JournalEntry> entries = item.entries();
        int last = Math.max(0, entries.size() - WriteJournal.MAX_ENTRIES);
        return written(entries.subList(0, last))
                .thenCompose(before -> before
                        ? journal.bury(
                                        partition,
                                        flusher.identity,
                                        entries.subList(last, entries.size()),
                                        item.attempt(),
                                        reason(failure),
                                        highest())
                                .thenApply(this::isStillOwner)
                        : CompletableFuture.completedFuture(false));
    }

    private String reason(Throwable failure) {
        return failure instanceof InterruptedException
                ? "the writer took longer than " + flusher.policy.timeout()
                : failure.toString();
    }

    private void endRound() {
        busy.set(false);
        if (!preferred && isOwned() && !flusher.isClosed() && !flusher.isDraining()) {
            share(false);
        }
        endDrain();
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
            if (isOwned() && !flusher.isClosed() && !pending.isEmpty()) {
                flusher.clock.after(SOON_NANOS, this::flush);
            } else {
                end.complete(null);
            }
        }
    }
}
