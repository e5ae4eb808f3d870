package io.crema.internal.near;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.crema.event.CacheEvent.Evicted.Cause;
import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.EntryTags;
import io.crema.internal.coherence.Lease;
import io.crema.internal.coherence.Partition;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.time.InstanceClock;
import io.crema.policy.Near;
import io.crema.policy.ReadClock;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The tier in this process, over Caffeine.
 *
 * <p>An entry enters and leaves under Caffeine's lock of its key, so that an install and an invalidation of one key
 * are ordered: whichever comes second sees the first. That takes {@code compute}; {@code computeIfPresent} and the
 * conditional removals have a fast path that misses an install in flight. No code of the user runs under that lock:
 * weights are taken before.
 */
public final class NearTier<K, V> {

    /** Whether values that are not fresh any more are kept. */
    public enum Reserves {
        KEPT,
        NONE
    }

    private final CoherenceRules rules;
    private final InstanceClock clock;
    private final boolean strict;
    private final boolean keepsReserves;
    private final Lease lease;
    private final long window;
    private final @Nullable Cache<K, NearEntry<V>> entries;
    private final InstanceClock.Deferring maintenance;
    private final HitCounter hits = new HitCounter();
    private final LongAdder evictions = new LongAdder();

    /**
     * @param reserves whether what is not fresh any more is kept
     * @param window nanoseconds that a confirmation of the lease is good for
     * @param onEviction told under Caffeine's locks what leaves because of size or time; must not block or throw
     */
    public NearTier(
            Near policy,
            Reserves reserves,
            CoherenceRules rules,
            InstanceClock clock,
            ReadClock readClock,
            Lease lease,
            long window,
            Executor executor,
            BiConsumer<? super K, Cause> onEviction) {
        this.rules = rules;
        this.clock = clock;
        this.strict = readClock == ReadClock.STRICT;
        this.lease = lease;
        this.window = window;
        this.keepsReserves = reserves == Reserves.KEPT;
        // Caffeine asks for maintenance whenever its buffer of reads is full, which hits fill all the time. Waking a
        // thread for it would cost them more than all else; what the full buffer drops until the tick is a sample less.
        this.maintenance = clock.deferring(executor);
        this.entries = policy.bound() == Near.Bound.NONE ? null : build(policy, onEviction);
    }

    private Cache<K, NearEntry<V>> build(Near policy, BiConsumer<? super K, Cause> onEviction) {
        Caffeine<Object, Object> caffeine =
                Caffeine.newBuilder().executor(maintenance).ticker(clock::coarse);
        if (policy.timeToIdle() != null) {
            caffeine.expireAfterAccess(policy.timeToIdle());
        }
        Caffeine<K, NearEntry<V>> typed = freedInTime(caffeine, policy)
                .evictionListener((@Nullable K key, @Nullable NearEntry<V> entry, RemovalCause cause) -> {
                    evictions.increment();
                    if (key != null) {
                        onEviction.accept(key, cause == RemovalCause.SIZE ? Cause.SIZE : Cause.TIME);
                    }
                });
        if (policy.bound() == Near.Bound.WEIGHT) {
            return typed.maximumWeight(policy.maximum())
                    .weigher((K key, NearEntry<V> entry) -> entry.weight)
                    .build();
        }
        return typed.maximumSize(policy.maximum()).build();
    }

    /** When memory is freed; what may be served is for the deadlines to say, which are never later. */
    private Caffeine<K, NearEntry<V>> freedInTime(Caffeine<Object, Object> caffeine, Near policy) {
        if (policy.timeToIdle() != null) {
            // Caffeine frees by one kind of deadline only; the size bounds what stays longer than it lives.
            if (policy.timeToLive() != null && !keepsReserves) {
                caffeine.expireAfterWrite(policy.timeToLive());
            }
            @SuppressWarnings("unchecked")
            Caffeine<K, NearEntry<V>> typed = (Caffeine<K, NearEntry<V>>) (Caffeine<?, ?>) caffeine;
            return typed;
        }
        long longest = keepsReserves || policy.timeToLive() == null
                ? Long.MAX_VALUE
                : policy.timeToLive().toNanos();
        return caffeine.expireAfter(Expiry.<K, NearEntry<V>>writing((key, entry) -> {
            long rest = (keepsReserves ? entry.keepUntil : entry.freshUntil) - clock.coarse();
            return Duration.ofNanos(Math.max(0, Math.min(longest, rest)));
        }));
    }

