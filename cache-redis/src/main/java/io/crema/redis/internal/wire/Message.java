package io.crema.redis.internal.wire;

import io.crema.spi.Invalidation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a partition's channel carries. */
public sealed interface Message {

    /** Keys were written or removed. */
    record Keys(Invalidation invalidation) implements Message {}

    /**
     * The partition was cleared.
     *
     * @param stamp its clock and floor after that
     */
    record Clear(long stamp) implements Message {}

    byte MAGIC = (byte) 0xD1;
    byte KIND_KEYS = 1;
    byte KIND_CLEAR = 2;

    /** The bytes before the keys: magic, kind, stamp, server time, number of keys. */
    int HEADER_BYTES = 20;

    /** Reads a message of a partition; null if it is none that this version knows. */
    static @Nullable Message decode(int partition, byte[] bytes) {
        if (bytes.length < HEADER_BYTES || bytes[0] != MAGIC) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 2, bytes.length - 2);
        long stamp = in.getLong();
        long serverMicros = in.getLong();
        int count = Short.toUnsignedInt(in.getShort());
        if (bytes[1] == KIND_CLEAR) {
            return count == 0 && !in.hasRemaining() ? new Clear(stamp) : null;
        }
        List<byte[]> keys = bytes[1] == KIND_KEYS ? keys(in, count) : null;
        return keys == null
                ? null
                : new Keys(new Invalidation(partition, Invalidation.Kind.WRITTEN, stamp, count, keys, serverMicros));
    }

    private static @Nullable List<byte[]> keys(ByteBuffer in, int count) {
        List<byte[]> keys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            if (in.remaining() < Short.BYTES) {
                return null;
            }
            int length = Short.toUnsignedInt(in.getShort());
            if (in.remaining() < length) {
                return null;
            }
            byte[] key = new byte[length];
            in.get(key);
            keys.add(key);
        }
        return count == 0 || in.hasRemaining() ? null : keys;
    }
}
