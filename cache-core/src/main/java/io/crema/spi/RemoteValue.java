package io.crema.spi;

import java.util.List;
import java.util.Objects;

/**
 * A value on its way to the remote tier.
 *
 * <p>Immutable as long as nobody writes into the payload, which is not copied.
 */
public final class RemoteValue {

    private static final byte[] EMPTY = {};

    private final long token;
    private final boolean cachedNull;
    private final byte codec;
    private final byte[] payload;
    private final long freshMillis;
    private final long keepMillis;
    private final long loadMillis;
    private final long originVersion;
    private final List<TagVersion> tags;

    private RemoteValue(
            long token,
            boolean cachedNull,
            byte codec,
            byte[] payload,
            long freshMillis,
            long keepMillis,
            long loadMillis,
            long originVersion,
            List<TagVersion> tags) {
        if (freshMillis <= 0 || keepMillis < freshMillis || loadMillis < 0) {
            throw new IllegalArgumentException("0 < fresh <= keep and 0 <= load must hold, but fresh is " + freshMillis
                    + " ms, keep " + keepMillis + " ms, load " + loadMillis + " ms");
        }
        this.token = token;
        this.cachedNull = cachedNull;
        this.codec = codec;
        this.payload = Objects.requireNonNull(payload, "payload");
        this.freshMillis = freshMillis;
        this.keepMillis = keepMillis;
        this.loadMillis = loadMillis;
        this.originVersion = originVersion;
        this.tags = List.copyOf(tags);
    }

    /** A value as its codec wrote it. Times in milliseconds: how long fresh, how long kept, how long it took to load. */
    public static RemoteValue of(
            long token, byte codec, byte[] payload, long freshMillis, long keepMillis, long loadMillis) {
        return new RemoteValue(token, false, codec, payload, freshMillis, keepMillis, loadMillis, 0, List.of());
    }

    /** A cached null. */
    public static RemoteValue ofNull(long token, long freshMillis, long keepMillis, long loadMillis) {
        return new RemoteValue(token, true, (byte) 0, EMPTY, freshMillis, keepMillis, loadMillis, 0, List.of());
    }

    /** The same with the origin's version, unsigned; 0 = none. */
    public RemoteValue withOriginVersion(long version) {
        return new RemoteValue(token, cachedNull, codec, payload, freshMillis, keepMillis, loadMillis, version, tags);
    }

    /** The same with the versions of its tags. */
    public RemoteValue withTags(List<TagVersion> versions) {
        return new RemoteValue(
                token, cachedNull, codec, payload, freshMillis, keepMillis, loadMillis, originVersion, versions);
    }

    /** Random identity of the load or put that made the value. */
    public long token() {
        return token;
    }

    public boolean isNull() {
        return cachedNull;
    }

    /** The {@link Codec#id()} of the payload; 0 for a cached null. */
    public byte codec() {
        return codec;
    }

    /** The payload itself, not a copy. */
    public byte[] payload() {
        return payload;
    }

    public long freshMillis() {
        return freshMillis;
    }

    public long keepMillis() {
        return keepMillis;
    }

    public long loadMillis() {
        return loadMillis;
    }

    /** The origin's version, unsigned; 0 = none. */
    public long originVersion() {
        return originVersion;
    }

    /** The versions of its tags when it was loaded. */
    public List<TagVersion> tags() {
        return tags;
    }
}
