package io.crema.internal.remote;

import io.crema.spi.DeadLetter;
import io.crema.spi.JournalEntry;
import io.crema.spi.Ownership;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.WriteJournal;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The journal of one cache, as the engine uses it; what {@link RemoteAccess} says of operations holds here. */
public final class JournalAccess {

    private final RemoteAccess access;
    private final WriteJournal journal;

    JournalAccess(RemoteAccess access, WriteJournal journal) {
        this.access = access;
        this.journal = journal;
    }

    public CompletableFuture<Answer<StoreReply>> append(RemoteKey key, RemoteValue value, long most, long atLeast) {
        return access.paced(1, "append", () -> journal.append(key, value, most, atLeast));
    }

    public CompletableFuture<Answer<Ownership>> own(int partition, long owner, long leaseMillis) {
        return access.ask("own", () -> journal.own(partition, owner, leaseMillis));
    }

    public CompletableFuture<Answer<Boolean>> disown(int partition, long owner) {
        return access.ask("disown", () -> journal.disown(partition, owner).thenApply(done -> true));
    }

    public CompletableFuture<Answer<List<JournalEntry>>> read(int partition, long owner, long after, int most) {
        return access.ask("read the journal", () -> journal.read(partition, owner, after, most));
    }

    /** @param entries at most {@link WriteJournal#MAX_ENTRIES} */
    public CompletableFuture<Answer<Boolean>> written(
            int partition, long owner, List<JournalEntry> entries, long atLeast) {
        return access.paced(
                entries.size(), "note what was written", () -> journal.written(partition, owner, entries, atLeast));
    }

    /** @param entries at most {@link WriteJournal#MAX_ENTRIES} */
    public CompletableFuture<Answer<Boolean>> superseded(
            int partition, long owner, List<JournalEntry> entries, JournalEntry by) {
        return access.paced(
                entries.size(), "note what was superseded", () -> journal.superseded(partition, owner, entries, by));
    }

    public CompletableFuture<Answer<Boolean>> bury(
            int partition, long owner, List<JournalEntry> entries, int attempts, String reason, long atLeast) {
        return access.paced(
                entries.size(), "bury", () -> journal.bury(partition, owner, entries, attempts, reason, atLeast));
    }

    public CompletableFuture<Answer<List<DeadLetter>>> deadLetters(int partition, int most) {
        return access.ask("read the dead letters", () -> journal.deadLetters(partition, most));
    }

    public CompletableFuture<Answer<Boolean>> revive(int partition, long id, long atLeast) {
        return access.paced(1, "revive", () -> journal.revive(partition, id, atLeast));
    }

    public CompletableFuture<Answer<Boolean>> drop(int partition, long id) {
        return access.paced(1, "drop", () -> journal.drop(partition, id));
    }

    public CompletableFuture<Answer<List<Long>>> members(long instance, long keepMillis) {
        return access.ask("find the instances", () -> journal.members(instance, keepMillis));
    }

    public CompletableFuture<Answer<Boolean>> leave(long instance) {
        return access.ask("leave", () -> journal.leave(instance).thenApply(done -> true));
    }
}
