package io.crema.redis.internal.wire;

import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of the remote tier: a header of 64 bytes, big-endian, then the payload. Scripts write them, since
 * stamp and times are the server's.
 *
 * <p>The magic byte is the version. A record with another magic, kind or flag, or with tags, is of another version and
 * opaque to this one.
 */
public final class RecordFormat {

    public static final int HEADER_BYTES = 64;

    static final byte MAGIC = (byte) 0xC1;
    static final byte KIND_VALUE = 1;
    static final byte KIND_LEASE = 2;

    /** Flag of a cached null. */
    public static final int FLAG_NULL = 1;

    private static final int FLAGS = 2;
    private static final int STAMP = 4;
    private static final int TOKEN = 12;
    private static final int LOADED_AT = 20;
    private static final int FRESH_UNTIL = 26;
    private static final int CODEC = 62;
    private static final int TAG_COUNT = 63;

    private RecordFormat() {}

    /**
     * Reads a record, or its header alone.
     *
     * @param bytes what Redis holds, which becomes part of the result; null or empty if nothing
     * @param floor the floor to report, {@link RemoteRecord#NO_FLOOR} if unknown
     * @param serverMillis an upper bound of the server's clock now, so that age is never too low nor freshness too high
     */
    public static RemoteRecord decode(byte @Nullable [] bytes, long floor, long serverMillis) {
        if (bytes == null || bytes.length == 0) {
            return RemoteRecord.absent(floor);
        }
        if (!isReadable(bytes)) {
            return RemoteRecord.opaque(floor);
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        long stamp = header.getLong(STAMP);
        if (bytes[1] == KIND_LEASE) {
            return RemoteRecord.lease(stamp, floor);
        }
        long loadedAt = u48(header, LOADED_AT);
        return new RemoteRecord(
                Kind.VALUE,
                stamp,
                header.getLong(TOKEN),
                loadedAt,
                Math.max(0, serverMillis - loadedAt),
                u48(header, FRESH_UNTIL) - serverMillis,
                (header.getShort(FLAGS) & FLAG_NULL) != 0,
                0,
                List.of(),
                bytes[CODEC],
                header.position(HEADER_BYTES),
                floor);
    }

    private static boolean isReadable(byte[] bytes) {
        return bytes.length >= HEADER_BYTES
                && bytes[0] == MAGIC
                && (bytes[1] == KIND_VALUE || bytes[1] == KIND_LEASE)
                && bytes[FLAGS] == 0
                && (bytes[FLAGS + 1] & ~FLAG_NULL) == 0
                && bytes[TAG_COUNT] == 0;
    }

    private static long u48(ByteBuffer header, int offset) {
        return (header.getShort(offset) & 0xffffL) << 32 | header.getInt(offset + 2) & 0xffffffffL;
    }
}
