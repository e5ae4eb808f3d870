package io.crema.simulation;

import io.crema.spi.CacheTerms;
import io.crema.spi.JournalEntry;
import io.crema.spi.KeyCodec;
import io.crema.spi.Opening;
import io.crema.spi.Ownership;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import io.crema.spi.WriteJournal;
import io.crema.testkit.InMemoryServer;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sees what the server does with the journal, and looks at it from a connection of its own. */
final class BehindWatch {

    private final InMemoryServer server;
    private final BehindOracle oracle;
    private final BehindOrigin origin;
    private final RemoteCache there;

    /** By instance, the name under which it owns partitions. */
    private final Map<Integer, Long> owners = new HashMap<>();

    private final Map<Integer, Integer> lastOwners = new HashMap<>();

    BehindWatch(InMemoryServer server, BehindOracle oracle, BehindOrigin origin) {
        this.server = server;
        this.oracle = oracle;
        this.origin = origin;
        CacheTerms terms =
                new CacheTerms(BehindPlan.CACHE, KeyCodec.<String>standard().format());
        Opening opening = server.connect(oracle.plan.partitions()).open(terms).join();
        there = ((Opening.Agreed) opening).cache();
    }

    RemoteCache watched(RemoteCache cache, int instance) {
        return ForwardingJournal.in(cache, journal -> new Watched(journal, instance));
    }

    private RemoteKey keyOf(int key) {
        byte[] bytes = Values.stored(key);
        return new RemoteKey(there.partitionOf(bytes), bytes);
    }

    /** Whether the server lets the instance write a key to the origin. */
    boolean isOwner(int instance, int key) {
        Long owner = owners.get(instance);
        return owner != null
                && !there.journal()
                        .orElseThrow()
                        .read(keyOf(key).partition(), owner, Long.MAX_VALUE - 1, 1)
                        .isCompletedExceptionally();
    }

    /** What is in the journal is what readers get. */
    void requireDirty(int key) {
        RemoteRecord record = there.read(keyOf(key), ReadMode.HEADER).join();
        BehindOracle.Kept open = oracle.newestOpen(key);
        if (open == null) {
            if (record.dirty()) {
                oracle.wrong(key, "dirty, but not in the journal: " + record.stamp());
            }
        } else if (oracle.writes(key).lastKey() > open.id) {
            // A fail-over has brought it back, and what has come since was written before that was found.
            if (open.at >= oracle.lastFailover()) {
                oracle.wrong(
                        key,
                        open + " is in the journal, but " + oracle.writes(key).lastKey() + " is not");
            }
        } else if (!record.dirty() || record.stamp() != open.id) {
            oracle.wrong(key, open + " is in the journal, but readers get " + record.kind() + " " + record.stamp());
        }
    }

    private final class Watched extends ForwardingJournal {

        private final int instance;

        Watched(WriteJournal journal, int instance) {
            super(journal);
            this.instance = instance;
        }

        @Override
        public CompletableFuture<StoreReply> append(RemoteKey key, RemoteValue value, long most, long atLeast) {
            return super.append(key, value, most, atLeast).thenApply(reply -> {
                if (reply instanceof StoreReply.Stored stored) {
                    long written = value.isNull()
                            ? BehindOracle.DELETED
                            : ByteBuffer.wrap(value.payload()).getLong();
                    oracle.appended(instance, Values.keyOf(key), stored.stamp(), written);
                }
                return reply;
            });
        }

        @Override
        public CompletableFuture<Ownership> own(int partition, long owner, long leaseMillis) {
            owners.put(instance, owner);
            return super.own(partition, owner, leaseMillis).thenApply(answer -> {
                if (answer.held()) {
                    @Nullable Integer before = lastOwners.put(partition, instance);
                    oracle.counts.takeovers += before == null || before == instance ? 0 : 1;
                }
                return answer;
            });
        }

        @Override
        public CompletableFuture<Boolean> written(int partition, long owner, List<JournalEntry> entries, long atLeast) {
            return super.written(partition, owner, entries, atLeast).thenApply(done -> {
                if (done) {
                    oracle.noted(instance, entries, origin::lastId);
                }
                return done;
            });
        }

        @Override
        public CompletableFuture<Boolean> superseded(
                int partition, long owner, List<JournalEntry> entries, JournalEntry by) {
            return super.superseded(partition, owner, entries, by).thenApply(done -> {
                if (done) {
                    oracle.superseded(
                            instance,
                            entries.stream()
                                    .filter(entry -> !isInJournal(partition, owner, entry.id()))
                                    .toList());
                }
                return done;
            });
        }

        private boolean isInJournal(int partition, long owner, long id) {
            return super.read(partition, owner, id - 1, 1).join().stream().anyMatch(entry -> entry.id() == id);
        }

        @Override
        public CompletableFuture<Boolean> bury(
                int partition, long owner, List<JournalEntry> entries, int attempts, String reason, long atLeast) {
            return super.bury(partition, owner, entries, attempts, reason, atLeast)
                    .thenApply(done -> {
                        if (done) {
                            oracle.buried(instance, entries, attempts);
                        }
                        return done;
                    });
        }

        @Override
        public CompletableFuture<Boolean> revive(int partition, long id, long atLeast) {
            long before = server.clock(BehindPlan.CACHE, partition);
            int key = letterOf(partition, id);
            return super.revive(partition, id, atLeast).thenApply(done -> {
                long after = server.clock(BehindPlan.CACHE, partition);
                if (after > before) {
                    oracle.revived(instance, key, id, after);
                }
                return done;
            });
        }

        private int letterOf(int partition, long id) {
            return there.journal().orElseThrow().deadLetters(partition, Integer.MAX_VALUE).join().stream()
                    .filter(letter -> letter.entry().id() == id)
                    .map(letter ->
                            Values.keyOf(new RemoteKey(partition, letter.entry().key())))
                    .findFirst()
                    .orElse(Trace.NO_KEY);
        }
    }
}
