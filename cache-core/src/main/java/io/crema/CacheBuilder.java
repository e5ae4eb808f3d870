package io.crema;

import io.crema.event.CacheListener;
import io.crema.internal.engine.CacheSettings;
import io.crema.internal.engine.LoaderSet;
import io.crema.internal.engine.Loading;
import io.crema.internal.engine.Writing;
import io.crema.internal.remote.RemoteSettings;
import io.crema.policy.AbandonedLoads;
import io.crema.policy.Bulkhead;
import io.crema.policy.Degraded;
import io.crema.policy.Expiration;
import io.crema.policy.FailureCaching;
import io.crema.policy.HistoryChange;
import io.crema.policy.LoadTimeouts;
import io.crema.policy.Near;
import io.crema.policy.NullCaching;
import io.crema.policy.ReadClock;
import io.crema.policy.RefreshAhead;
import io.crema.policy.SingleFlight;
import io.crema.policy.StaleOnError;
import io.crema.policy.StaleWhileRevalidate;
import io.crema.policy.WritePolicy;
import io.crema.spi.Codec;
import io.crema.spi.KeyCodec;
import io.crema.spi.RemoteTier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Configures and builds one cache. Unless said otherwise, a cache holds at most 10,000 entries near, values are fresh
 * for 10 minutes, nulls are not cached and the staleness bound is 2 seconds.
 *
 * <p>Not thread-safe; used once.
 */
public final class CacheBuilder<K, V> {

    /** Two heartbeats, so that one lost does not end the lease, and the margin. */
    private static final Duration LEAST_STALENESS = Duration.ofMillis(1250);

    private final Crema crema;
    private final String name;
    private @Nullable RemoteTier remote;

    private @Nullable Codec<V> codec;
    private KeyCodec<K> keyCodec = KeyCodec.standard();
    private Near near = Near.entries(10_000);
    private Expiration expiration = Expiration.fresh(Duration.ofMinutes(10));
    private NullCaching nulls = NullCaching.off();
    private Duration staleness = Duration.ofSeconds(2);
    private HistoryChange onHistoryChange = HistoryChange.REPLAY;
    private Degraded degraded = Degraded.REMOTE_THEN_ORIGIN;
    private ReadClock readClock = ReadClock.COARSE;
    private Loading loading = Loading.DEFAULTS;
    private final List<CacheListener> listeners = new ArrayList<>();
    private @Nullable BulkCacheLoader<K, V> bulkLoader;
    private @Nullable CacheWriter<K, V> writer;
    private @Nullable WritePolicy writePolicy;

    CacheBuilder(Crema crema, String name, @Nullable RemoteTier remote) {
        this.crema = crema;
        this.name = name;
        this.remote = remote;
    }

    /** How values are written for the remote tier; needed when there is one that stores values, ignored otherwise. */
    public CacheBuilder<K, V> codec(Codec<V> codec) {
        this.codec = Objects.requireNonNull(codec, "codec");
        return this;
    }

    /** How keys are written; {@link KeyCodec#standard()} unless set. */
    public CacheBuilder<K, V> keyCodec(KeyCodec<K> keyCodec) {
        this.keyCodec = Objects.requireNonNull(keyCodec, "keyCodec");
        return this;
    }

    /** Keeps the cache in this process alone, as if the {@link Crema} had no remote tier: no other instance is told. */
    public CacheBuilder<K, V> nearOnly() {
        remote = null;
        return this;
    }

    /** What this process holds; {@code Near.entries(10_000)} unless set. */
    public CacheBuilder<K, V> near(Near near) {
        this.near = Objects.requireNonNull(near, "near");
        return this;
    }

    /** How long values are fresh, in both tiers; 10 minutes unless set. */
    public CacheBuilder<K, V> expiration(Expiration expiration) {
        this.expiration = Objects.requireNonNull(expiration, "expiration");
        return this;
    }

    /** Whether a null of the origin is cached, and for how long; not unless set. */
    public CacheBuilder<K, V> nulls(NullCaching nulls) {
        this.nulls = Objects.requireNonNull(nulls, "nulls");
        return this;
    }

