package io.crema.internal.remote;

import io.crema.CacheException;
import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import io.crema.spi.KeyCodec;
import io.crema.spi.Limits;
import io.crema.spi.RemoteCache;
import io.crema.spi.RemoteKey;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of one cache as bytes. What the user's objects or codecs do wrong when writing becomes a {@link
 * CacheException} that names the cache; what cannot be read is no value, counted and logged.
 */
public final class Serialization<K, V> {

    /** A value, or a cached null, that came out of a record. */
    public record Decoded<V>(@Nullable V value) {}

    private final String cacheName;
    private final KeyCodec<K> keyCodec;
    private final @Nullable Codec<V> codec;
    private final Limits limits;
    private final RareLog log;
    private final LongAdder undecodable = new LongAdder();

    public Serialization(String cacheName, RemoteSettings<K, V> settings, RareLog log) {
        this.cacheName = cacheName;
        this.keyCodec = settings.keyCodec();
        this.codec = settings.codec();
        this.limits = settings.limits();
        this.log = log;
    }

    /** Whether the remote tier stores values; if not, none is encoded. */
    public boolean storesValues() {
        return codec != null;
    }

    public RemoteKey key(K key, RemoteCache cache) {
        byte[] bytes = encode(key);
        return new RemoteKey(cache.partitionOf(bytes), bytes);
    }

    /** Finds out early what would fail once the remote tier is reached. */
    public void requireEncodable(K key) {
        encode(key);
    }

    /** As {@link #requireEncodable(Object)}, with a value. */
    public void requireEncodable(K key, @Nullable V value) {
        requireEncodable(key);
        Codec<V> used = codec;
        if (value != null && used != null) {
            encodeValue(used, key, value);
        }
    }

    private byte[] encode(K key) {
        byte[] bytes;
        try {
            bytes = Objects.requireNonNull(keyCodec.encode(key), "the key codec returned null");
        } catch (RuntimeException e) {
            throw new CacheException(
                    "Cache '" + cacheName + "': a key of type " + key.getClass().getName() + " cannot be encoded: "
                            + e.getMessage(),
                    e);
        }
        if (bytes.length > limits.maxKeyBytes()) {
            throw new CacheException(
                    "Cache '" + cacheName + "': a key of type " + key.getClass().getName() + " has "
                            + bytes.length + " bytes, the limit is " + limits.maxKeyBytes()
                            + "; use shorter keys or raise the limit of the remote tier");
        }
        return bytes;
    }

    /** @throws CodecException if the bytes are no key of this cache */
    public K decodeKey(byte[] bytes) {
        try {
            return keyCodec.decode(bytes);
        } catch (CodecException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            throw new CodecException("A key cannot be decoded: " + e.getMessage(), e);
        }
    }

    /** A value as the remote tier takes it; kept for no shorter than it is fresh. */
    public RemoteValue value(K key, long token, @Nullable V value, long freshNanos, long keepNanos, long loadNanos) {
        long freshMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(freshNanos));
        long keepMillis = Math.max(freshMillis, TimeUnit.NANOSECONDS.toMillis(keepNanos));
        long loadMillis = TimeUnit.NANOSECONDS.toMillis(loadNanos);
        Codec<V> used = codec;
        return value == null || used == null
                ? RemoteValue.ofNull(token, freshMillis, keepMillis, loadMillis)
                : RemoteValue.of(token, used.id(), encodeValue(used, key, value), freshMillis, keepMillis, loadMillis);
    }

    private byte[] encodeValue(Codec<V> used, K key, V value) {
        byte[] bytes;
        try {
            bytes = Objects.requireNonNull(used.encode(value, limits.maxValueBytes()), "the codec returned null");
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            throw new CacheException(
                    "Cache '" + cacheName + "': a value of type "
                            + value.getClass().getName() + ", for a key of type "
                            + key.getClass().getName() + ", cannot be encoded: " + e.getMessage(),
                    e);
        }
        if (bytes.length > limits.maxValueBytes()) {
            throw new CacheException("Cache '" + cacheName + "': a value of type "
                    + value.getClass().getName() + ", for a key of type "
                    + key.getClass().getName() + ", has " + bytes.length + " bytes, the limit is "
                    + limits.maxValueBytes() + "; store smaller values or raise the limit of the remote tier");
        }
        return bytes;
    }

    /** The value of a record; empty if it cannot be decoded. */
    public Optional<Decoded<V>> decode(RemoteRecord record) {
        if (record.cachedNull()) {
            return Optional.of(new Decoded<>(null));
        }
        return decode(record.codec(), record.payload().duplicate()).map(Decoded::new);
    }

    private Optional<V> decode(byte codecId, ByteBuffer payload) {
        try {
            return Optional.of(decodeValue(codecId, payload));
        } catch (CodecException e) {
            log.warn("Cache '" + cacheName + "': a record cannot be decoded and counts as a miss", e);
            return Optional.empty();
        }
    }

    /**
     * A value that is not null.
     *
     * @throws CodecException if it cannot be decoded, which is counted
     */
    public V decodeValue(byte codecId, ByteBuffer payload) {
        try {
            Codec<V> used = Objects.requireNonNull(codec, "a codec");
            if (codecId != used.id()) {
                throw new CodecException("written by codec " + codecId + ", this cache has " + used.id());
            }
            V value = used.decode(payload);
            if (value == null) {
                throw new CodecException("the codec returned null");
            }
            return value;
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            countUndecodable();
            throw e instanceof CodecException known ? known : new CodecException("a value cannot be decoded: " + e, e);
        }
    }

    /** Something else of the remote tier could not be. */
    public void countUndecodable() {
        undecodable.increment();
    }

    public long undecodable() {
        return undecodable.sum();
    }
}
