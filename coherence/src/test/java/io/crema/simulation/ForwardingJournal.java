package io.crema.simulation;

import io.crema.spi.DeadLetter;
import io.crema.spi.JournalEntry;
import io.crema.spi.Ownership;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.WriteJournal;
import io.crema.testkit.ForwardingCache;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** A journal that hands every call to another one, for subclasses that change some of them. */
abstract class ForwardingJournal implements WriteJournal {

    private final WriteJournal journal;

    ForwardingJournal(WriteJournal journal) {
        this.journal = journal;
    }

    /** A cache whose journal is wrapped. */
    static RemoteCache in(RemoteCache cache, UnaryOperator<WriteJournal> wrapping) {
        return new ForwardingCache(cache) {
            private final Optional<WriteJournal> wrapped = super.journal().map(wrapping);

            @Override
            public Optional<WriteJournal> journal() {
                return wrapped;
            }
        };
    }

    @Override
    public CompletableFuture<StoreReply> append(RemoteKey key, RemoteValue value, long most, long atLeast) {
        return journal.append(key, value, most, atLeast);
    }

    @Override
    public CompletableFuture<Ownership> own(int partition, long owner, long leaseMillis) {
        return journal.own(partition, owner, leaseMillis);
    }

    @Override
    public CompletableFuture<Void> disown(int partition, long owner) {
        return journal.disown(partition, owner);
    }

    @Override
    public CompletableFuture<List<JournalEntry>> read(int partition, long owner, long after, int most) {
        return journal.read(partition, owner, after, most);
    }

    @Override
    public CompletableFuture<Boolean> written(int partition, long owner, List<JournalEntry> entries, long atLeast) {
        return journal.written(partition, owner, entries, atLeast);
    }

    @Override
    public CompletableFuture<Boolean> superseded(
            int partition, long owner, List<JournalEntry> entries, JournalEntry by) {
        return journal.superseded(partition, owner, entries, by);
    }

    @Override
    public CompletableFuture<Boolean> bury(
            int partition, long owner, List<JournalEntry> entries, int attempts, String reason, long atLeast) {
        return journal.bury(partition, owner, entries, attempts, reason, atLeast);
    }

    @Override
    public CompletableFuture<List<DeadLetter>> deadLetters(int partition, int most) {
        return journal.deadLetters(partition, most);
    }

    @Override
    public CompletableFuture<Boolean> revive(int partition, long id, long atLeast) {
        return journal.revive(partition, id, atLeast);
    }

    @Override
    public CompletableFuture<Boolean> drop(int partition, long id) {
        return journal.drop(partition, id);
    }

    @Override
    public CompletableFuture<List<Long>> members(long instance, long keepMillis) {
        return journal.members(instance, keepMillis);
    }

    @Override
    public CompletableFuture<Void> leave(long instance) {
        return journal.leave(instance);
    }
}
