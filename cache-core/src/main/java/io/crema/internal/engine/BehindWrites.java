package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.DeadLetter;
import io.crema.EntryOptions;
import io.crema.WriteBehind;
import io.crema.WriteRejectedException;
import io.crema.internal.engine.WriterCalls.Told;
import io.crema.internal.remote.Answer;
import io.crema.internal.remote.JournalAccess;
import io.crema.internal.remote.RemoteAccess;
import io.crema.internal.writebehind.BatchWriter;
import io.crema.internal.writebehind.Flusher;
import io.crema.policy.WritePolicy;
import io.crema.spi.CodecException;
import io.crema.spi.JournalEntry;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes that the remote tier keeps until the origin has them: into its journal, and out of it. */
final class BehindWrites<K, V> implements BatchWriter, WriteBehind<K, V> {

    private static final long SHORTEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final CacheEngine<K, V> engine;
    private final WritePolicy.Behind policy;
    private final WriterCalls<K, V> writer;
    private final Flusher flusher;

    /** How many writes one journal holds; the cache has one for each partition. */
    private volatile long mostOfEach;

    private volatile @Nullable JournalAccess journal;

    BehindWrites(CacheEngine<K, V> engine, Writing<K, V> writing, WritePolicy.Behind policy) {
        this.engine = engine;
        this.policy = policy;
        this.writer = new WriterCalls<>(engine, writing.writer());
        this.flusher = new Flusher(
                engine.name,
                policy,
                engine.clock,
                engine.loads.executor,
                engine.log,
                this,
                engine.tokens::next,
                partition -> engine.partitions().get(partition).highest());
    }

    /** The remote tier was reached. */
    void attach(RemoteAccess access) {
        access.journal().ifPresent(found -> {
            int partitions = access.cache().partitions();
            mostOfEach = Math.max(1, policy.journal() / partitions);
            journal = found;
            flusher.start(found, partitions);
        });
    }

    private JournalAccess journal() {
        JournalAccess attached = journal;
        if (attached == null) {
            throw notReached();
        }
        return attached;
    }

    CacheException notReached() {
        return new CacheException("Cache '" + engine.name
                + "': the remote tier has not been reached yet, so there is nothing to keep the write until the origin has it;"
                + " try again later");
    }

    // In

    /** Waits while the journal is full, as the policy says. Nobody knows whether an operation without an answer was made. */
    CompletableFuture<Answer<StoreReply>> append(RemoteKey key, RemoteValue value, long met) {
        return append(key, value, met, engine.clock.exact(), SHORTEST_WAIT_NANOS);
    }

    private CompletableFuture<Answer<StoreReply>> append(
            RemoteKey key, RemoteValue value, long met, long since, long wait) {
        return journal().append(key, value, mostOfEach, met).thenCompose(answer -> {
            boolean full = answer.isPresent() && answer.get() instanceof StoreReply.Full;
            if (!full || engine.clock.exact() - since >= policy.patience().toNanos()) {
                return CompletableFuture.completedFuture(answer);
            }
            CompletableFuture<Void> waited = new CompletableFuture<>();
            engine.clock.after(wait, () -> waited.complete(null));
            return waited.thenCompose(done -> append(key, value, met, since, Math.min(LONGEST_WAIT_NANOS, 2 * wait)));
        });
    }

    WriteRejectedException rejected() {
        engine.counters.writesRejected.increment();
        return new WriteRejectedException("Cache '" + engine.name + "': the journal is full, " + mostOfEach
                + " writes of a partition wait, and it stayed so for " + policy.patience()
                + "; look why the writer does not keep up, or set a greater journal(..)");
    }

    CacheException notConfirmed(Throwable reason) {
        return new CacheException(
                "Cache '" + engine.name + "': the remote tier did not confirm a write (" + reason
                        + "), which may be in its journal or not; repeat the call",
                reason);
    }

    // Out

