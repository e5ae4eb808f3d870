package io.crema.redis.internal.store;

import io.crema.redis.internal.client.Commands;
import io.crema.redis.internal.wire.JournalFormat;
import io.crema.redis.internal.wire.KeyLayout;
import io.crema.spi.DeadLetter;
import io.crema.spi.JournalEntry;
import io.crema.spi.Ownership;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.WriteJournal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The journals of one cache in Redis. Every operation is one script. Immutable but for its connection. */
final class RedisJournal implements WriteJournal {

    private static final byte[] LEAVES = Commands.ascii(0);
    private static final byte[] LEAST = Commands.ascii("-inf");
    private static final byte[] GREATEST = Commands.ascii("+inf");

    private final RedisStore store;
    private final String cache;
    private final KeyLayout layout;

    RedisJournal(RedisStore store, String cache, KeyLayout layout) {
        this.store = store;
        this.cache = cache;
        this.layout = layout;
    }

    @Override
    public CompletableFuture<StoreReply> append(RemoteKey key, RemoteValue value, long most, long atLeast) {
        List<byte[]> values = Arguments.publishing(layout, key.partition(), atLeast);
        values.add(Commands.ascii(most));
        Arguments.addTo(values, value);
        return Replies.decided(store.run(Script.APPEND, writtenKeys(key), values, Replies::store));
    }

    @Override
    public CompletableFuture<Ownership> own(int partition, long owner, long leaseMillis) {
        requireOwner(owner);
        requirePositive("the lease of a journal's owner in milliseconds", leaseMillis);
        return runOwn(partition, owner, leaseMillis);
    }

    @Override
    public CompletableFuture<Void> disown(int partition, long owner) {
        requireOwner(owner);
        return runOwn(partition, owner, 0).thenAccept(ended -> {});
    }

    private CompletableFuture<Ownership> runOwn(int partition, long owner, long leaseMillis) {
        List<byte[]> keys = List.of(
                layout.clock(partition),
                layout.owner(partition),
                layout.journal(partition),
                layout.deadLetters(partition));
        List<byte[]> values = List.of(Arguments.token(owner), Arguments.millis(leaseMillis));
        return store.run(
                Script.OWN,
                keys,
                values,
                reply -> new Ownership(
                        isOne(reply),
                        Commands.number(reply.get(2)),
                        Commands.number(reply.get(3)),
                        Commands.number(reply.get(4)),
                        Commands.number(reply.get(5))));
    }

    @Override
    public CompletableFuture<List<JournalEntry>> read(int partition, long owner, long after, int most) {
        requirePositive("the number of writes to read", most);
        List<byte[]> keys = List.of(layout.clock(partition), layout.owner(partition), layout.journal(partition));
        List<byte[]> values = List.of(Arguments.token(owner), Commands.ascii(after), Commands.ascii(most));
        return Replies.explained(cache, store.run(Script.JOURNAL, keys, values, reply -> {
            List<JournalEntry> entries = new ArrayList<>(reply.size() / 3);
            for (int i = 2; i + 2 < reply.size(); i += 3) {
                entries.add(JournalFormat.entry(
                        Commands.number(reply.get(i)), present(reply, i + 1), present(reply, i + 2)));
            }
            return entries;
        }));
    }

    @Override
    public CompletableFuture<Boolean> written(int partition, long owner, List<JournalEntry> entries, long atLeast) {
        requireFew(entries);
        List<byte[]> keys = new ArrayList<>(4 + entries.size());
        keys.add(layout.clock(partition));
        keys.add(layout.floor(partition));
        keys.add(layout.owner(partition));
        keys.add(layout.journal(partition));
        List<byte[]> values = Arguments.publishing(layout, partition, atLeast);
        values.add(Arguments.token(owner));
        for (JournalEntry entry : entries) {
            keys.add(layout.entry(new RemoteKey(partition, entry.key())));
            values.add(Commands.ascii(entry.id()));
        }
        return store.run(Script.WRITTEN, keys, values, RedisJournal::isOne);
    }

    @Override
    public CompletableFuture<Boolean> superseded(
            int partition, long owner, List<JournalEntry> entries, JournalEntry by) {
        requireFew(entries);
        List<byte[]> keys = List.of(layout.clock(partition), layout.owner(partition), layout.journal(partition));
        List<byte[]> values = new ArrayList<>(3 + entries.size());
        values.add(Arguments.token(owner));
        values.add(by.key());
        values.add(Commands.ascii(by.id()));
        for (JournalEntry entry : entries) {
            values.add(Commands.ascii(entry.id()));
        }
        return store.run(Script.SUPERSEDED, keys, values, RedisJournal::isOne);
    }

