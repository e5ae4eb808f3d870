package io.crema.internal.engine;

import io.crema.CacheConfiguration;
import io.crema.CacheException;
import io.crema.CacheStats;
import io.crema.ReadConsistency;
import io.crema.internal.coherence.CoherenceRules;
import io.crema.internal.coherence.Lease;
import io.crema.internal.coherence.Partition;
import io.crema.internal.coherence.Partitions;
import io.crema.internal.coherence.TagTable;
import io.crema.internal.entry.NearEntry;
import io.crema.internal.entry.TagNames;
import io.crema.internal.near.NearTier;
import io.crema.internal.near.NearTier.Reserves;
import io.crema.internal.remote.Breaker;
import io.crema.internal.remote.Deadlines;
import io.crema.internal.remote.RareLog;
import io.crema.internal.remote.RemoteAccess;
import io.crema.internal.remote.Serialization;
import io.crema.internal.sync.Subscription;
import io.crema.internal.time.InstanceClock;
import io.crema.internal.time.Threads;
import io.crema.policy.Degraded;
import io.crema.spi.Invalidation;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One cache of one instance: its parts, and what its paths share. Reads go by {@link ReadPath} and {@link BulkReadPath},
 * writes by {@link WritePath}.
 */
public final class CacheEngine<K, V> {

    final String name;
    final CoherenceRules rules;
    final InstanceClock clock;
    final Executor executor;
    final LoaderThreads loaderThreads;
    final Tokens tokens;
    final NearTier<K, V> near;
    final Flights<K, V> flights;
    final Counters counters = new Counters();
    final Events events;
    final ReadPath<K, V> readPath;
    final BulkReadPath<K, V> bulkReadPath;
    final InvalidationPath<K, V> invalidations;
    final WritePath<K, V> writePath;
    final QuarantinePath<K, V> quarantinePath;
    final Outbox<K> outbox;
    final Entries<K, V> entries;
    final Loads<K, V> loads;
    final Refreshes<K, V> refreshes;
    final LocalLocks localLocks = new LocalLocks();

    private final CacheSettings<K, V> settings;
    private final @Nullable Serialization<K, V> serialization;
    final RareLog log;
    private final Lease lease;
    final long window;

    /** Where keys lie; replaced once, when the remote tier is first reached. */
    private volatile Layout layout;

    private volatile @Nullable Subscription subscription;
    private volatile boolean closed;

    /** The least origin versions, where no remote tier remembers them. */
    private final LeastVersions<K> leastVersions;

    /** @param remote null without a remote tier, and until it is first reached; then there is one partition */
    private record Layout(
            Partitions partitions, TagReader tags, @Nullable RemoteAccess remote) {

        static Layout of(Partitions partitions, CoherenceRules rules, @Nullable RemoteAccess remote) {
            return new Layout(partitions, new TagReader(new TagTable(partitions.ofTags(), rules), remote), remote);
        }
    }

    public CacheEngine(EngineContext context, CacheSettings<K, V> settings) {
        this.name = settings.name();
        this.settings = settings;
        this.rules = context.rules();
        this.clock = context.clock();
        this.executor = context.executor();
        this.loaderThreads = context.loaderThreads();
        this.tokens = context.tokens();
        this.log = new RareLog(System.getLogger("io.crema." + settings.name()), clock);
        this.events = new Events(
                name, context.listeners(), settings.listeners(), executor, clock, counters.listenerFailures, log);
        this.window = settings.window().toNanos();
        this.lease = settings.remote() == null ? Lease.permanent() : Lease.unconfirmed();
        this.loads = new Loads<>(this, settings.loading(), context.loadExecutor());
        this.refreshes = new Refreshes<>(this);
        this.near = new NearTier<>(
                settings.near(),
                settings.loading().keepsReserves() ? Reserves.KEPT : Reserves.NONE,
                rules,
                clock,
                settings.readClock(),
                lease,
                window,
                executor,
                events::evicted);
        this.flights = new Flights<>(rules, window);
        this.serialization = settings.remote() == null ? null : new Serialization<>(name, settings.remote(), log);
        this.layout = Layout.of(new Partitions(1, rules), rules, null);
        this.leastVersions = new LeastVersions<>(clock);
        this.entries = new Entries<>(this, settings);
        this.readPath = new ReadPath<>(this);
        this.bulkReadPath = new BulkReadPath<>(this);
        this.invalidations = new InvalidationPath<>(this);
        this.writePath = new WritePath<>(this, settings.writing());
        this.quarantinePath = new QuarantinePath<>(this);
        this.outbox = new Outbox<>(name, clock, invalidations::sendAgain);
    }

