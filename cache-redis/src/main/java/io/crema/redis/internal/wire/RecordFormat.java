package io.crema.redis.internal.wire;

import io.crema.spi.LeaseState;
import io.crema.spi.RemoteRecord;
import io.crema.spi.RemoteRecord.Kind;
import io.crema.spi.RemoteValue;
import io.crema.spi.TagVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of the remote tier: a header of 64 bytes, big-endian, then the versions of the tags, then the payload.
 * Scripts put them together, since stamp and times are the server's, from the parts that this class writes.
 *
 * <p>The magic byte is the version. A record with another magic, kind or flag, or more tags than are allowed, is of
 * another version and opaque to this one.
 */
public final class RecordFormat {

    public static final int HEADER_BYTES = 64;

    /** The bytes of any record that hold its header and all of its tags. */
    public static final int MAX_HEAD_BYTES =
            HEADER_BYTES + TagVersion.MAX_TAGS * (2 * Long.BYTES + 1 + TagVersion.MAX_TAG_BYTES);

    static final byte MAGIC = (byte) 0xC1;
    static final byte KIND_VALUE = 1;
    static final byte KIND_LEASE = 2;
    static final byte KIND_QUARANTINE = 3;
    static final byte KIND_TOMBSTONE = 4;

    static final int FLAG_NULL = 1;

    private static final int FLAG_DIRTY = 4;
    private static final int FLAG_SOFT_EXPIRED = 8;
    private static final int FLAG_SHARED = 16;
    private static final int FLAG_DOOMED = 32;
    private static final int KNOWN_FLAGS = FLAG_NULL | FLAG_DIRTY | FLAG_SOFT_EXPIRED | FLAG_SHARED | FLAG_DOOMED;

    /** A dirty value is fresh, whatever its time; a reader looks again after that. */
    private static final long DIRTY_FRESH_MILLIS = 1_000;

    private static final int FLAGS = 2;
    private static final int STAMP = 4;
    private static final int TOKEN = 12;
    private static final int LOADED_AT = 20;
    private static final int FRESH_UNTIL = 26;
    private static final int ORIGIN_VERSION = 38;
    private static final int LEASE_TOKEN = 46;
    private static final int LEASE_UNTIL = 54;
    private static final int LOAD_MILLIS = 60;
    private static final int CODEC = 62;
    private static final int TAG_COUNT = 63;

    private static final int TAG_FIXED_BYTES = 2 * Long.BYTES + 1;
    private static final int MAX_LOAD_MILLIS = 65_535;

    /** A lease token that begins with seven such bytes holds the key back; the last one is the number of failures. */
    private static final long HELD_BACK = -1L >>> Byte.SIZE;

    private RecordFormat() {}

    /**
     * Reads a whole record.
     *
     * @param bytes what Redis holds, which becomes part of the result; null or empty if nothing
     * @param floor the floor to report, {@link RemoteRecord#NO_FLOOR} if unknown
     * @param serverMillis an upper bound of the server's clock now, so that age is never too low nor freshness too high
     */
    public static RemoteRecord decode(byte @Nullable [] bytes, long floor, long serverMillis) {
        if (bytes == null || bytes.length == 0) {
            return RemoteRecord.absent(floor);
        }
        int payload = payloadFrom(bytes);
        return payload < 0
                ? RemoteRecord.opaque(floor)
                : readable(bytes, ByteBuffer.wrap(bytes, payload, bytes.length - payload), floor, serverMillis);
    }

    /**
     * Reads the beginning of a record, without its payload.
     *
     * @param bytes the record or its first bytes, in which {@link #hasAllTags} holds; else as {@link #decode}
     */
    public static RemoteRecord decodeHead(byte @Nullable [] bytes, long floor, long serverMillis) {
        if (bytes == null || bytes.length == 0) {
            return RemoteRecord.absent(floor);
        }
        return payloadFrom(bytes) < 0
                ? RemoteRecord.opaque(floor)
                : readable(bytes, ByteBuffer.allocate(0), floor, serverMillis);
    }

    /** Whether no tag of a record is cut off in its first bytes; of one that is opaque none is read. */
    public static boolean hasAllTags(byte @Nullable [] bytes) {
        return bytes == null || !isReadable(bytes) || payloadFrom(bytes) >= 0;
    }

    /** The first four bytes of the record of a value: magic, kind, flags. */
    public static byte[] head(RemoteValue value) {
        return new byte[] {MAGIC, KIND_VALUE, 0, (byte) (value.isNull() ? FLAG_NULL : 0)};
    }

    /** The last four bytes of its header: loadMs, codec, tagCount. */
    public static byte[] tail(RemoteValue value) {
        return ByteBuffer.allocate(4)
                .put(loadMillis(value.loadMillis()))
                .put(value.codec())
                .put((byte) value.tags().size())
                .array();
    }

    /** As its header holds it. */
    public static byte[] loadMillis(long millis) {
        return ByteBuffer.allocate(Short.BYTES)
                .putShort((short) Math.min(millis, MAX_LOAD_MILLIS))
                .array();
    }