    @Override
    public Map<Integer, Throwable> write(List<Write> writes) {
        Map<Integer, Throwable> failures = new LinkedHashMap<>();
        Map<K, Integer> positions = new LinkedHashMap<>();
        List<Told<K, V>> told = new ArrayList<>();
        for (int i = 0; i < writes.size(); i++) {
            JournalEntry entry = writes.get(i).entry();
            try {
                Told<K, V> one = told(entry, writes.get(i).attempt());
                positions.put(one.key(), i);
                told.add(one);
            } catch (RuntimeException e) {
                failures.put(i, e);
            }
        }
        Map<K, Throwable> failed = told.size() == 1 ? writer.callOne(told.get(0)) : writer.callAll(told);
        failed.forEach((key, failure) -> {
            failures.put(positions.getOrDefault(key, 0), failure);
            engine.log.warn(
                    "Cache '" + engine.name + "': a write behind the caller failed, and is tried again", failure);
        });
        return failures;
    }

    private Told<K, V> told(JournalEntry entry, int attempt) {
        K key = engine.serialization().decodeKey(entry.key());
        ContextOfWrite context = new ContextOfWrite(engine.name, key, entry.id(), attempt, EntryOptions.defaults());
        return new Told<>(key, entry.cachedNull() ? null : decoded(entry), context);
    }

    private V decoded(JournalEntry entry) {
        return engine.serialization()
                .decode(entry.codec(), ByteBuffer.wrap(entry.payload()))
                .orElseThrow(() -> new CodecException("a value in the journal cannot be decoded"));
    }

    @Override
    public void buried(JournalEntry entry, int attempts, Throwable reason) {
        engine.counters.writesGivenUp.increment();
        engine.log.warn(
                "Cache '" + engine.name + "': a write was given up after " + attempts
                        + " attempts and is a dead letter, to be retried or dropped by writeBehind()",
                reason);
        try {
            engine.events.writeGivenUp(engine.serialization().decodeKey(entry.key()), attempts, reason);
        } catch (CodecException e) {
            // Nobody can be told which key it was; it is among the dead letters all the same.
        }
    }

    // What users ask

    @Override
    public long pending() {
        return flusher.pending();
    }

    @Override
    public Duration lag() {
        return Duration.ofMillis(flusher.lagMillis());
    }

    @Override
    public CompletableFuture<List<DeadLetter<K, V>>> deadLetters(int mostOfEachPartition) {
        if (mostOfEachPartition < 1) {
            throw new IllegalArgumentException("Cache '" + engine.name
                    + "': at least 1 dead letter must be asked for, not " + mostOfEachPartition);
        }
        JournalAccess access = journal();
        CompletableFuture<List<DeadLetter<K, V>>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (int p = 0; p < engine.partitions().ofKeys().size(); p++) {
            all = all.thenCombine(access.deadLetters(p, mostOfEachPartition), (before, letters) -> {
                required(letters).forEach(letter -> described(letter).ifPresent(before::add));
                return before;
            });
        }
        return all;
    }

    private Optional<DeadLetter<K, V>> described(io.crema.spi.DeadLetter letter) {
        JournalEntry entry = letter.entry();
        try {
            K key = engine.serialization().decodeKey(entry.key());
            V value = entry.cachedNull()
                    ? null
                    : engine.serialization()
                            .decode(entry.codec(), ByteBuffer.wrap(entry.payload()))
                            .orElse(null);
            return Optional.of(new DeadLetter<>(
                    key, value, entry.id(), letter.attempts(), Duration.ofMillis(letter.ageMillis()), letter.reason()));
        } catch (CodecException e) {
            return Optional.empty();
        }
    }

    @Override
    public CompletableFuture<Boolean> retry(DeadLetter<K, V> letter) {
        Route<K> route = engine.route(letter.key());
        return journal()
                .revive(
                        route.partition().index(),
                        letter.writeId(),
                        route.partition().highest())
                .thenApply(this::required);
    }

    @Override
    public CompletableFuture<Boolean> drop(DeadLetter<K, V> letter) {
        return journal()
                .drop(engine.route(letter.key()).partition().index(), letter.writeId())
                .thenApply(this::required);
    }

    private <T> T required(Answer<T> answer) {
        if (answer.isEmpty()) {
            throw new CacheException(
                    "Cache '" + engine.name + "': the remote tier did not answer (" + answer.reason()
                            + "); try again later",
                    answer.reason());
        }
        return answer.get();
    }

    // The end

    /** Writes what this instance has to write; for no longer than the policy says. */
    CompletableFuture<Void> drain() {
        return flusher.drain();
    }

    Duration drainLimit() {
        return policy.drain();
    }

    CompletableFuture<Void> leave() {
        return flusher.leave();
    }
}