    /**
     * The bound: no read returns a value that was invalidated longer ago than this, whatever messages are lost. At least
     * 1.25 s. Without effect where there is no remote tier.
     */
    public CacheBuilder<K, V> staleness(Duration bound) {
        this.staleness = Objects.requireNonNull(bound, "bound");
        return this;
    }

    /**
     * What to do when the remote tier may have forgotten writes, as after a failover; {@link HistoryChange#REPLAY} unless
     * set. Without effect where there is no remote tier.
     */
    public CacheBuilder<K, V> onHistoryChange(HistoryChange onHistoryChange) {
        this.onHistoryChange = Objects.requireNonNull(onHistoryChange, "onHistoryChange");
        return this;
    }

    /**
     * What reads do while the bound cannot be proved; {@link Degraded#REMOTE_THEN_ORIGIN} unless set. Without effect
     * where there is no remote tier.
     */
    public CacheBuilder<K, V> degraded(Degraded policy) {
        this.degraded = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /** The clock that hits in this process are judged by; {@link ReadClock#COARSE} unless set. */
    public CacheBuilder<K, V> readClock(ReadClock clock) {
        this.readClock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /** Whether a value that is stale is served when the origin fails; not unless set. */
    public CacheBuilder<K, V> staleOnError(StaleOnError staleOnError) {
        loading = loading.staleOnError(Objects.requireNonNull(staleOnError, "staleOnError"));
        return this;
    }

    /** Whether a value that has just become stale is served while it is loaded anew; not unless set. */
    public CacheBuilder<K, V> staleWhileRevalidate(StaleWhileRevalidate staleWhileRevalidate) {
        loading = loading.staleWhileRevalidate(Objects.requireNonNull(staleWhileRevalidate, "staleWhileRevalidate"));
        return this;
    }

    /** Whether values are loaded anew before they are stale; not unless set. */
    public CacheBuilder<K, V> refreshAhead(RefreshAhead refreshAhead) {
        loading = loading.refreshAhead(Objects.requireNonNull(refreshAhead, "refreshAhead"));
        return this;
    }

    /** How long callers wait for loads; as long as they take unless set. */
    public CacheBuilder<K, V> loadTimeouts(LoadTimeouts loadTimeouts) {
        loading = loading.timeouts(Objects.requireNonNull(loadTimeouts, "loadTimeouts"));
        return this;
    }

    /** How many loads run at a time; unless set, 64 where there are load timeouts, else any number. */
    public CacheBuilder<K, V> bulkhead(Bulkhead bulkhead) {
        loading = loading.bulkhead(Objects.requireNonNull(bulkhead, "bulkhead"));
        return this;
    }

    /** How long a reader waits for the load of another instance; 5 s unless set. */
    public CacheBuilder<K, V> singleFlight(SingleFlight singleFlight) {
        loading = loading.singleFlight(Objects.requireNonNull(singleFlight, "singleFlight"));
        return this;
    }

    /** Whether the failure of a load is remembered; not unless set. */
    public CacheBuilder<K, V> failures(FailureCaching failures) {
        loading = loading.failures(Objects.requireNonNull(failures, "failures"));
        return this;
    }

    /** What becomes of a load that nobody waits for any more; {@link AbandonedLoads#FINISH} unless set. */
    public CacheBuilder<K, V> abandonedLoads(AbandonedLoads abandonedLoads) {
        loading = loading.abandoned(Objects.requireNonNull(abandonedLoads, "abandonedLoads"));
        return this;
    }

    /** One more listener to what happens in this cache. */
    public CacheBuilder<K, V> listener(CacheListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /** Loads many keys at once for {@link LoadingTieredCache#getAll}. */
    public CacheBuilder<K, V> bulkLoader(BulkCacheLoader<K, V> bulkLoader) {
        this.bulkLoader = Objects.requireNonNull(bulkLoader, "bulkLoader");
        return this;
    }

    /** Writes what is put to the origin, as the {@link #writePolicy} says. */
    public CacheBuilder<K, V> writer(CacheWriter<K, V> writer) {
        this.writer = Objects.requireNonNull(writer, "writer");
        return this;
    }

    /** When the {@link #writer} is called; {@link WritePolicy#through()} unless set. */
    public CacheBuilder<K, V> writePolicy(WritePolicy writePolicy) {
        this.writePolicy = Objects.requireNonNull(writePolicy, "writePolicy");
        return this;
    }

    /**
     * Builds a cache without a loader. With a remote tier that can be reached, waits up to 2 s until it is synchronised;
     * one that cannot be reached is no error, the cache works without it until it is there.
     *
     * @throws CacheConfigException with all faults at once
     */
    public TieredCache<K, V> build() {
        return crema.build(
                settings(bulkLoader == null ? List.of() : List.of("bulkLoader(..) needs a loader in build(..)")));
    }

    /** As {@link #build()} with a loader. */
    public LoadingTieredCache<K, V> build(CacheLoader<? super K, ? extends V> loader) {
        Objects.requireNonNull(loader, "loader");
        return crema.build(settings(List.of()), LoaderSet.blocking(loader, bulkLoader));
    }

    /** As {@link #build()} with a loader that also says how each value is to be cached. */
    public LoadingTieredCache<K, V> buildWithContext(ContextLoader<? super K, V> loader) {
        Objects.requireNonNull(loader, "loader");
        return crema.build(settings(List.of()), LoaderSet.withContext(loader, bulkLoader));
    }

    /** As {@link #build()} with a loader that does not block. */
    public LoadingTieredCache<K, V> buildAsync(AsyncCacheLoader<? super K, ? extends V> loader) {
        Objects.requireNonNull(loader, "loader");
        return crema.build(settings(List.of()), LoaderSet.nonBlocking(loader, bulkLoader));
    }

    private CacheSettings<K, V> settings(List<String> otherFaults) {
        List<String> faults = new ArrayList<>(otherFaults);
        if (name.isEmpty()
                || name.length() > 100
                || name.chars().anyMatch(c -> c <= ' ' || c == '{' || c == '}' || c == 127)) {
            faults.add("its name must have 1 to 100 characters without spaces, control characters and braces");
        }
        if (crema.find(name).isPresent()) {
            faults.add(Crema.NAME_TAKEN);
        }
        if ((remote == null || !remote.storesValues()) && near.bound() == Near.Bound.NONE) {
            faults.add("Near.none() leaves no tier at all, because there is no remote tier that stores values: give"
                    + " Crema.builder() a remote(..), or the cache a near tier");
        }
        if (remote != null && remote.storesValues() && codec == null) {
            faults.add("there is a remote tier, so a codec is needed: set one with codec(..), for instance"
                    + " KryoCodec.of(Value.class)");
        }
        if (staleness.compareTo(LEAST_STALENESS) < 0 || staleness.compareTo(Duration.ofDays(1)) > 0) {
            faults.add(
                    "staleness(..) must be from " + LEAST_STALENESS.toMillis() + " ms to a day, but is " + staleness);
        }
        List.of(near, expiration, nulls).forEach(policy -> faults.addAll(policy.faults()));
        faults.addAll(loading.faults(expiration));
        WritePolicy writes = writePolicy == null ? WritePolicy.through() : writePolicy;
        faults.addAll(writes.faults());
        if (writes instanceof WritePolicy.Behind && (remote == null || !remote.storesValues())) {
            faults.add(
                    "writePolicy(behind()) needs a remote tier that keeps what is not written yet: give Crema.builder() a"
                            + " remote(..), or use WritePolicy.through()");
        }
        if (writePolicy != null && writer == null) {
            faults.add("writePolicy(..) needs a writer: set one with writer(..)");
        }
        if (!faults.isEmpty()) {
            throw new CacheConfigException("Cache '" + name + "'", faults);
        }
        Near effective =
                remote != null && near.timeToLive() == null ? near.expireAfter(Near.DEFAULT_TIME_TO_LIVE) : near;
        return new CacheSettings<>(
                name,
                effective,
                expiration,
                nulls,
                staleness,
                onHistoryChange,
                degraded,
                readClock,
                loading,
                List.copyOf(listeners),
                writer == null ? null : new Writing<>(writer, writes),
                remote == null
                        ? null
                        : new RemoteSettings<>(keyCodec, remote.storesValues() ? codec : null, remote.limits()));
    }
}
