package io.crema.internal.engine;

import io.crema.CacheException;
import io.crema.DeadLetter;
import io.crema.WriteBehind;
import io.crema.WriteRejectedException;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes that the remote tier keeps until the origin has them: into its journal, and what can be asked about them. */
final class BehindWrites<K, V> implements WriteBehind<K, V> {

    private static final long SHORTEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final CacheEngine<K, V> engine;
    private final WritePolicy.Behind policy;
    private final DeadLetters<K, V> letters;
    private final Flusher flusher;

    /** How many writes one journal holds; the cache has one for each partition. */
    private volatile long mostOfEach;

    private volatile @Nullable JournalAccess journal;
    private volatile boolean stopped;

    /** What lets writes go on that wait for room in the journal. */
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();

    BehindWrites(CacheEngine<K, V> engine, Writing<K, V> writing, WritePolicy.Behind policy) {
        this.engine = engine;
        this.policy = policy;
        this.letters = new DeadLetters<>(engine);
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

    /** Waits while the journal is full, as the policy says. Nobody knows whether an operation without an answer was made. */
    CompletableFuture<Answer<StoreReply>> append(RemoteKey key, RemoteValue value, long met) {
        return append(key, value, met, engine.clock.exact(), SHORTEST_WAIT_NANOS);
    }

    private CompletableFuture<Answer<StoreReply>> append(
            RemoteKey key, RemoteValue value, long met, long since, long wait) {
        return journal().append(key, value, mostOfEach, met).thenCompose(answer -> {
            boolean full = answer.isPresent() && answer.get() instanceof StoreReply.Full;
            if (!full
                    || stopped
                    || engine.clock.exact() - since >= policy.patience().toNanos()) {
                return CompletableFuture.completedFuture(answer);
            }
            return waited(wait)
                    .thenCompose(done -> append(key, value, met, since, Math.min(LONGEST_WAIT_NANOS, 2 * wait)));
        });
    }

    @SuppressWarnings("UndefinedEquals") // Each is itself only.
    private CompletableFuture<Void> waited(long nanos) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Runnable goesOn = () -> end.complete(null);
        waiting.add(goesOn);
        engine.clock.after(nanos, goesOn);
        if (stopped) {
            goesOn.run();
        }
        return end.whenComplete((done, none) -> waiting.remove(goesOn));
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
        waiting.forEach(Runnable::run);
    }

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