    /**
     * The remote tier was reached and agrees: from now on keys lie there. Everything that this instance had belongs to
     * no partition of the remote tier, and is looked at anew.
     */
    public Subscription attach(RemoteCache cache, Deadlines deadlines, Breaker breaker) {
        RemoteAccess access =
                new RemoteAccess(cache, deadlines, breaker, counters.remoteFailures, counters.remoteRefused, log);
        Partitions partitions = new Partitions(cache.partitions(), rules);
        Layout before = layout;
        layout = Layout.of(partitions, rules, access);
        before.partitions().nextGeneration();
        events.watch(near::leaseValid);
        Subscription attached = new Subscription(
                access, partitions, rules, clock, settings.onHistoryChange(), lease, new Messages(), tokens::next);
        subscription = attached;
        writePath.behind().ifPresent(behind -> behind.attach(access));
        breaker.onChange(events::breakerChanged);
        return attached;
    }

    /** What messages say. */
    private final class Messages implements Subscription.Evictor {

        @Override
        public void evict(byte[] key, Partition partition, Invalidation.Kind kind, long stamp) {
            TagTable tags = tags().table();
            if (partition == tags.partition()) {
                String tag = new String(key, StandardCharsets.UTF_8);
                tags.invalidated(tag, stamp);
                events.tagInvalidatedByMessage(tag);
                return;
            }
            K decoded = serialization().decodeKey(key);
            switch (kind) {
                case WRITTEN -> {
                    boolean unused = invalidated(decoded, partition, stamp);
                }
                case EXPIRED -> expired(decoded, partition, stamp);
            }
            events.invalidatedByMessage(decoded);
        }

        @Override
        public void cleared(Partition partition) {
            loads.heldBack.clear();
            events.partitionClearedByMessage();
        }
    }

    /** A write of this instance was acknowledged. Returns whether it counts, or was lost with its server. */
    boolean acknowledged(Route<K> route, long originVersion, long stamp) {
        Subscription joined = subscription;
        return joined == null || joined.acknowledged(route.remoteKey(), originVersion, stamp);
    }

    /** A write of this instance was acknowledged without a stamp: it stored nothing, but others were told. */
    void acknowledged(Route<K> route) {
        boolean unused = acknowledged(route, 0, Long.MAX_VALUE);
    }

    /** As of a write, of a tag's invalidation. */
    boolean acknowledgedTag(Partition partition, String tag, long stamp) {
        Subscription joined = subscription;
        RemoteKey name = new RemoteKey(partition.index(), tag.getBytes(StandardCharsets.UTF_8));
        return joined == null || joined.acknowledged(name, 0, stamp);
    }

    /** As of a write, of a clear. */
    boolean acknowledgedClear(Partition partition, long floor) {
        Subscription joined = subscription;
        return joined == null || joined.acknowledgedClear(partition, floor);
    }

    /** A key was written or invalidated. What is under way learns of it before what is stored is removed. */
    boolean invalidated(K key, Partition partition, long stamp) {
        loads.heldBack.forget(key);
        flights.invalidated(key, stamp);
        return near.evictOlder(key, partition, stamp);
    }

    /** A key was expired: what this instance has stays, but is served no more. */
    void expired(K key, Partition partition, long stamp) {
        loads.heldBack.forget(key);
        flights.invalidated(key, stamp);
        near.expireOlder(key, partition, stamp);
    }

    /** Whatever this instance has of a key is not to be served any more, and nobody else was told. */
    void dropHere(K key) {
        loads.heldBack.forget(key);
        flights.invalidated(key, Long.MAX_VALUE);
        near.remove(key);
    }

    void install(K key, NearEntry<V> entry, Flight<V> flight) {
        near.install(key, entry, flight::mustNotInstall);
    }

    // Where keys lie

    boolean hasRemoteTier() {
        return serialization != null;
    }

