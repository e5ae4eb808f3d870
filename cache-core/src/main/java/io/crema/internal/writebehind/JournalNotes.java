package io.crema.internal.writebehind;

import io.crema.internal.remote.Answer;
import io.crema.internal.remote.JournalAccess;
import io.crema.internal.writebehind.PendingWrites.Item;
import io.crema.internal.writebehind.PendingWrites.Superseded;
import io.crema.spi.JournalEntry;
import io.crema.spi.WriteJournal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Tells the journal of a partition what became of its writes. */
final class JournalNotes {

    private final Flusher flusher;
    private final JournalAccess journal;
    private final PartitionLease lease;
    private final int partition;

    JournalNotes(Flusher flusher, JournalAccess journal, PartitionLease lease, int partition) {
        this.flusher = flusher;
        this.journal = journal;
        this.lease = lease;
        this.partition = partition;
    }

    /**
     * The origin has them. A part goes after the other, so that the newest write of a key comes last.
     *
     * @return whether the journal knows
     */
    CompletableFuture<Boolean> written(List<JournalEntry> entries) {
        return inParts(entries, part -> journal.written(partition, flusher.identity, part, highest()));
    }

    /** As {@link #written}, of writes that need not be made since a later one of the key waits. */
    CompletableFuture<Boolean> superseded(Superseded writes) {
        return inParts(writes.entries(), part -> journal.superseded(partition, flusher.identity, part, writes.by()));
    }

    private CompletableFuture<Boolean> inParts(
            List<JournalEntry> entries, Function<List<JournalEntry>, CompletableFuture<Answer<Boolean>>> note) {
        CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
        for (int from = 0; from < entries.size(); from += WriteJournal.MAX_ENTRIES) {
            List<JournalEntry> part = entries.subList(from, Math.min(entries.size(), from + WriteJournal.MAX_ENTRIES));
            all = all.thenCompose(before ->
                    before ? note.apply(part).thenApply(this::isStillOwner) : CompletableFuture.completedFuture(false));
        }
        return all;
    }

    /** It was given up. What it replaced goes with it; of very many the first go before. */
    CompletableFuture<Boolean> buried(Item item, String reason) {
        List<JournalEntry> entries = item.entries();
        int last = Math.max(0, entries.size() - WriteJournal.MAX_ENTRIES);
        return written(entries.subList(0, last))
                .thenCompose(before -> before
                        ? journal.bury(
                                        partition,
                                        flusher.identity,
                                        entries.subList(last, entries.size()),
                                        item.attempt(),
                                        reason,
                                        highest())
                                .thenApply(this::isStillOwner)
                        : CompletableFuture.completedFuture(false));
    }

    private long highest() {
        return flusher.highest.applyAsLong(partition);
    }

    private boolean isStillOwner(Answer<Boolean> answer) {
        if (answer.isPresent() && !answer.get()) {
            lease.lose();
        }
        return answer.isPresent() && answer.get();
    }
}
