package io.crema.spi;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What the remote tier holds for a key, as of one reply.
 *
 * @param kind what it is; all that follows is 0 or empty unless it is a {@link Kind#VALUE}, but for the floor, and the
 *     stamp of all that has one
 * @param stamp the partition's clock when it was stored
 * @param token random identity of the load or put that made it
 * @param loadedAt server time of its load in milliseconds; orders records of one stamp, means nothing else
 * @param ageMillis time since then, at the reply; never less than the true age
 * @param freshMillis freshness left at the reply; never more than the true rest; 0 or less = stale; {@link #EXPIRED} =
 *     expired by a call
 * @param loadMillis how long its load took, at most 65,535; 0 = not loaded, or not known
 * @param cachedNull whether the value is a cached null
 * @param dirty whether its write is still in the {@linkplain WriteJournal journal}: then it is fresh, whatever was
 *     invalidated, and its tags mean nothing
 * @param originVersion the origin's version of the value, unsigned; 0 = none. Of one that was expired by a call, the least
 *     that may be stored
 * @param tags the versions that its tags had; if one has another now, the value is gone
 * @param codec the {@link Codec#id()} of the payload
 * @param payload the encoded value; empty in an answer to {@link ReadMode#HEADER}
 * @param lease whether the key may be loaded now; of a value, a tombstone or a lease
 * @param floor the partition's floor if it was asked for, else {@link #NO_FLOOR}; known for every kind
 */
public record RemoteRecord(
        Kind kind,
        long stamp,
        long token,
        long loadedAt,
        long ageMillis,
        long freshMillis,
        long loadMillis,
        boolean cachedNull,
        boolean dirty,
        long originVersion,
        List<TagVersion> tags,
        byte codec,
        ByteBuffer payload,
        LeaseState lease,
        long floor) {

    /** What {@link #freshMillis} is of a value that was expired by a call. */
    public static final long EXPIRED = Long.MIN_VALUE;

    /** The floor was not asked for. */
    public static final long NO_FLOOR = -1;

    private static final ByteBuffer NO_PAYLOAD = ByteBuffer.allocate(0);

    /** What a record is. */
    public enum Kind {
        /** There is nothing. */
        ABSENT,
        /** A value, possibly stale, possibly below the floor. */
        VALUE,
        /** No value; somebody holds, or held, the lease to load one. */
        LEASE,
        /** No value, and none may be stored: somebody is about to change the origin. */
        QUARANTINE,
        /** No value; the least origin version that may be stored is remembered. */
        TOMBSTONE,
        /** Something that this version cannot read. Writes may replace it; leases and fills leave it alone. */
        OPAQUE
    }

    public RemoteRecord {
        tags = List.copyOf(tags);
    }

    public static RemoteRecord absent(long floor) {
        return bare(Kind.ABSENT, 0, LeaseState.FREE, floor);
    }

    public static RemoteRecord lease(long stamp, LeaseState lease, long floor) {
        return bare(Kind.LEASE, stamp, lease, floor);
    }

    public static RemoteRecord quarantine(long stamp, long floor) {
        return bare(Kind.QUARANTINE, stamp, LeaseState.FREE, floor);
    }

    public static RemoteRecord tombstone(long stamp, LeaseState lease, long floor) {
        return bare(Kind.TOMBSTONE, stamp, lease, floor);
    }

    public static RemoteRecord opaque(long floor) {
        return bare(Kind.OPAQUE, 0, LeaseState.FREE, floor);
    }

    private static RemoteRecord bare(Kind kind, long stamp, LeaseState lease, long floor) {
        return new RemoteRecord(
                kind, stamp, 0, 0, 0, 0, 0, false, false, 0, List.of(), (byte) 0, NO_PAYLOAD, lease, floor);
    }

    /** Whether it is a value that was expired by a call. */
    public boolean isExpired() {
        return kind == Kind.VALUE && freshMillis == EXPIRED;
    }
}
