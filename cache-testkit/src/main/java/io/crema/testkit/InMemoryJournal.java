package io.crema.testkit;

import io.crema.spi.DeadLetter;
import io.crema.spi.Invalidation;
import io.crema.spi.JournalEntry;
import io.crema.spi.Ownership;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.WriteJournal;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One instance's view of a cache's journals on the server in memory. */
final class InMemoryJournal implements WriteJournal {

    private final InMemoryServer server;
    private final InMemoryRemote instance;
    private final String name;
    private final int tagPartition;

    InMemoryJournal(InMemoryServer server, InMemoryRemote instance, String name, int tagPartition) {
        this.server = server;
        this.instance = instance;
        this.name = name;
        this.tagPartition = tagPartition;
    }

    @Override
    public CompletableFuture<StoreReply> append(RemoteKey key, RemoteValue value, long most, long atLeast) {
        return instance.command(Operation.APPEND, () -> {
            PartitionStore store = store(key.partition());
            StoreReply reply = store.journal().append(store, key, value, most, atLeast, server.micros());
            if (reply instanceof StoreReply.Stored) {
                publish(key.partition(), List.of(key.bytes().clone()));
            }
            return reply;
        });
    }

    @Override
    public CompletableFuture<Ownership> own(int partition, long owner, long leaseMillis) {
        requireOwner(owner);
        requirePositive("the lease of a journal's owner in milliseconds", leaseMillis);
        return instance.command(Operation.OWN, () -> store(partition).journal().own(owner, leaseMillis, millis()));
    }

    @Override
    public CompletableFuture<Void> disown(int partition, long owner) {
        requireOwner(owner);
        return instance.command(Operation.OWN, () -> {
                    store(partition).journal().disown(owner);
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public CompletableFuture<List<JournalEntry>> read(int partition, long owner, long after, int most) {
        requirePositive("the number of writes to read", most);
        return instance.command(Operation.READ_JOURNAL, () -> {
            JournalStore journal = store(partition).journal();
            if (!journal.isOwner(owner, server.micros())) {
                throw new IllegalStateException(name + ": this instance does not own the journal of the partition");
            }
            return journal.read(after, most);
        });
    }

    @Override
    public CompletableFuture<Boolean> written(int partition, long owner, List<JournalEntry> entries, long atLeast) {
        List<JournalEntry> made = requireFew(entries);
        return instance.command(Operation.WRITTEN, () -> {
            PartitionStore store = store(partition);
            if (!store.journal().isOwner(owner, server.micros())) {
                return false;
            }
            publish(partition, store.journal().written(store, made, atLeast, server.micros()));
            return true;
        });
    }

    @Override
    public CompletableFuture<Boolean> superseded(
            int partition, long owner, List<JournalEntry> entries, JournalEntry by) {
        List<JournalEntry> gone = requireFew(entries);
        return instance.command(Operation.SUPERSEDED, () -> {
            JournalStore journal = store(partition).journal();
            if (!journal.isOwner(owner, server.micros())) {
                return false;
            }
            journal.superseded(gone, by);
            return true;
        });
    }

    @Override
    public CompletableFuture<Boolean> bury(
            int partition, long owner, List<JournalEntry> entries, int attempts, String reason, long atLeast) {
        List<JournalEntry> buried = requireFew(entries);
        return instance.command(Operation.BURY, () -> {
            PartitionStore store = store(partition);
            if (!store.journal().isOwner(owner, server.micros())) {
                return false;
            }
            publish(partition, store.journal().bury(store, buried, attempts, reason, atLeast, server.micros()));
            return true;
        });
    }

    @Override
    public CompletableFuture<List<DeadLetter>> deadLetters(int partition, int most) {
        requirePositive("the number of dead letters to read", most);
        return instance.command(
                Operation.DEAD_LETTERS, () -> store(partition).journal().deadLetters(most, millis()));
    }

    @Override
    public CompletableFuture<Boolean> revive(int partition, long id, long atLeast) {
        return instance.command(Operation.REVIVE, () -> {
            PartitionStore store = store(partition);
            RemoteKey key = store.journal().keyOf(id);
            if (key == null) {
                return false;
            }
            if (store.journal().revive(store, id, atLeast, server.micros())) {
                publish(partition, List.of(key.bytes()));
            }
            return true;
        });
    }

    @Override
    public CompletableFuture<Boolean> drop(int partition, long id) {
        return instance.command(Operation.DROP_DEAD_LETTER, () -> {
            JournalStore journal = store(partition).journal();
            boolean found = journal.keyOf(id) != null;
            journal.drop(id);
            return found;
        });
    }

    @Override
    public CompletableFuture<List<Long>> members(long member, long keepMillis) {
        requirePositive("how long an instance counts as alive in milliseconds", keepMillis);
        return instance.command(
                Operation.MEMBERS, () -> store(tagPartition).journal().members(member, keepMillis, millis()));
    }

    @Override
    public CompletableFuture<Void> leave(long member) {
        return instance.command(Operation.MEMBERS, () -> {
                    store(tagPartition).journal().leave(member);
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public String toString() {
        return instance + "/" + name + " journal";
    }

    private PartitionStore store(int partition) {
        return server.store(name, partition);
    }

    private long millis() {
        return PartitionStore.millis(server.micros());
    }

    /** What was written last advanced the clock by the number of its keys. */
    private void publish(int partition, List<byte[]> keys) {
        if (keys.isEmpty()) {
            return;
        }
        Invalidation message = new Invalidation(
                partition, Invalidation.Kind.WRITTEN, store(partition).clock(), keys.size(), keys, server.micros());
        server.publish(name, partition, (listener, over) -> listener.onInvalidation(over, name, message));
    }

    private void requireOwner(long owner) {
        if (owner == 0) {
            throw new IllegalArgumentException(name + ": the owner of a journal is another number than 0");
        }
    }

    private void requirePositive(String what, long number) {
        if (number <= 0) {
            throw new IllegalArgumentException(name + ": " + what + " must be at least 1, not " + number);
        }
    }

    private List<JournalEntry> requireFew(List<JournalEntry> entries) {
        if (entries.isEmpty() || entries.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    name + ": 1 to " + MAX_ENTRIES + " writes are taken from a journal at once, not " + entries.size());
        }
        return List.copyOf(entries);
    }
}