    @Override
    public CompletableFuture<Boolean> bury(
            int partition, long owner, List<JournalEntry> entries, int attempts, String reason, long atLeast) {
        requireFew(entries);
        List<byte[]> keys = new ArrayList<>(
                writtenKeys(new RemoteKey(partition, entries.get(0).key())));
        keys.add(layout.owner(partition));
        keys.add(layout.deadLetters(partition));
        List<byte[]> values = Arguments.publishing(layout, partition, atLeast);
        values.add(Arguments.token(owner));
        values.add(Commands.ascii(attempts));
        values.add(JournalFormat.reason(reason));
        for (JournalEntry entry : entries) {
            values.add(Commands.ascii(entry.id()));
        }
        return store.run(Script.BURY, keys, values, RedisJournal::isOne);
    }

    @Override
    public CompletableFuture<List<DeadLetter>> deadLetters(int partition, int most) {
        requirePositive("the number of dead letters to read", most);
        return deadLetters(partition, LEAST, GREATEST, most);
    }

    private CompletableFuture<List<DeadLetter>> deadLetters(int partition, byte[] from, byte[] to, int most) {
        List<byte[]> keys = List.of(layout.clock(partition), layout.deadLetters(partition));
        return store.run(Script.DEAD_LETTERS, keys, List.of(from, to, Commands.ascii(most)), reply -> {
            long now = store.clock().upperBoundMillis();
            List<DeadLetter> letters = new ArrayList<>(reply.size() / 2);
            for (int i = 2; i + 1 < reply.size(); i += 2) {
                letters.add(JournalFormat.deadLetter(Commands.number(reply.get(i)), present(reply, i + 1), now));
            }
            return letters;
        });
    }

    @Override
    public CompletableFuture<Boolean> revive(int partition, long id, long atLeast) {
        return forLetter(partition, id, entry -> {
            List<byte[]> keys = new ArrayList<>(writtenKeys(new RemoteKey(partition, entry.key())));
            keys.add(layout.deadLetters(partition));
            List<byte[]> values = Arguments.publishing(layout, partition, atLeast);
            values.add(Commands.ascii(id));
            return Replies.explained(cache, store.run(Script.REVIVE, keys, values, RedisJournal::isOne));
        });
    }

    @Override
    public CompletableFuture<Boolean> drop(int partition, long id) {
        return forLetter(partition, id, entry -> {
            List<byte[]> keys =
                    List.of(layout.clock(partition), layout.deadLetters(partition), layout.revivable(partition));
            return store.run(Script.DISCARD, keys, List.of(Commands.ascii(id), entry.key()), RedisJournal::isOne);
        });
    }

    /** A script must be told the key, which only the letter has; whether there is still one the script decides. */
    private CompletableFuture<Boolean> forLetter(
            int partition, long id, Function<JournalEntry, CompletableFuture<Boolean>> task) {
        byte[] score = Commands.ascii(id);
        return deadLetters(partition, score, score, 1)
                .thenCompose(letters -> letters.isEmpty()
                        ? CompletableFuture.completedFuture(false)
                        : task.apply(letters.get(0).entry()));
    }

    @Override
    public CompletableFuture<List<Long>> members(long instance, long keepMillis) {
        requirePositive("how long an instance counts as alive in milliseconds", keepMillis);
        return runMembers(instance, Arguments.millis(keepMillis));
    }

    @Override
    public CompletableFuture<Void> leave(long instance) {
        return runMembers(instance, LEAVES).thenAccept(left -> {});
    }

    private CompletableFuture<List<Long>> runMembers(long instance, byte[] keepMillis) {
        List<byte[]> keys = List.of(layout.clock(layout.partitions()), layout.members());
        return store.run(Script.MEMBERS, keys, List.of(Arguments.token(instance), keepMillis), reply -> {
            List<Long> alive = new ArrayList<>(reply.size() - 2);
            for (int i = 2; i < reply.size(); i++) {
                alive.add(ByteBuffer.wrap(present(reply, i)).getLong());
            }
            return alive;
        });
    }

    /** What a script takes first that puts a write into the journal, or takes it out. */
    private List<byte[]> writtenKeys(RemoteKey key) {
        int partition = key.partition();
        return List.of(
                layout.clock(partition),
                layout.floor(partition),
                layout.entry(key),
                layout.journal(partition),
                layout.revivable(partition));
    }

    private void requireOwner(long owner) {
        if (owner == 0) {
            throw new IllegalArgumentException("Cache " + cache + ": the owner of a journal is another number than 0");
        }
    }

    private void requirePositive(String what, long number) {
        if (number <= 0) {
            throw new IllegalArgumentException("Cache " + cache + ": " + what + " must be at least 1, not " + number);
        }
    }

    private void requireFew(List<JournalEntry> entries) {
        if (entries.isEmpty() || entries.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("Cache " + cache + ": 1 to " + MAX_ENTRIES
                    + " writes are taken from a journal at once, not " + entries.size());
        }
    }

    private static boolean isOne(List<byte @Nullable []> reply) {
        return Commands.number(reply.get(0)) == 1;
    }

    private static byte[] present(List<byte @Nullable []> reply, int at) {
        return Objects.requireNonNull(reply.get(at), "A script replied with less than it should");
    }
}
