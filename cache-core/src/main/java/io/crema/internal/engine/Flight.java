package io.crema.internal.engine;

import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.EntryTags;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.TagTable;
import io.crema.internal.entry.NearEntry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A read of one key that is under way, and everybody who waits for it. Registered before its first I/O, so that an
 * invalidation that arrives meanwhile finds it.
 */
final class Flight<V> implements Registered {

    private static final int GIVEN_UP = -1;

    final Partition partition;
    final long generation;

    /** What was known of the tag partition when it began. */
    final TagTable.Moment began;

    /** When it began, or a little before, by the clock that hits are judged by. */
    final long start;

    /**
     * The highest stamp of the partition that was met when it began, in messages or replies: what had that stamp was
     * executed before, so what it reads is at least as new.
     */
    final long startStamp;

    /** Whether the lease of its partition was valid when it began. */
    final boolean leased;

    /** Whether that of the tag partition was. */
    final boolean tagsLeased;

    /** What those who wait get; perhaps a reserve, long before the flight lands. */
    final CompletableFuture<Outcome<V>> result = new CompletableFuture<>();

    private final TagTable table;

    private volatile boolean detached;
    private volatile boolean bypassing;

    /** The highest stamp of an invalidation of its key that came since it began. */
    private final AtomicLong newest = new AtomicLong(Long.MIN_VALUE);

    private final CoherenceRules rules;

    /** Whether it is known what tags its value has. */
    private volatile boolean tagsKnown;

    private volatile @Nullable EntryTags tags;

    /** How many wait for it and have not left; {@link #GIVEN_UP} once the last has and nobody may join. */
    private final AtomicInteger waiting;

    /** The thread that runs the user's loader for it. */
    private volatile @Nullable Thread loading;

    /** What readers get as long as the flight loads behind them. */
    private volatile @Nullable NearEntry<V> meanwhile;

    /** What ends it when nobody waits any more. */
    private volatile @Nullable Runnable abandonment;

    /** What it may hold in the remote tier. */
    private volatile @Nullable HeldLease lease;

    /** Until when those who join it may get the result that it has before it lands. */
    private volatile long answersUntil = Long.MAX_VALUE;

    /** Whether a loader waits for it, and what is to be done about that. */
    private volatile boolean neededByLoader;

    private volatile @Nullable Runnable onNeeded;

    /** The caller that runs its steps; null if the executor does. */
    private volatile @Nullable CallerRunner caller;

    /** It is the first who waits for it. */
    Flight(CoherenceRules rules, Partition partition, TagTable table, long start, Leased leased) {
        this.rules = rules;
        this.waiting = new AtomicInteger(1);
        this.table = table;
        this.began = table.now();
        this.partition = partition;
        this.generation = partition.generation();
        this.start = start;
        this.startStamp = partition.highest();
        this.leased = leased.partition();
        this.tagsLeased = leased.tags();
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
        newest.accumulateAndGet(stamp, Math::max);
        detach();
    }

    /** Whether an entry is known to be wrong since the flight began, so that it is not even a reserve. */
    boolean isWrong(NearEntry<?> entry) {
        return bypassing || rules.evicts(newest.get(), entry.stamp);
    }

    /**
     * Which leases were valid at one moment.
     *
     * @param partition that of the key's partition
     * @param tags that of the tag partition
     */
    record Leased(boolean partition, boolean tags) {

        static final Leased NOTHING = new Leased(false, false);
        static final Leased EVERYTHING = new Leased(true, true);
    }

    /** Its value turned out to have these tags; null = none. */
    void hasTags(@Nullable EntryTags versions) {
        tags = versions;
        tagsKnown = true;
    }

    /** It turns to the origin: those of what is stored are not those of its value. */
    void forgetTags() {
        tagsKnown = false;
        tags = null;
    }

    boolean isUntagged() {
        return tagsKnown && tags == null;
    }

    /**
     * Whether a tag that its value has may have been invalidated since it began; as long as nobody knows its tags, each
     * may be one of them.
     */
    boolean isHitByTag() {
        if (!tagsKnown) {
            return !table.isQuietSince(began);
        }
        EntryTags versions = tags;
        return versions != null && !versions.areCurrent();
    }

    void land(Outcome<V> outcome) {
        result.complete(outcome);
    }

    void land(Throwable failure) {
        result.completeExceptionally(failure);
    }

    /** One more waits for it; false if it was given up because nobody did. */
    boolean join() {
        return waiting.getAndUpdate(before -> before == GIVEN_UP ? before : before + 1) != GIVEN_UP;
    }

    /** One of those who wait leaves before there is a result. Returns whether it was the last, after whom nobody joins. */
    boolean leave() {
        return waiting.updateAndGet(before -> before == 1 ? GIVEN_UP : Math.max(GIVEN_UP, before - 1)) == GIVEN_UP;
    }

    @Nullable
    NearEntry<V> meanwhile() {
        return meanwhile;
    }

    void meanwhile(NearEntry<V> entry) {
        meanwhile = entry;
    }

    /** Those who wait get a reserve, and so do those who join until then; the flight goes on. */
    void answer(Outcome<V> reserve, long until) {
        answersUntil = until;
        result.complete(reserve);
    }

    /** Whether who begins to wait at that moment may get the result that it has before it lands. */
    boolean answersAt(long now) {
        return now < answersUntil;
    }

    /** A loader will wait for it, and so perhaps keep a place in a bulkhead for which it would wait itself. */
    void needByLoader() {
        neededByLoader = true;
        Runnable task = onNeeded;
        if (task != null) {
            task.run();
        }
    }

    boolean isNeededByLoader() {
        return neededByLoader;
    }

    /** @param task is run when a loader needs it, or at once if one does; idempotent */
    void onNeededByLoader(Runnable task) {
        onNeeded = task;
        if (neededByLoader) {
            task.run();
        }
    }

    void onAbandoned(Runnable newAbandonment) {
        abandonment = newAbandonment;
    }

    /** Ends it; who has joined nevertheless looks again. */
    void abandon() {
        Runnable end = abandonment;
        if (end != null) {
            end.run();
        }
    }

    void needs(HeldLease newLease) {
        lease = newLease;
    }

    /** Whoever waits is told, and the key is left to other instances; the future ends when they have it, or never will. */
    CompletableFuture<?> close(Throwable closed) {
        detach();
        land(closed);
        HeldLease held = lease;
        return held == null ? CompletableFuture.completedFuture(null) : held.giveBack();
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