    /**
     * What follows the header: tags, payload.
     *
     * @throws IllegalArgumentException if there are too many tags, or one is too long
     */
    public static byte[] body(RemoteValue value) {
        List<TagVersion> tags = value.tags();
        if (tags.isEmpty()) {
            return value.payload();
        }
        if (tags.size() > TagVersion.MAX_TAGS) {
            throw new IllegalArgumentException(
                    "An entry may have " + TagVersion.MAX_TAGS + " tags, but has " + tags.size());
        }
        List<byte[]> names = new ArrayList<>(tags.size());
        int length = value.payload().length;
        for (TagVersion tag : tags) {
            byte[] name = tagName(tag.tag());
            names.add(name);
            length += TAG_FIXED_BYTES + name.length;
        }
        ByteBuffer body = ByteBuffer.allocate(length);
        for (int i = 0; i < names.size(); i++) {
            TagVersion tag = tags.get(i);
            byte[] name = names.get(i);
            body.putLong(tag.stamp())
                    .putLong(tag.token())
                    .put((byte) name.length)
                    .put(name);
        }
        return body.put(value.payload()).array();
    }

    /**
     * A tag as it is stored.
     *
     * @throws IllegalArgumentException if it is empty or too long
     */
    public static byte[] tagName(String tag) {
        byte[] name = tag.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > TagVersion.MAX_TAG_BYTES) {
            throw new IllegalArgumentException("A tag must have 1 to " + TagVersion.MAX_TAG_BYTES
                    + " bytes in UTF-8, but has " + name.length + ": \"" + tag + "\"");
        }
        return name;
    }

    private static RemoteRecord readable(byte[] bytes, ByteBuffer payload, long floor, long serverMillis) {
        ByteBuffer header = ByteBuffer.wrap(bytes);
        long stamp = header.getLong(STAMP);
        switch (bytes[1]) {
            case KIND_LEASE:
                return RemoteRecord.lease(stamp, lease(header, serverMillis), floor);
            case KIND_QUARANTINE:
                return RemoteRecord.quarantine(stamp, floor);
            case KIND_TOMBSTONE:
                return RemoteRecord.tombstone(stamp, lease(header, serverMillis), floor);
            default:
                long loadedAt = u48(header, LOADED_AT);
                short flags = header.getShort(FLAGS);
                return new RemoteRecord(
                        Kind.VALUE,
                        stamp,
                        header.getLong(TOKEN),
                        loadedAt,
                        Math.max(0, serverMillis - loadedAt),
                        freshMillis(flags, u48(header, FRESH_UNTIL) - serverMillis),
                        Short.toUnsignedLong(header.getShort(LOAD_MILLIS)),
                        (flags & FLAG_NULL) != 0,
                        (flags & FLAG_DIRTY) != 0,
                        header.getLong(ORIGIN_VERSION),
                        tags(header),
                        bytes[CODEC],
                        payload,
                        lease(header, serverMillis),
                        floor);
        }
    }

    private static long freshMillis(short flags, long left) {
        if ((flags & FLAG_DIRTY) != 0) {
            return Math.max(DIRTY_FRESH_MILLIS, left);
        }
        return (flags & FLAG_SOFT_EXPIRED) != 0 ? RemoteRecord.EXPIRED : left;
    }

    /** Never longer than it is: the server's clock is not later than that. */
    private static LeaseState lease(ByteBuffer header, long serverMillis) {
        long left = u48(header, LEASE_UNTIL) - serverMillis;
        if (left <= 0) {
            return LeaseState.FREE;
        }
        long token = header.getLong(LEASE_TOKEN);
        return new LeaseState(left, token >>> Byte.SIZE == HELD_BACK ? (int) (token & 0xff) : 0);
    }

    private static List<TagVersion> tags(ByteBuffer record) {
        int count = record.get(TAG_COUNT);
        if (count == 0) {
            return List.of();
        }
        List<TagVersion> tags = new ArrayList<>(count);
        record.position(HEADER_BYTES);
        for (int i = 0; i < count; i++) {
            long stamp = record.getLong();
            long token = record.getLong();
            byte[] name = new byte[Byte.toUnsignedInt(record.get())];
            record.get(name);
            tags.add(new TagVersion(new String(name, StandardCharsets.UTF_8), stamp, token));
        }
        return tags;
    }

    private static boolean isReadable(byte[] bytes) {
        return bytes.length >= HEADER_BYTES
                && bytes[0] == MAGIC
                && bytes[1] >= KIND_VALUE
                && bytes[1] <= KIND_TOMBSTONE
                && bytes[FLAGS] == 0
                && (bytes[FLAGS + 1] & ~KNOWN_FLAGS) == 0
                && bytes[TAG_COUNT] >= 0
                && bytes[TAG_COUNT] <= TagVersion.MAX_TAGS;
    }

    /** Where the payload begins; -1 if the record is opaque, or ends within its tags. */
    private static int payloadFrom(byte[] bytes) {
        if (!isReadable(bytes)) {
            return -1;
        }
        int at = HEADER_BYTES;
        for (int i = 0; i < bytes[TAG_COUNT]; i++) {
            int length = at + TAG_FIXED_BYTES - 1;
            if (length >= bytes.length) {
                return -1;
            }
            at += TAG_FIXED_BYTES + Byte.toUnsignedInt(bytes[length]);
        }
        return at <= bytes.length ? at : -1;
    }

    private static long u48(ByteBuffer header, int offset) {
        return (header.getShort(offset) & 0xffffL) << 32 | header.getInt(offset + 2) & 0xffffffffL;
    }
}
