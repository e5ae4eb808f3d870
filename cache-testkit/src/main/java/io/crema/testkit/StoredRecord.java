package io.crema.testkit;

import io.crema.spi.ReadMode;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteValue;
import java.nio.ByteBuffer;
import java.util.List;

/** What the server in memory keeps for a key. Times in milliseconds of its clock; a lease token of 0 means no lease. */
record StoredRecord(
        RemoteRecord.Kind kind,
        long stamp,
        long token,
        long loadedAt,
        long freshUntil,
        long keepUntil,
        boolean cachedNull,
        byte codec,
        ByteBuffer payload,
        long leaseToken,
        long leaseUntil) {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /** How long a marker stays after its lease: a late loader may still fill. */
    private static final long MARKER_REST_MILLIS = 60_000;

    static StoredRecord value(RemoteValue value, long stamp, long nowMillis) {
        return new StoredRecord(
                RemoteRecord.Kind.VALUE,
                stamp,
                value.token(),
                nowMillis,
                nowMillis + value.freshMillis(),
                nowMillis + value.keepMillis(),
                value.isNull(),
                value.codec(),
                ByteBuffer.wrap(value.payload().clone()),
                0,
                0);
    }

    static StoredRecord marker(long stamp, long leaseToken, long leaseUntil) {
        return new StoredRecord(
                RemoteRecord.Kind.LEASE,
                stamp,
                0,
                0,
                0,
                leaseUntil + MARKER_REST_MILLIS,
                false,
                (byte) 0,
                EMPTY,
                leaseToken,
                leaseUntil);
    }

    static StoredRecord opaque() {
        return new StoredRecord(RemoteRecord.Kind.OPAQUE, 0, 0, 0, 0, Long.MAX_VALUE, false, (byte) 0, EMPTY, 0, 0);
    }

    /** The same value with another lease in its header. */
    StoredRecord leased(long newToken, long newUntil) {
        return new StoredRecord(
                kind, stamp, token, loadedAt, freshUntil, keepUntil, cachedNull, codec, payload, newToken, newUntil);
    }

    boolean leaseRuns(long nowMillis) {
        return leaseToken != 0 && nowMillis < leaseUntil;
    }

    boolean isFresh(long nowMillis) {
        return kind == RemoteRecord.Kind.VALUE && nowMillis < freshUntil;
    }

    /** As a reply: ages rounded up, rests rounded down. */
    RemoteRecord reply(ReadMode mode, long nowMicros, long floor) {
        return switch (kind) {
            case ABSENT -> RemoteRecord.absent(floor);
            case LEASE -> RemoteRecord.lease(stamp, floor);
            case QUARANTINE -> RemoteRecord.quarantine(stamp, floor);
            case TOMBSTONE -> RemoteRecord.tombstone(stamp, floor);
            case OPAQUE -> RemoteRecord.opaque(floor);
            case VALUE -> {
                long now = Math.floorDiv(nowMicros + 999, 1000L);
                ByteBuffer bytes = mode == ReadMode.HEADER ? EMPTY.duplicate() : copy(payload);
                yield new RemoteRecord(
                        kind,
                        stamp,
                        token,
                        loadedAt,
                        now - loadedAt,
                        freshUntil - now,
                        cachedNull,
                        0,
                        List.of(),
                        codec,
                        bytes,
                        floor);
            }
        };
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }
}
