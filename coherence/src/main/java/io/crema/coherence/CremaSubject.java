package io.crema.coherence;

import io.crema.CacheException;
import io.crema.CacheStats;
import io.crema.Crema;
import io.crema.EntryOptions;
import io.crema.InvalidationPendingException;
import io.crema.LoadContext;
import io.crema.LoadingTieredCache;
import io.crema.ReadConsistency;
import io.crema.Rules;
import io.crema.coherence.Key.Kind;
import io.crema.policy.Expiration;
import io.crema.policy.ReadClock;
import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * Crema with its defaults, but that values live for a minute, so that they run out too.
 *
 * <p>Memory served a read if the object that came was made before the read began, and Redis has not confirmed it on the
 * reader's thread: decoders, loaders and puts make new objects. A reader that joined another's question to Redis about a
 * suspect entry counts for memory.
 */
final class CremaSubject implements Subject {

    static final String CACHE = "versions";

    private final CremaConnection connection;
    private final Crema crema;
    private final CountingRules rules;
    private final LoadingTieredCache<Integer, Held> cache;
    private final LoadingTieredCache<Integer, Held> latest;

    /** A version, and when this object was made. */
    private record Held(long version, long madeNanos) {

        static Held now(long version) {
            return new Held(version, System.nanoTime());
        }
    }

    CremaSubject(Setting setting, ReadClock clock, CountingRules rules) {
        this.rules = rules;
        connection = CremaConnection.open(setting);
        crema = Rules.replaced(Crema.builder(), rules)
                .remote(connection.remote())
                .nodeName(setting.instance())
                .build();
        cache = crema.<Integer, Held>cache(CACHE)
                .codec(new HeldCodec())
                .expiration(Expiration.fresh(Duration.ofMinutes(1)).jitter(0.2))
                .staleness(setting.bound())
                .readClock(clock)
                .buildWithContext((number, context) -> load(setting, new Key(number), context));
        latest = cache.reading(ReadConsistency.LATEST);
    }

    private static Held load(Setting setting, Key key, LoadContext<Held> context) {
        long version = setting.origin().applyAsLong(key);
        switch (key.kind()) {
            case TAGGED -> context.tags(key.tag());
            case VERSIONED -> context.originVersion(version);
            case PLAIN -> {}
        }
        return Held.now(version);
    }

    @Override
    public Set<Feature> features() {
        return EnumSet.allOf(Feature.class);
    }

    @Override
    public Reading read(Key key) {
        return read(cache, key);
    }

    @Override
    public Reading readLatest(Key key) {
        return read(latest, key);
    }

    private Reading read(LoadingTieredCache<Integer, Held> from, Key key) {
        long start = System.nanoTime();
        Held held = Objects.requireNonNull(from.get(key.number()), "The origin has every key");
        boolean confirmed = rules.takeConfirmed();
        return new Reading(held.version(), held.madeNanos() - start < 0 && !confirmed);
    }

    @Override
    public void invalidate(Key key, long version) {
        if (key.kind() == Kind.VERSIONED) {
            confirmed(() -> cache.invalidate(key.number(), version));
        } else {
            confirmed(() -> cache.invalidate(key.number()));
        }
    }

    @Override
    public void put(Key key, long version) {
        try {
            cache.put(key.number(), Held.now(version), EntryOptions.defaults().originVersion(version));
        } catch (InvalidationPendingException e) {
            throw new PendingException(e);
        } catch (CacheException e) {
            // With a cause: not known to be stored, but the key was invalidated everywhere, which is as good.
            if (e.getCause() == null) {
                throw e;
            }
        }
    }

    @Override
    public void expire(Key key, long version) {
        confirmed(() -> cache.expire(key.number()));
    }

    @Override
    public void invalidateTag(String tag) {
        confirmed(() -> cache.invalidateTag(tag));
    }

    @Override
    public void clear() {
        confirmed(cache::clear);
    }

    private static void confirmed(Runnable write) {
        try {
            write.run();
        } catch (InvalidationPendingException e) {
            throw new PendingException(e);
        }
    }

    @Override
    public long pending() {
        return cache.stats().invalidationsPending();
    }

    @Override
    public Counts counts() {
        CacheStats stats = cache.stats();
        return new Counts(
                stats.gaps(), stats.resyncsKept(), rules.suspects(), stats.fillsRefused(), rules.installsRefused());
    }

    @Override
    public void close() {
        crema.close();
        connection.close();
    }

    /** A version is eight bytes. */
    private static final class HeldCodec implements Codec<Held> {

        @Override
        public byte id() {
            return 100;
        }

        @Override
        public byte[] encode(Held held, int maxBytes) {
            return ByteBuffer.allocate(Long.BYTES).putLong(held.version()).array();
        }

        @Override
        public Held decode(ByteBuffer bytes) {
            if (bytes.remaining() != Long.BYTES) {
                throw new CodecException("A version has 8 bytes, not " + bytes.remaining());
            }
            return Held.now(bytes.getLong());
        }
    }
}