    /**
     * The entry of a key if it may be served now and is not due to be loaded anew, in which case {@link #coherent} has it
     * still.
     */
    public @Nullable NearEntry<V> hit(K key) {
        Cache<K, NearEntry<V>> map = entries;
        if (map == null) {
            return null;
        }
        long now = now();
        NearEntry<V> entry = underLease(map, key, now);
        return entry == null ? null : hitUntil(entry, now, Math.min(entry.deadline, entry.refreshAt()));
    }

    /** As {@link #hit}, whether it is due to be loaded anew or not: for look-ups, which leave that to others. */
    public @Nullable NearEntry<V> hitOfLookUp(K key) {
        Cache<K, NearEntry<V>> map = entries;
        if (map == null) {
            return null;
        }
        long now = now();
        NearEntry<V> entry = underLease(map, key, now);
        return entry == null ? null : hitUntil(entry, now, entry.deadline);
    }

    /** The entry of a key if it is within the bound, as long as it is kept, fresh or not. Counts no hit. */
    public @Nullable NearEntry<V> coherent(K key) {
        if (entries == null) {
            return null;
        }
        long now = now();
        NearEntry<V> entry = underLease(entries, key, now);
        return entry != null && isGood(entry, now, entry.keepUntil) ? entry : null;
    }

    /** Whether an entry, wherever it is, is right as far as generations and tags tell, as long as it is kept. */
    public boolean isRight(NearEntry<V> entry) {
        return isGood(entry, now(), entry.keepUntil);
    }

    /** A read was answered with an entry that {@link #coherent} gave. */
    public void countHit() {
        hits.increment();
    }

    /**
     * The order of the steps is what makes it right: the lease is read before the map, and the generation after it, by
     * whoever asks whether the entry is good. Only where the lease does not hold for all partitions, that of the entry's
     * own is asked, before the entry is looked up again.
     */
    private @Nullable NearEntry<V> underLease(Cache<K, NearEntry<V>> map, K key, long now) {
        if (rules.leaseValid(now, lease.confirmed(), window)) {
            return map.getIfPresent(key);
        }
        NearEntry<V> first = map.getIfPresent(key);
        if (first == null || !leaseValid(first)) {
            return null;
        }
        NearEntry<V> entry = map.getIfPresent(key);
        if (entry == null || entry.partition != first.partition || entry.tags != null && first.tags == null) {
            return null;
        }
        return entry;
    }

    /** Of its partition, and of that of its tags if it has any. */
    private boolean leaseValid(NearEntry<V> entry) {
        return leaseValid(entry.partition) && (entry.tags == null || leaseValid(entry.tags.partition));
    }

    /**
     * As {@link #hit} while there is no lease: an entry may be served on the strength of its own age; not one with
     * tags, which may have been found good by what the lease was good for.
     */
    public @Nullable NearEntry<V> hitUnleased(K key) {
        NearEntry<V> entry = peek(key);
        if (entry == null
                || entry.tags != null
                || !rules.mayServeUnleased(
                        entry.generation, entry.partition.generation(), now(), entry.deadline, entry.asOf, window)) {
            return null;
        }
        hits.increment();
        return entry;
    }

    /** As {@link #hit}, whether there is a lease or not: the bound does not hold. */
    public @Nullable NearEntry<V> hitEventually(K key) {
        NearEntry<V> entry = peek(key);
        return entry == null ? null : hitUntil(entry, now(), entry.deadline);
    }

    private @Nullable NearEntry<V> hitUntil(NearEntry<V> entry, long now, long until) {
        if (!isGood(entry, now, until)) {
            return null;
        }
        hits.increment();
        return entry;
    }

    /** The entry of a key, good or suspect, unless it is known to be gone or its time to live is over. */
    public @Nullable NearEntry<V> unproven(K key) {
        NearEntry<V> entry = peek(key);
        return entry != null && mayReserve(entry, entry.freshUntil) ? entry : null;
    }

    /** The entry of a key, good or suspect, fresh or not, unless it is known to be gone, as long as it is kept. */
    public @Nullable NearEntry<V> reserve(K key) {
        NearEntry<V> entry = peek(key);
        return entry != null && mayReserve(entry, entry.keepUntil) ? entry : null;
    }

    private boolean mayReserve(NearEntry<V> entry, long until) {
        return (entry.tags == null || !entry.tags.areSuperseded())
                && rules.mayReserve(entry.stamp, entry.partition.floor(), now(), until);
    }

    /** The entry of a key, good or suspect. */
    public @Nullable NearEntry<V> peek(K key) {
        return entries == null ? null : entries.getIfPresent(key);
    }

