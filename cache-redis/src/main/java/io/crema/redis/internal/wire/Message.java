package io.crema.redis.internal.wire;

import io.crema.spi.Invalidation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a partition's channel carries. */
public sealed interface Message {

    /** Keys were written, removed or expired. */
    record Keys(Invalidation invalidation) implements Message {}

    /**
     * The partition was cleared.
     *
     * @param stamp its clock and floor after that
     */
    record Clear(long stamp) implements Message {}

    /** The clock of the partition jumped: something was missed. */
    record Jump() implements Message {}

    byte MAGIC = (byte) 0xD1;
    byte KIND_WRITTEN = 1;
    byte KIND_CLEARED = 2;
    byte KIND_EXPIRED = 3;
    byte KIND_JUMPED = 4;

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
        boolean empty = count == 0 && !in.hasRemaining();
        return switch (bytes[1]) {
            case KIND_WRITTEN, KIND_EXPIRED -> {
                List<byte[]> keys = keys(in, count);
                Invalidation.Kind kind =
                        bytes[1] == KIND_EXPIRED ? Invalidation.Kind.EXPIRED : Invalidation.Kind.WRITTEN;
                yield keys == null
                        ? null
                        : new Keys(new Invalidation(partition, kind, stamp, count, keys, serverMicros));
            }
            case KIND_CLEARED -> empty ? new Clear(stamp) : null;
            case KIND_JUMPED -> empty ? new Jump() : null;
            default -> null;
        };
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
