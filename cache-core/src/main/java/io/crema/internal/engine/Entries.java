package io.crema.internal.engine;

import io.crema.CacheEntry;
import io.crema.CacheException;
import io.crema.EntryOptions;
import io.crema.Tier;
import io.crema.internal.entry.NearEntry;
import io.crema.policy.Expiration;
import io.crema.policy.RefreshAhead;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import io.crema.spi.StoreReply;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * How long a cache's values live, and the entries that hold them in this process: of a record that was read, of a value
 * that was loaded, or put.
 */
final class Entries<K, V> {

    /** A freshness that says that a value is not to be cached. */
    static final long NOT_CACHED = -1;

    /** For how long an instance that has read a value which the origin does not have does not look again. */
    private static final long DIRTY_MILLIS = 1_000;

    private final CacheEngine<K, V> engine;
    private final CacheSettings<K, V> settings;

    Entries(CacheEngine<K, V> engine, CacheSettings<K, V> settings) {
        this.engine = engine;
        this.settings = settings;
    }

    /** Whether a value may be cached: a null only where the policy says so. */
    boolean isCached(@Nullable V value) {
        return value != null || settings.nulls().fresh() != null;
    }

    /** Nanoseconds, or {@link #NOT_CACHED}. */
    long freshNanos(@Nullable V value) {
        if (value == null) {
            Duration fresh = settings.nulls().fresh();
            return fresh == null ? NOT_CACHED : jittered(fresh.toNanos());
        }
        Expiration expiration = settings.expiration();
        return jittered(expiration.fresh().toNanos());
    }

    long freshNanos(@Nullable V value, EntryOptions options) {
        long fresh = freshNanos(value);
        Duration override = options.timeToLive();
        return fresh == NOT_CACHED || override == null ? fresh : override.toNanos();
    }

    static long millis(long nanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    }

    /** For how long the remote tier keeps an entry, and remembers what its tags are, from now on. */
    long keepMillis(NearEntry<V> entry) {
        return millis(entry.keepUntil - engine.clock.exact());
    }

    /** With the time as a reserve that the policies give it, and the moment of its refresh. */
    private NearEntry<V> timed(NearEntry<V> entry, long loadNanos) {
        return entry.kept(settings.loading().keepUntil(entry.bornAt, entry.freshUntil), refreshAt(entry, loadNanos));
    }

    private long refreshAt(NearEntry<V> entry, long loadNanos) {
        RefreshAhead policy = settings.loading().refreshAhead();
        if (policy == null || entry.isExpired()) {
            return Long.MAX_VALUE;
        }
        long fresh = entry.freshUntil - entry.bornAt;
        long byAge = entry.freshUntil - (long) ((1 - policy.fraction()) * (double) fresh);
        // The share is never 0, so its logarithm is finite.
        double early = policy.beta() * (double) loadNanos * -Math.log(1 - engine.tokens.share());
        long byChance = entry.freshUntil - (long) Math.min((double) fresh, early);
        return Math.min(byAge, byChance);
    }

    private long jittered(long nanos) {
        double jitter = settings.expiration().jitter();
        return jitter == 0 ? nanos : (long) (nanos * (1 - jitter * engine.tokens.share()));
    }

    private long nearDeadline(long now, long freshUntil) {
        Duration timeToLive = settings.near().timeToLive();
        return timeToLive == null ? freshUntil : Math.min(freshUntil, now + jittered(timeToLive.toNanos()));
    }

    /** A record of the remote tier, with its value; stale or not. */
    NearEntry<V> read(Route<K> route, Flight<V> flight, RemoteRecord record, @Nullable V value) {
        long now = engine.clock.exact();
        long bornAt = now - TimeUnit.MILLISECONDS.toNanos(record.ageMillis());
        // Of a dirty one nobody tells when it goes by its tags, or a clear, once it has been written.
        long freshMillis = record.dirty() ? Math.min(record.freshMillis(), DIRTY_MILLIS) : record.freshMillis();
        long freshUntil = record.isExpired() ? now : now + TimeUnit.MILLISECONDS.toNanos(freshMillis);
        NearEntry<V> entry = new NearEntry<>(
                        value,
                        flight.partition,
                        flight.generation,
                        nearDeadline(now, freshUntil),
                        record.stamp(),
                        record.loadedAt(),
                        record.token(),
                        flight.start,
                        bornAt,
                        freshUntil,
                        weigh(route.key(), value))
                // Of an expired value the record knows only the least that may be stored.
                .versioned(record.isExpired() ? 0 : record.originVersion());
        long loadNanos = TimeUnit.MILLISECONDS.toNanos(record.loadMillis());
        return timed(record.isExpired() ? entry.expired() : entry, loadNanos);
    }

