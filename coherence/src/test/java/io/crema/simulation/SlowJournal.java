package io.crema.simulation;

import io.crema.spi.DeadLetter;
import io.crema.spi.JournalEntry;
import io.crema.spi.Ownership;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.WriteJournal;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A journal behind a network. */
final class SlowJournal extends ForwardingJournal {

    private final Commands commands;

    SlowJournal(WriteJournal journal, Commands commands) {
        super(journal);
        this.commands = commands;
    }

    @Override
    public CompletableFuture<StoreReply> append(RemoteKey key, RemoteValue value, long most, long atLeast) {
        return commands.send("APPEND", key, () -> super.append(key, value, most, atLeast));
    }

    @Override
    public CompletableFuture<Ownership> own(int partition, long owner, long leaseMillis) {
        return commands.send("OWN", Trace.NO_KEY, () -> super.own(partition, owner, leaseMillis));
    }

    @Override
    public CompletableFuture<Void> disown(int partition, long owner) {
        return commands.send("DISOWN", Trace.NO_KEY, () -> super.disown(partition, owner));
    }

    @Override
    public CompletableFuture<List<JournalEntry>> read(int partition, long owner, long after, int most) {
        return commands.send("READ_JOURNAL", Trace.NO_KEY, () -> super.read(partition, owner, after, most));
    }

    @Override
    public CompletableFuture<Boolean> written(int partition, long owner, List<JournalEntry> entries, long atLeast) {
        return commands.send("WRITTEN", Trace.NO_KEY, () -> super.written(partition, owner, entries, atLeast));
    }

    @Override
    public CompletableFuture<Boolean> superseded(
            int partition, long owner, List<JournalEntry> entries, JournalEntry by) {
        return commands.send("SUPERSEDED", Trace.NO_KEY, () -> super.superseded(partition, owner, entries, by));
    }

    @Override
    public CompletableFuture<Boolean> bury(
            int partition, long owner, List<JournalEntry> entries, int attempts, String reason, long atLeast) {
        return commands.send(
                "BURY", Trace.NO_KEY, () -> super.bury(partition, owner, entries, attempts, reason, atLeast));
    }

    @Override
    public CompletableFuture<List<DeadLetter>> deadLetters(int partition, int most) {
        return commands.send("DEAD_LETTERS", Trace.NO_KEY, () -> super.deadLetters(partition, most));
    }

    @Override
    public CompletableFuture<Boolean> revive(int partition, long id, long atLeast) {
        return commands.send("REVIVE", Trace.NO_KEY, () -> super.revive(partition, id, atLeast));
    }

    @Override
    public CompletableFuture<Boolean> drop(int partition, long id) {
        return commands.send("DROP", Trace.NO_KEY, () -> super.drop(partition, id));
    }

    @Override
    public CompletableFuture<List<Long>> members(long instance, long keepMillis) {
        return commands.send("MEMBERS", Trace.NO_KEY, () -> super.members(instance, keepMillis));
    }

    @Override
    public CompletableFuture<Void> leave(long instance) {
        return commands.send("LEAVE", Trace.NO_KEY, () -> super.leave(instance));
    }
}
