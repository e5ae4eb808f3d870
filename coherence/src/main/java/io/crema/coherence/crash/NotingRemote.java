package io.crema.coherence.crash;

import io.crema.spi.DeadLetter;
import io.crema.spi.JournalEntry;
import io.crema.spi.KeyCodec;
import io.crema.spi.Ownership;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteTier;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.WriteJournal;
import io.crema.testkit.ForwardingCache;
import io.crema.testkit.ForwardingRemote;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/** Hands everything on, and tells of each write the id that Redis gave it, and of this instance its identity as an owner. */
final class NotingRemote extends ForwardingRemote {

    private final CompletableFuture<Long> identity = new CompletableFuture<>();

    private final KeyCodec<Integer> keys = KeyCodec.standard();
    private final Map<Integer, Sent> underWay = new ConcurrentHashMap<>();

    NotingRemote(RemoteTier tier) {
        super(tier);
    }

    /** A write that is being made. */
    static final class Sent {

        private final AtomicInteger requests = new AtomicInteger();
        private final LongConsumer noted;

        private Sent(LongConsumer noted) {
            this.noted = noted;
        }

        /** Whether Redis was asked at all. */
        boolean isSent() {
            return requests.get() > 0;
        }
    }

    /** By what Redis knows this instance as an owner of partitions. */
    CompletableFuture<Long> identity() {
        return identity;
    }

    /**
     * The next writes of the key in this process are this one, until {@link #end}; there is one at a time.
     *
     * @param noted is told the id before the caller of the cache is; or after that caller was told that nobody knows
     */
    Sent begin(int key, LongConsumer noted) {
        Sent sent = new Sent(noted);
        if (underWay.put(key, sent) != null) {
            throw new IllegalStateException("Two writes of key " + key + " at once");
        }
        return sent;
    }

    void end(int key) {
        underWay.remove(key);
    }

    @Override
    protected RemoteCache wrapped(RemoteCache cache) {
        return new ForwardingCache(cache) {
            @Override
            public Optional<WriteJournal> journal() {
                return super.journal().map(Journal::new);
            }
        };
    }

    /** Notes the replies to appends. */
    private final class Journal implements WriteJournal {

        private final WriteJournal journal;

        Journal(WriteJournal journal) {
            this.journal = journal;
        }

        @Override
        public CompletableFuture<StoreReply> append(RemoteKey key, RemoteValue value, long most, long atLeast) {
            Sent sent = underWay.get(keys.decode(key.bytes()));
            if (sent == null) {
                throw new IllegalStateException("Something writes that is not the load");
            }
            sent.requests.incrementAndGet();
            CompletableFuture<StoreReply> told = new CompletableFuture<>();
            // Not by a stage that depends on it, which would not run once the cache has given up waiting.
            CompletableFuture<?> unused = journal.append(key, value, most, atLeast)
                    .whenComplete((reply, failure) -> {
                        if (reply instanceof StoreReply.Stored stored) {
                            sent.noted.accept(stored.stamp());
                        }
                        if (failure == null) {
                            told.complete(reply);
                        } else {
                            told.completeExceptionally(failure);
                        }
                    });
            return told;
        }

        @Override
        public CompletableFuture<List<Long>> members(long instance, long keepMillis) {
            identity.complete(instance);
            return journal.members(instance, keepMillis);
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
        public CompletableFuture<Void> leave(long instance) {
            return journal.leave(instance);
        }
    }
}