    Degraded degraded() {
        return settings.degraded();
    }

    /** Whether there may be values in a remote tier: some carry invalidations only. */
    boolean storesRemotely() {
        return serialization != null && serialization.storesValues();
    }

    /** Where nothing is shared, this instance itself has the latest. */
    ReadConsistency effective(ReadConsistency asked) {
        return hasRemoteTier() ? asked : ReadConsistency.BOUNDED;
    }

    Optional<RemoteAccess> remote() {
        return Optional.ofNullable(layout.remote());
    }

    Partitions partitions() {
        return layout.partitions();
    }

    TagReader tags() {
        return layout.tags();
    }

    Serialization<K, V> serialization() {
        return Objects.requireNonNull(serialization, "serialization");
    }

    /** @throws CacheException if the key cannot be encoded or is too long */
    Route<K> route(K key) {
        requireKey(key);
        Layout now = layout;
        RemoteAccess access = now.remote();
        if (access == null) {
            if (serialization != null) {
                // Refused now as it would be with the remote tier there.
                serialization.requireEncodable(key);
            }
            return new Route<>(key, now.partitions().get(0), now.tags(), null);
        }
        Route.Remote remote = new Route.Remote(access, serialization().key(key, access.cache()));
        return new Route<>(key, now.partitions().get(remote.key().partition()), now.tags(), remote);
    }

    /** What a read has to fetch so that no clear can be missed. */
    ReadMode readMode(ReadRequest<K, V> request, Flight<V> flight) {
        boolean trusted = !request.isLatest() && flight.leased && flight.partition.floorKnown();
        return trusted ? ReadMode.VALUE : ReadMode.VALUE_AND_FLOOR;
    }

    /**
     * A read that begins now.
     *
     * @param leased whether the lease held for all partitions when that was last looked at
     * @param hereLeased whether it held for the key's own
     */
    Flight<V> flight(Route<K> route, boolean leased, boolean hereLeased) {
        TagTable tags = route.tags().table();
        boolean tagsLeased = leased || near.leaseValid(tags.partition());
        return new Flight<>(rules, route.partition(), tags, near.now(), new Flight.Leased(hereLeased, tagsLeased));
    }

    /** How new the versions of tags have to be that decide whether a record may be served. */
    TagReader.Source tagSource(ReadRequest<K, V> request, Flight<V> flight) {
        return request.isLatest() || !flight.tagsLeased ? TagReader.Source.PRIMARY : tagSource();
    }

    /** Whether what this instance knows of tags is within the bound. */
    TagReader.Source tagSource() {
        return near.leaseValid(partitions().ofTags()) ? TagReader.Source.KNOWN : TagReader.Source.PRIMARY;
    }

    // Origin versions, where there is no remote tier

    /** No value of an older version is kept from now on; 0 = any is. */
    void leastHere(K key, long version) {
        leastVersions.raise(key, version);
    }

    /** The least origin version that is accepted; 0 = any. */
    long leastHere(K key) {
        long least = leastVersions.least(key);
        NearEntry<V> entry = near.peek(key);
        return entry != null && Long.compareUnsigned(entry.originVersion, least) > 0 ? entry.originVersion : least;
    }

    boolean isTooOldHere(K key, long originVersion) {
        return rules.tooOld(originVersion, leastHere(key));
    }

    // How callers wait

    /** A write that was sent goes on when its caller is interrupted. */
    <T> T await(CompletableFuture<T> write) {
        try {
            Futures.awaitEnd(write);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return Futures.valueOf(write);
    }

    /** As {@link #await} of a write that may call a writer: it does so on this thread, which its argument stands for. */
    <T> T awaitWritten(Function<Executor, CompletableFuture<T>> write) {
        if (!writePath.isWithWriter()) {
            return await(write.apply(executor));
        }
        CallerRunner runner = new CallerRunner(executor);
        try {
            CompletableFuture<T> begun = write.apply(runner);
            runner.runUntil(begun);
            return Futures.valueOf(begun);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            runner.leave();
        }
    }

    private CacheException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CacheException(
                "Cache '" + name + "': interrupted while waiting for a write, which may have been executed", e);
    }

