package io.crema.simulation;

import io.crema.CacheWriter;
import io.crema.PartialWriteException;
import io.crema.WriteContext;
import io.crema.spi.InvalidateReply;
import io.crema.spi.JournalEntry;
import io.crema.spi.Ownership;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.WriteJournal;
import io.crema.testkit.ForwardingCache;
import io.crema.testkit.InMemoryServer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * What the checks of writes behind have to notice: a remote tier, or a writer, by which the library does what it would do
 * if one of its rules were missing. That a deposed owner's notes are refused is not among them: where the origin compares
 * ids its notes are true, and the contract of journals has a test for it.
 */
final class BehindMutants {

    private BehindMutants() {}

    /** @param name what it does */
    record Mutant(String name, BehindSetup setup) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Mutant> all() {
        return List.of(
                journal("an owner is replaced before its time", HastyOwners::new),
                journal("leases are not renewed", NoRenewals::new),
                journal("of the writes of a key the first stands for all", FirstStands::new),
                journal("writes are read in another order", OtherOrder::new),
                journal("two writes of a key are under way at a time", TwoNames::new),
                journal("what was pending is not forgotten at a takeover", NeverForgotten::new),
                journal("writes are done before they are made", DoneEarly::new),
                journal("what stands for superseded writes goes with them", SupersededAll::new),
                cache("an invalidation removes what is dirty", HeedlessInvalidations::new),
                cache("what was written goes, though something newer has come", HeedlessNotes::of),
                writer("what failed of many counts as written", NoPartialFailures::new));
    }

    private static Mutant journal(String name, BiFunction<WriteJournal, Owners, WriteJournal> tampering) {
        return new Mutant(
                name,
                new BehindSetup(
                        server -> {
                            Owners owners = new Owners();
                            return cache -> ForwardingJournal.in(cache, journal -> tampering.apply(journal, owners));
                        },
                        writer -> writer));
    }

    private static Mutant cache(String name, BiFunction<RemoteCache, InMemoryServer, RemoteCache> tampering) {
        return new Mutant(name, new BehindSetup(server -> cache -> tampering.apply(cache, server), writer -> writer));
    }

    private static Mutant writer(String name, UnaryOperator<CacheWriter<String, Long>> tampering) {
        return new Mutant(name, new BehindSetup(server -> cache -> cache, tampering));
    }

    /** Who owned each partition last, as far as all instances together know. */
    private static final class Owners {

        private final Map<Integer, Long> last = new HashMap<>();

        long of(int partition, long otherwise) {
            return last.getOrDefault(partition, otherwise);
        }

        void noted(int partition, long owner, Ownership answer) {
            if (answer.held()) {
                last.put(partition, owner);
            }
        }
    }

    /** Knows the owners. */
    private static class Knowing extends ForwardingJournal {

        final Owners owners;

        Knowing(WriteJournal journal, Owners owners) {
            super(journal);
            this.owners = owners;
        }

        @Override
        public CompletableFuture<Ownership> own(int partition, long owner, long leaseMillis) {
            return super.own(partition, owner, leaseMillis).thenApply(answer -> {
                owners.noted(partition, owner, answer);
                return answer;
            });
        }
    }

    private static final class HastyOwners extends Knowing {

        HastyOwners(WriteJournal journal, Owners owners) {
            super(journal, owners);
        }

        @Override
        public CompletableFuture<Ownership> own(int partition, long owner, long leaseMillis) {
            return disown(partition, owners.of(partition, owner))
                    .thenCompose(done -> super.own(partition, owner, leaseMillis));
        }
    }

    private static final class NoRenewals extends Knowing {

        NoRenewals(WriteJournal journal, Owners owners) {
            super(journal, owners);
        }

        @Override
        public CompletableFuture<Ownership> own(int partition, long owner, long leaseMillis) {
            return owners.of(partition, 0) == owner
                    ? CompletableFuture.completedFuture(new Ownership(true, leaseMillis, 0, 0, 0))
                    : super.own(partition, owner, leaseMillis);
        }
    }

    private static JournalEntry entry(long id, byte[] key, JournalEntry of) {
        return new JournalEntry(id, key, of.cachedNull(), of.codec(), of.payload());
    }

    private static final class FirstStands extends ForwardingJournal {

        FirstStands(WriteJournal journal, Owners owners) {
            super(journal);
        }

        @Override
        public CompletableFuture<List<JournalEntry>> read(int partition, long owner, long after, int most) {
            return super.read(partition, owner, after, most).thenApply(page -> {
                Map<ByteBuffer, JournalEntry> first = new HashMap<>();
                return page.stream()
                        .map(each -> entry(
                                each.id(), each.key(), first.computeIfAbsent(ByteBuffer.wrap(each.key()), key -> each)))
                        .toList();
            });
        }
    }

    /** The last of a page stays, since the next page begins after it. */
    private static final class OtherOrder extends ForwardingJournal {

        OtherOrder(WriteJournal journal, Owners owners) {
            super(journal);
        }

        @Override
        public CompletableFuture<List<JournalEntry>> read(int partition, long owner, long after, int most) {
            return super.read(partition, owner, after, most).thenApply(page -> {
                List<JournalEntry> other = new ArrayList<>(page);
                for (int i = 0; i + 2 < other.size(); i += 2) {
                    JournalEntry one = other.get(i);
                    other.set(i, other.get(i + 1));
                    other.set(i + 1, one);
                }
                return other;
            });
        }
    }