    /**
     * A loaded value that the remote tier does not have, or not yet. While it does not, although it stores values, this one
     * is good here for the bound only: nobody else knows that it exists.
     */
    NearEntry<V> loaded(Route<K> route, Flight<V> flight, Loaded<V> loaded, long freshNanos) {
        V value = loaded.value();
        long now = engine.clock.exact();
        long freshUntil = now + freshNanos;
        int weight = freshNanos == NOT_CACHED ? 0 : weight(route.key(), value, loaded.options());
        boolean lasting =
                !engine.hasRemoteTier() || !engine.storesRemotely() && route.isRemote() && !flight.partition.inDoubt();
        long deadline = lasting ? nearDeadline(now, freshUntil) : Math.min(freshUntil, flight.start + engine.window);
        NearEntry<V> entry = new NearEntry<>(
                        value,
                        flight.partition,
                        flight.generation,
                        deadline,
                        flight.startStamp,
                        0,
                        0,
                        flight.start,
                        loaded.timer().began(),
                        freshUntil,
                        weight)
                .versioned(loaded.options().originVersion());
        return timed(entry, loaded.timer().nanos());
    }

    /** A value that a put brings, before its stamp is known. */
    NearEntry<V> written(Write write, K key, @Nullable V value, long freshNanos, EntryOptions options) {
        long now = engine.clock.exact();
        long freshUntil = now + freshNanos;
        NearEntry<V> entry = new NearEntry<>(
                        value,
                        write.partition,
                        write.generation,
                        nearDeadline(now, freshUntil),
                        0,
                        0,
                        0,
                        write.start,
                        now,
                        freshUntil,
                        weight(key, value, options))
                .versioned(options.originVersion());
        return timed(entry, 0);
    }

    /** An entry as the remote tier takes it. */
    RemoteValue remoteValue(K key, NearEntry<V> entry, long freshNanos, long loadNanos) {
        long keepNanos = keepNanos(entry, freshNanos);
        RemoteValue plain =
                engine.serialization().value(key, engine.tokens.next(), entry.value, freshNanos, keepNanos, loadNanos);
        RemoteValue versioned = entry.originVersion == 0 ? plain : plain.withOriginVersion(entry.originVersion);
        return entry.tags == null ? versioned : versioned.withTags(entry.tags.toEmbed());
    }

    /** Its new times, where the remote tier has its value already. */
    Renewal renewal(NearEntry<V> entry, long freshNanos, Loaded<V> loaded) {
        long freshMillis = millis(freshNanos);
        return new Renewal(
                engine.tokens.next(),
                freshMillis,
                Math.max(freshMillis, millis(keepNanos(entry, freshNanos))),
                TimeUnit.NANOSECONDS.toMillis(loaded.timer().nanos()),
                loaded.options().originVersion());
    }

    private long keepNanos(NearEntry<V> entry, long freshNanos) {
        return Math.max(freshNanos, entry.keepUntil - engine.clock.exact());
    }

    /** The same value once the remote tier has stored it. */
    NearEntry<V> stored(NearEntry<V> entry, StoreReply.Stored stored, long token) {
        long deadline = nearDeadline(engine.clock.exact(), entry.freshUntil);
        // Where nothing is stored, what is loaded later must be able to replace it.
        long loadedAt = engine.storesRemotely() ? stored.loadedAt() : 0;
        return entry.storedAs(stored.stamp(), loadedAt, token, deadline);
    }

    /** Before the entry is installed: no code of the user runs under a lock of the near tier. */
    private int weight(K key, @Nullable V value, EntryOptions options) {
        return options.weight().isPresent() ? options.weight().getAsInt() : weigh(key, value);
    }

    private int weigh(K key, @Nullable V value) {
        ToIntBiFunction<Object, @Nullable Object> weigher = settings.near().weigher();
        if (weigher == null) {
            return 1;
        }
        int weight = weigher.applyAsInt(key, value);
        if (weight < 0) {
            throw new CacheException("Cache '" + engine.name + "': the weigher gave " + weight + " for a key of type "
                    + key.getClass().getName() + "; a weight must not be negative");
        }
        return weight;
    }

    /** An entry of which a loader is told, as what it is to replace. */
    CacheEntry<V> describe(NearEntry<V> entry, Tier tier) {
        long now = engine.clock.exact();
        return describe(entry, tier, now, entry.isExpired() ? now : entry.freshUntil);
    }

    @Nullable
    CacheEntry<V> describe(Outcome<V> outcome) {
        NearEntry<V> entry = outcome.entry();
        if (entry == null) {
            return null;
        }
        long now = engine.clock.exact();
        return describe(entry, outcome.source().tier(), now, outcome.isStale() ? now : entry.freshUntil);
    }

    private CacheEntry<V> describe(NearEntry<V> entry, Tier tier, long now, long freshUntil) {
        return new CacheEntry<>(
                entry.value,
                tier,
                Duration.ofNanos(Math.max(0, now - entry.bornAt)),
                Duration.ofNanos(Math.max(0, freshUntil - now)));
    }
}
