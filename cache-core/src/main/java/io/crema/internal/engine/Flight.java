package io.crema.internal.engine;

import io.crema.internal.coherence.Partition;
import io.crema.internal.entry.NearEntry;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A read of one key that is under way, and everybody who waits for it. Registered before its first I/O, so that an
 * invalidation that arrives meanwhile finds it.
 */
final class Flight<V> implements Registered {

    final Partition partition;
    final long generation;

    /** Coarse time when it began, so never after. */
    final long start;

    /** The stamp of the partition when it began: what it reads is at least as new. */
    final long startStamp;

    /** Whether the lease was valid when it began. */
    final boolean leased;

    /** What was found: an entry, installed or not; empty = there is none and nothing was to be loaded. */
    final CompletableFuture<Optional<NearEntry<V>>> result = new CompletableFuture<>();

    private volatile boolean detached;
    private volatile boolean bypassing;
    private volatile boolean fromRemote;

    /** The thread that runs the user's loader for it. */
    private volatile @Nullable Thread loading;

    /** The caller that runs its steps; null if the executor does. */
    private volatile @Nullable CallerRunner caller;

    Flight(Partition partition, long start, boolean leased) {
        this.partition = partition;
        this.generation = partition.generation();
        this.start = start;
        this.startStamp = partition.lastSeen();
        this.leased = leased;
    }

    boolean isDetached() {
        return detached;
    }

    /** From now on nothing that it finds may be installed, and nobody joins it; who waits still gets its value. */
    void detach() {
        detached = true;
    }

    /** It asks the origin because what is stored is known to be wrong: nothing of it may be installed. */
    void bypass() {
        bypassing = true;
    }

    boolean mustNotInstall() {
        return detached || bypassing;
    }

    @Override
    public void invalidated(long stamp) {
        detach();
    }

    boolean isFromRemote() {
        return fromRemote;
    }

    /** Its result was found in the remote tier. */
    void foundInRemote() {
        fromRemote = true;
    }

    @Nullable
    Thread loading() {
        return loading;
    }

    void loading(@Nullable Thread thread) {
        loading = thread;
    }

    void runBy(@Nullable CallerRunner runner) {
        caller = runner;
    }

    /** The thread without which it cannot go on: the one that loads, else the caller that runs its steps. */
    @Nullable
    Thread needed() {
        Thread loader = loading;
        CallerRunner runner = caller;
        if (loader != null || runner == null) {
            return loader;
        }
        return runner.thread();
    }
}