    /**
     * Installs an entry unless what made it was detached, its generation is over, its tags have other versions now, or the
     * map has a newer one.
     */
    public void install(K key, NearEntry<V> entry, BooleanSupplier detached) {
        if (entries == null) {
            return;
        }
        entries.asMap().compute(key, (k, old) -> mayInstall(entry, old, detached) ? entry : old);
    }

    private boolean mayInstall(NearEntry<V> entry, @Nullable NearEntry<V> old, BooleanSupplier detached) {
        long generation = entry.partition.generation();
        if (!rules.mayInstall(detached.getAsBoolean(), entry.generation, generation)
                || entry.tags != null && !entry.tags.areCurrent()) {
            return false;
        }
        return old == null
                || old.partition != entry.partition
                || !servable(old)
                || !rules.keepsOld(old.stamp, old.loadedAt, entry.stamp, entry.loadedAt);
    }

    /** What nobody may be given now is not worth keeping, whatever its stamp. */
    private boolean servable(NearEntry<V> entry) {
        EntryTags tags = entry.tags;
        if (tags != null && !tags.areCurrent()) {
            return false;
        }
        long now = clock.coarse();
        long generation = entry.partition.generation();
        return leaseValid(entry)
                ? rules.mayServe(entry.generation, generation, now, entry.deadline)
                : tags == null
                        && rules.mayServeUnleased(
                                entry.generation, generation, now, entry.deadline, entry.asOf, window);
    }

    /** Installs an entry if there is none that may be served; for a cache without a remote tier. */
    public boolean installIfAbsent(K key, NearEntry<V> entry) {
        if (entries == null) {
            return false;
        }
        NearEntry<V> now = entries.asMap().compute(key, (k, old) -> {
            return old != null && servable(old) ? old : entry;
        });
        return now == entry;
    }

    /** Removes what an invalidation with this stamp makes wrong. Returns whether there was an entry to serve. */
    public boolean evictOlder(K key, Partition partition, long stamp) {
        if (entries == null) {
            return false;
        }
        boolean[] removed = new boolean[1];
        entries.asMap().compute(key, (k, old) -> {
            if (old == null || old.partition == partition && !rules.evicts(stamp, old.stamp)) {
                return old;
            }
            removed[0] = isGood(old, now(), old.deadline);
            return null;
        });
        return removed[0];
    }

    /** Leaves what an expiry with this stamp makes old as a reserve. */
    public void expireOlder(K key, Partition partition, long stamp) {
        if (entries == null) {
            return;
        }
        entries.asMap().compute(key, (k, old) -> {
            if (old == null || old.partition == partition && !rules.evicts(stamp, old.stamp)) {
                return old;
            }
            return old.partition == partition ? old.expired() : null;
        });
    }

    /** Whether it may be served as far as it is concerned, until some moment of its. */
    private boolean isGood(NearEntry<V> entry, long now, long until) {
        EntryTags tags = entry.tags;
        return rules.mayServe(entry.generation, entry.partition.generation(), now, until)
                && (tags == null || tags.areCurrent());
    }

    /** Removes whatever there is. */
    public void remove(K key) {
        if (entries != null) {
            entries.asMap().compute(key, (k, old) -> null);
        }
    }

    /**
     * Frees the memory of what is below its partition's floor, soon and not on this thread: that it is not served any more
     * is the generation's doing, so whoever clears does not pay for each entry.
     */
    public void discardCleared() {
        Cache<K, NearEntry<V>> map = entries;
        if (map != null) {
            maintenance.execute(() -> {
                boolean unused = map.asMap().values().removeIf(entry -> entry.stamp < entry.partition.floor());
            });
        }
    }

    /** Frees memory for the last time. */
    public void close() {
        if (entries != null) {
            entries.invalidateAll();
        }
        maintenance.close();
    }

    /** Whether the lease holds for all partitions. */
    public boolean leaseValid() {
        return rules.leaseValid(now(), lease.confirmed(), window);
    }

    /** Now, by the clock that hits are judged by. */
    public long now() {
        return strict ? clock.exact() : clock.coarse();
    }

    /** Whether it holds for this one. */
    public boolean leaseValid(Partition partition) {
        return rules.leaseValid(now(), lease.confirmed(partition), window);
    }

    public long hits() {
        return hits.sum();
    }

    public long evictions() {
        return evictions.sum();
    }

    public long size() {
        return entries == null ? 0 : entries.estimatedSize();
    }
}
