package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.DeadLetter;
import io.crema.WriteBehind;
import io.crema.WriteRejectedException;
import io.crema.internal.coherence.Partition;
import io.crema.internal.remote.Answer;
import io.crema.internal.remote.JournalAccess;
import io.crema.internal.remote.RemoteAccess;
import io.crema.internal.writebehind.Flusher;
import io.crema.policy.WritePolicy;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteValue;
import io.crema.spi.StoreReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Writes that the remote tier keeps until the origin has them: into its journal, and what can be asked about them. */
final class BehindWrites<K, V> implements WriteBehind<K, V> {

    private final CacheEngine<K, V> engine;
    private final WritePolicy.Behind policy;
    private final DeadLetters<K, V> letters;
    private final Flusher flusher;

    /** How many writes one journal holds; the cache has one for each partition. */
    private volatile long mostOfEach;

    private volatile @Nullable JournalAccess journal;
    private volatile boolean stopped;

    private final JournalRoom room;

    BehindWrites(CacheEngine<K, V> engine, Writing<K, V> writing, WritePolicy.Behind policy) {
        this.engine = engine;
        this.policy = policy;
        this.letters = new DeadLetters<>(engine);
        this.room = new JournalRoom(engine.clock, engine.loads.executor, policy.patience());
        this.flusher = new Flusher(
                engine.name,
                policy,
                engine.clock,
                engine.loads.executor,
                engine.log,
                new BehindCalls<>(engine, new WriterCalls<>(engine, writing.writer())),
                engine.tokens::next,
                partition -> engine.partitions().get(partition).highest(),
                partition -> engine.partitions().get(partition).epoch());
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

    /**
     * Waits while the journal is full, as the policy says. Nobody knows whether an operation without an answer was made.
     *
     * @param met is set to the highest stamp that had been seen of the partition when it was sent
     */
    CompletableFuture<Answer<StoreReply>> append(
            RemoteKey key, RemoteValue value, Partition partition, AtomicLong met) {
        JournalAccess access = journal();
        return room.await(key.partition(), () -> {
            met.set(partition.highest());
            return access.append(key, value, mostOfEach, met.get());
        });
    }

    /** The journal had no room for a put in time, or until the cache was closed; nothing has changed. */
    CacheException rejected(K key) {
        if (stopped) {
            return new CacheException("Cache '" + engine.name
                    + "' was closed while a put waited for room in the journal; nothing has changed");
        }
        engine.counters.writesRejected.increment();
        engine.events.writeRejected(key);
        WriteRejectedException rejected = new WriteRejectedException("Cache '" + engine.name
                + "': the journal is full, " + mostOfEach + " writes of a partition wait, and it stayed so for "
                + policy.patience() + "; look why the writer does not keep up, or set a greater journal(..)");
        engine.log.warn("Cache '" + engine.name + "': a write was rejected", rejected);
        return rejected;
    }

    /** The key has a newer value. */
    CacheException tooOld() {
        return new CacheException(
                "Cache '" + engine.name
                        + "': a write was not made, because a value of a newer originVersion(..) is known; nothing has changed");
    }

    CacheException notConfirmed(Throwable reason) {
        return new CacheException(
                "Cache '" + engine.name + "': the remote tier did not confirm a write (" + reason
                        + "), which may be in its journal or not; repeat the call",
                reason);
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
        return letters.list(journal(), mostOfEachPartition);
    }

    @Override
    public CompletableFuture<Boolean> retry(DeadLetter<K, V> letter) {
        return letters.retry(journal(), letter);
    }

    @Override
    public CompletableFuture<Boolean> drop(DeadLetter<K, V> letter) {
        return letters.drop(journal(), letter);
    }

    // The end

    /** Nothing more is begun; nobody waits for room any more, which may come when there is no clock. */
    void stop() {
        stopped = true;
        flusher.stop();
        room.close();
    }

    /** Writes what this instance has to write. */
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