    /** By another name a write of the same key does not wait. */
    private static final class TwoNames extends ForwardingJournal {

        TwoNames(WriteJournal journal, Owners owners) {
            super(journal);
        }

        @Override
        public CompletableFuture<List<JournalEntry>> read(int partition, long owner, long after, int most) {
            return super.read(partition, owner, after, most)
                    .thenApply(page -> page.stream()
                            .map(each -> each.id() % 2 == 0 ? each : entry(each.id(), longer(each.key()), each))
                            .toList());
        }

        private static byte[] longer(byte[] key) {
            byte[] name = Arrays.copyOf(key, key.length + 1);
            name[key.length] = ' ';
            return name;
        }
    }

    private static final class NeverForgotten extends ForwardingJournal {

        private final Map<Integer, TreeMap<Long, JournalEntry>> pending = new HashMap<>();

        NeverForgotten(WriteJournal journal, Owners owners) {
            super(journal);
        }

        private Map<Long, JournalEntry> pending(int partition) {
            return pending.computeIfAbsent(partition, number -> new TreeMap<>());
        }

        @Override
        public CompletableFuture<List<JournalEntry>> read(int partition, long owner, long after, int most) {
            return super.read(partition, owner, after, most).thenApply(page -> {
                Map<Long, JournalEntry> all = pending(partition);
                page.forEach(each -> all.put(each.id(), each));
                return after == 0 ? List.copyOf(all.values()) : page;
            });
        }

        @Override
        public CompletableFuture<Boolean> written(int partition, long owner, List<JournalEntry> entries, long atLeast) {
            return super.written(partition, owner, entries, atLeast).thenApply(done -> {
                if (done) {
                    entries.forEach(each -> pending(partition).remove(each.id()));
                }
                return done;
            });
        }

        @Override
        public CompletableFuture<Boolean> bury(
                int partition, long owner, List<JournalEntry> entries, int attempts, String reason, long atLeast) {
            entries.forEach(each -> pending(partition).remove(each.id()));
            return super.bury(partition, owner, entries, attempts, reason, atLeast);
        }
    }

    private static final class DoneEarly extends ForwardingJournal {

        DoneEarly(WriteJournal journal, Owners owners) {
            super(journal);
        }

        @Override
        public CompletableFuture<List<JournalEntry>> read(int partition, long owner, long after, int most) {
            return super.read(partition, owner, after, most)
                    .thenCompose(page -> page.isEmpty()
                            ? CompletableFuture.completedFuture(page)
                            : super.written(partition, owner, page.subList(0, Math.min(MAX_ENTRIES, page.size())), 0)
                                    .thenApply(done -> page));
        }
    }

    private static final class SupersededAll extends ForwardingJournal {

        SupersededAll(WriteJournal journal, Owners owners) {
            super(journal);
        }

        @Override
        public CompletableFuture<Boolean> superseded(
                int partition, long owner, List<JournalEntry> entries, JournalEntry by) {
            return super.written(partition, owner, List.of(by), 0)
                    .thenCompose(done -> super.superseded(partition, owner, entries, by));
        }
    }

    private static final class HeedlessInvalidations extends ForwardingCache {

        private final InMemoryServer server;

        HeedlessInvalidations(RemoteCache cache, InMemoryServer server) {
            super(cache);
            this.server = server;
        }

        @Override
        public CompletableFuture<InvalidateReply> invalidate(
                int partition, List<RemoteKey> keys, long least, long atLeast) {
            return super.invalidate(partition, keys, least, atLeast).thenApply(reply -> {
                keys.forEach(key -> server.loseRecord(BehindPlan.CACHE, partition, key.bytes()));
                return reply;
            });
        }
    }

    private static final class HeedlessNotes extends ForwardingJournal {

        private final InMemoryServer server;

        HeedlessNotes(WriteJournal journal, InMemoryServer server) {
            super(journal);
            this.server = server;
        }

        static RemoteCache of(RemoteCache cache, InMemoryServer server) {
            return ForwardingJournal.in(cache, journal -> new HeedlessNotes(journal, server));
        }

        @Override
        public CompletableFuture<Boolean> written(int partition, long owner, List<JournalEntry> entries, long atLeast) {
            return super.written(partition, owner, entries, atLeast).thenApply(done -> {
                if (done) {
                    entries.forEach(each -> server.loseRecord(BehindPlan.CACHE, partition, each.key()));
                }
                return done;
            });
        }
    }

    private record NoPartialFailures(CacheWriter<String, Long> writer) implements CacheWriter<String, Long> {

        @Override
        public void write(String key, Long value, WriteContext context) throws Exception {
            writer.write(key, value, context);
        }

        @Override
        public void delete(String key, WriteContext context) throws Exception {
            writer.delete(key, context);
        }

        @Override
        public void writeAll(Map<String, Long> values, WriteContext context) throws Exception {
            try {
                writer.writeAll(new LinkedHashMap<>(values), context);
            } catch (PartialWriteException e) {
                // Some of them have been written.
            }
        }

        @Override
        public void deleteAll(Set<String> keys, WriteContext context) throws Exception {
            try {
                writer.deleteAll(keys, context);
            } catch (PartialWriteException e) {
                // Some of them have been deleted.
            }
        }
    }
}
