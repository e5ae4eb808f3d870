package io.crema.testkit;

import io.crema.spi.LeaseState;
import io.crema.spi.ReadMode;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.Renewal;
import io.crema.spi.StoreReply;
import io.crema.spi.TagVersion;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server in memory keeps for a key. Times in milliseconds of its clock.
 *
 * @param keepUntil when it goes by itself
 * @param leastVersion the least origin version that may take its place; of a value, also its own; 0 = any
 * @param lease the lease to load the key, or what holds it back; none for quarantines and what is opaque
 * @param content of a value; null for every other kind
 * @param holders of a quarantine; empty for every other kind
 * @param shared whether somebody else than the only holder of a quarantine touched its key
 */
record StoredRecord(
        Kind kind,
        long stamp,
        long keepUntil,
        long leastVersion,
        Lease lease,
        @Nullable Content content,
        Set<Long> holders,
        boolean shared) {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /** A dirty value is fresh, whatever its time; a reader looks again after that. */
    private static final long DIRTY_FRESH_MILLIS = 1_000;

    /** How long it stays after its lease: a late loader may still fill. */
    private static final long LEASED_REST_MILLIS = 60_000;

    /** What a load's time is cut to. */
    private static final long MAX_LOAD_MILLIS = 65_535;

    /** How long the least origin version of a key without a value is remembered. */
    private static final long TOMBSTONE_MILLIS = 60_000;

    /**
     * A lease on a key, whose token is not 0; or after that many failures nobody's, to hold the key back; or neither.
     *
     * @param awaited whether others were refused for nothing but this lease
     */
    record Lease(long token, int failures, long until, boolean awaited) {

        static final Lease NONE = new Lease(0, 0, 0, false);

        static Lease of(long token, long until) {
            return new Lease(token, 0, until, false);
        }

        static Lease heldBack(int failures, long until) {
            return new Lease(0, failures, until, false);
        }

        Lease refused() {
            return new Lease(token, failures, until, true);
        }

        boolean isHeldWith(long asked) {
            return asked != 0 && token == asked;
        }

        boolean runs(long nowMillis) {
            return nowMillis < until;
        }

        /** As a reply, the rest rounded down. */
        LeaseState state(long nowMillis) {
            return runs(nowMillis) ? new LeaseState(until - nowMillis, failures) : LeaseState.FREE;
        }
    }

    /** Whether the write of a value is in the journal, and then whether the value goes once it has been made. */
    enum Dirt {
        NONE,
        DIRTY,
        DOOMED
    }

    /** What a value is besides its place in the partition's history; expired = by a call. */
    record Content(
            long token,
            long loadedAt,
            long freshUntil,
            boolean expired,
            long loadMillis,
            boolean cachedNull,
            List<TagVersion> tags,
            byte codec,
            ByteBuffer payload,
            Dirt dirt) {

        Content with(Dirt other) {
            return new Content(
                    token, loadedAt, freshUntil, expired, loadMillis, cachedNull, tags, codec, payload, other);
        }
    }

    static StoredRecord value(RemoteValue value, long stamp, long nowMillis) {
        Content content = new Content(
                value.token(),
                begun(nowMillis, value.loadMillis()),
                nowMillis + value.freshMillis(),
                false,
                Math.min(value.loadMillis(), MAX_LOAD_MILLIS),
                value.isNull(),
                value.tags(),
                value.codec(),
                ByteBuffer.wrap(value.payload().clone()),
                Dirt.NONE);
        return new StoredRecord(
                Kind.VALUE,
                stamp,
                nowMillis + value.keepMillis(),
                value.originVersion(),
                Lease.NONE,
                content,
                Set.of(),
                false);
    }

    /** No value, but a lease: a marker, unless there is a least version, which must not go with the lease. */
    static StoredRecord leased(long stamp, long leastVersion, Lease lease) {
        Kind kind = leastVersion == 0 ? Kind.LEASE : Kind.TOMBSTONE;
        return new StoredRecord(
                kind, stamp, lease.until + LEASED_REST_MILLIS, leastVersion, lease, null, Set.of(), false);
    }

    static StoredRecord tombstone(long stamp, long leastVersion, long nowMillis) {
        return new StoredRecord(
                Kind.TOMBSTONE, stamp, nowMillis + TOMBSTONE_MILLIS, leastVersion, Lease.NONE, null, Set.of(), false);
    }

    static StoredRecord quarantine(long stamp, long until, long leastVersion, long holder) {
        return new StoredRecord(Kind.QUARANTINE, stamp, until, leastVersion, Lease.NONE, null, Set.of(holder), false);
    }

    static StoredRecord opaque() {
        return new StoredRecord(Kind.OPAQUE, 0, Long.MAX_VALUE, 0, Lease.NONE, null, Set.of(), false);
    }

    /** It outlives its lease, so that a late loader finds it. */
    StoredRecord leased(Lease granted) {
        return withLease(granted).keptUntil(granted.until() + LEASED_REST_MILLIS);
    }

    StoredRecord withLease(Lease other) {
        return new StoredRecord(kind, stamp, keepUntil, leastVersion, other, content, holders, shared);
    }

    /** Held back after failures; where there is no value, remembered a minute longer. */
    StoredRecord heldBack(int failures, long until) {
        StoredRecord held = withLease(Lease.heldBack(failures, until));
        return held.keptUntil(until + LEASED_REST_MILLIS);
    }

    StoredRecord withStamp(long other) {
        return new StoredRecord(kind, other, keepUntil, leastVersion, lease, content, holders, shared);
    }

    /** A quarantine that its holders do not have for themselves any more. */
    StoredRecord touched(long newStamp, Set<Long> newHolders, long least) {
        return new StoredRecord(
                kind, newStamp, keepUntil, newer(leastVersion, least), lease, null, Set.copyOf(newHolders), true);
    }

    /** Never shorter than before. */
    StoredRecord keptUntil(long until) {
        return new StoredRecord(kind, stamp, Math.max(keepUntil, until), leastVersion, lease, content, holders, shared);
    }

    /** A value that is stale from now on, whose place only this version or a later one may take. */
    StoredRecord expired(long newStamp, long newToken, long least, long nowMillis) {
        Content old = Objects.requireNonNull(content);
        Content stale = new Content(
                newToken,
                old.loadedAt,
                Math.min(old.freshUntil, nowMillis),
                true,
                old.loadMillis,
                old.cachedNull,
                old.tags,
                old.codec,
                old.payload,
                Dirt.NONE);
        return new StoredRecord(
                kind, newStamp, keepUntil, newer(leastVersion, least), Lease.NONE, stale, Set.of(), false);
    }

    /** The same value, of a later load. */
    StoredRecord renewed(Renewal renewal, long newStamp, long nowMillis) {
        Content old = Objects.requireNonNull(content);
        Content fresh = new Content(
                renewal.token(),
                begun(nowMillis, renewal.loadMillis()),
                nowMillis + renewal.freshMillis(),
                false,
                Math.min(renewal.loadMillis(), MAX_LOAD_MILLIS),
                old.cachedNull,
                old.tags,
                old.codec,
                old.payload,
                Dirt.NONE);
        return new StoredRecord(
                kind,
                newStamp,
                nowMillis + renewal.keepMillis(),
                renewal.originVersion() == 0 ? leastVersion : renewal.originVersion(),
                Lease.NONE,
                fresh,
                Set.of(),
                false);
    }

    StoredRecord dirty() {
        return with(Objects.requireNonNull(content).with(Dirt.DIRTY), leastVersion);
    }

    /** A dirty value that goes once its write has been made. */
    StoredRecord doomed(long least) {
        return with(Objects.requireNonNull(content).with(Dirt.DOOMED), newer(leastVersion, least));
    }

    StoredRecord clean() {
        return with(Objects.requireNonNull(content).with(Dirt.NONE), leastVersion);
    }

    private StoredRecord with(Content other, long least) {
        return new StoredRecord(kind, stamp, keepUntil, least, lease, other, holders, shared);
    }

    boolean isDirty() {
        return content != null && content.dirt != Dirt.NONE;
    }

    boolean isDoomed() {
        return content != null && content.dirt == Dirt.DOOMED;
    }

    /** When a load began that took so long. */
    private static long begun(long nowMillis, long loadMillis) {
        return Math.max(0, nowMillis - loadMillis);
    }

    /** What a value was stored as. */
    StoreReply.Stored stored() {
        return new StoreReply.Stored(stamp, Objects.requireNonNull(content).loadedAt);
    }

    boolean hasToken(long token) {
        return content != null && content.token == token;
    }

    /** A clear is not seen here: it leaves only its floor. */
    boolean isHeldOnlyBy(long holder) {
        return holders.equals(Set.of(holder)) && !shared;
    }

    boolean isFresh(long nowMillis) {
        return isDirty() || content != null && nowMillis < content.freshUntil;
    }

    /** Versions are unsigned; a value that has none is never too old. */
    boolean refusesVersion(long version) {
        return version != 0 && Long.compareUnsigned(version, leastVersion) < 0;
    }

    static long newer(long version, long other) {
        return Long.compareUnsigned(version, other) < 0 ? other : version;
    }

    /** As a reply: ages rounded up, rests rounded down. */
    RemoteRecord reply(ReadMode mode, long nowMicros, long floor) {
        long now = Math.floorDiv(nowMicros + 999, 1000L);
        return switch (kind) {
            case ABSENT -> RemoteRecord.absent(floor);
            case LEASE -> RemoteRecord.lease(stamp, lease.state(now), floor);
            case QUARANTINE -> RemoteRecord.quarantine(stamp, floor);
            case TOMBSTONE -> RemoteRecord.tombstone(stamp, lease.state(now), floor);
            case OPAQUE -> RemoteRecord.opaque(floor);
            case VALUE -> {
                Content found = Objects.requireNonNull(content);
                yield new RemoteRecord(
                        kind,
                        stamp,
                        found.token,
                        found.loadedAt,
                        now - found.loadedAt,
                        freshMillis(found, now),
                        found.loadMillis,
                        found.cachedNull,
                        isDirty(),
                        leastVersion,
                        found.tags,
                        found.codec,
                        mode == ReadMode.HEADER ? EMPTY.duplicate() : copy(found.payload),
                        lease.state(now),
                        floor);
            }
        };
    }

    private static long freshMillis(Content found, long nowMillis) {
        if (found.dirt != Dirt.NONE) {
            return Math.max(DIRTY_FRESH_MILLIS, found.freshUntil - nowMillis);
        }
        return found.expired ? RemoteRecord.EXPIRED : found.freshUntil - nowMillis;
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }
}