    /** The outcome of a write, told on the executor; what it throws at once too. */
    <T> CompletableFuture<T> onExecutor(Supplier<CompletableFuture<T>> write) {
        CompletableFuture<T> sent;
        try {
            sent = write.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return sent.handleAsync(
                        (result, failure) -> failure == null
                                ? CompletableFuture.completedFuture(result)
                                : CompletableFuture.<T>failedFuture(Futures.unwrapped(failure)),
                        executor)
                .thenCompose(Function.identity());
    }

    // Life

    /** @throws CacheException if a key or value cannot be encoded for the remote tier, or is too large */
    void requireEncodable(K key, @Nullable V value) {
        requireKey(key);
        if (serialization != null) {
            serialization.requireEncodable(key, value);
        }
    }

    void requireKey(@Nullable Object key) {
        if (key == null) {
            throw new NullPointerException("Cache '" + name + "': a key is null");
        }
    }

    /** @throws CacheException if it is no tag */
    void requireTag(@Nullable String tag) {
        if (tag == null) {
            throw new NullPointerException("Cache '" + name + "': a tag is null");
        }
        try {
            String unused = TagNames.requireTag(tag);
        } catch (IllegalArgumentException e) {
            throw new CacheException("Cache '" + name + "': " + e.getMessage(), e);
        }
    }

    /** @throws CacheException if it is no origin version */
    void requireVersion(long originVersion) {
        if (originVersion == 0) {
            throw new CacheException(
                    "Cache '" + name + "': originVersion must not be 0; where there is none, use the method without");
        }
    }

    void requireOpen() {
        if (closed) {
            throw closedException();
        }
    }

    private CacheException closedException() {
        return new CacheException(
                "Cache '" + name + "' is closed, because its Crema is; use it no more, or close the Crema later");
    }

    boolean writesBehind() {
        return writePath.behind().isPresent();
    }

    /**
     * Begins to write to the origin what is to be written; it can be used meanwhile.
     *
     * @return ends when that is done, or there is no more time for it; at once where nothing is written behind
     */
    public CompletableFuture<Void> drain() {
        return writePath
                .behind()
                .map(behind -> Threads.limitedInRealTime(behind.drain(), behind.drainLimit()))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    /**
     * Whoever waits is told; nothing is served any more.
     *
     * @return ends when the remote tier has taken back what loads under way had there, for which it must not be closed before
     */
    public CompletableFuture<Void> close() {
        // What the writer refuses from now on is no failure of a write.
        writePath.behind().ifPresent(BehindWrites::stop);
        closed = true;
        events.close();
        lease.end();
        List<CompletableFuture<?>> givenBack = new ArrayList<>();
        writePath.behind().ifPresent(behind -> givenBack.add(behind.leave()));
        flights.forEach(registered -> {
            if (registered instanceof Flight<?> flight) {
                givenBack.add(flight.close(closedException()));
            }
        });
        loads.close();
        near.close();
        outbox.close();
        return CompletableFuture.allOf(givenBack.toArray(CompletableFuture<?>[]::new));
    }

    public String name() {
        return name;
    }

    CacheConfiguration configuration() {
        return settings.configuration();
    }

    CacheStats stats() {
        Subscription joined = subscription;
        return new CacheStats(
                near.hits(),
                counters.remoteHits.sum(),
                counters.misses.sum(),
                counters.loads.sum(),
                counters.loadFailures.sum(),
                Duration.ofNanos(counters.loadNanos.sum()),
                counters.loadTimeouts.sum(),
                counters.loadsRejected.sum(),
                counters.refreshes.sum(),
                counters.staleServed.sum(),
                near.size(),
                near.evictions(),
                counters.writes.sum(),
                counters.writeFailures.sum(),
                counters.writesRejected.sum(),
                counters.writesGivenUp.sum(),
                writePath.behind().map(BehindWrites::pending).orElse(0L),
                counters.fillsRefused.sum(),
                serialization == null ? 0 : serialization.undecodable(),
                counters.remoteFailures.sum(),
                counters.remoteRefused.sum(),
                joined == null ? 0 : joined.keysReceived(),
                joined == null ? 0 : joined.gaps(),
                joined == null ? 0 : joined.kept(),
                outbox.size(),
                counters.listenerFailures.sum());
    }
}
