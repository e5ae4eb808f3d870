package io.crema.redis.internal.wire;

import io.crema.spi.DeadLetter;
import io.crema.spi.JournalEntry;
import io.crema.spi.RemoteRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what journals and dead letters hold of a write; scripts write it. */
public final class JournalFormat {

    private static final int MAX_REASON_BYTES = 1_000;

    private JournalFormat() {}

    /**
     * A write, from its dirty record.
     *
     * @throws IllegalStateException if the record is of another version
     */
    public static JournalEntry entry(long id, byte[] key, byte[] record) {
        RemoteRecord value = RecordFormat.decode(record, RemoteRecord.NO_FLOOR, 0);
        if (value.kind() != RemoteRecord.Kind.VALUE) {
            throw new IllegalStateException("The write " + id
                    + " in a journal was made by another version of the library, which alone can read it");
        }
        byte[] payload = new byte[value.payload().remaining()];
        value.payload().duplicate().get(payload);
        return new JournalEntry(id, key, value.cachedNull(), value.codec(), payload);
    }

    /** A dead letter as {@code bury.lua} packs it. */
    public static DeadLetter deadLetter(long id, byte[] letter, long serverMillis) {
        ByteBuffer bytes = ByteBuffer.wrap(letter);
        long buriedAt = u48(bytes);
        int attempts = bytes.getInt();
        u48(bytes);
        String reason = new String(counted(bytes), StandardCharsets.UTF_8);
        byte[] key = counted(bytes);
        byte[] record = Arrays.copyOfRange(letter, bytes.position(), letter.length);
        return new DeadLetter(entry(id, key, record), attempts, Math.max(0, serverMillis - buriedAt), reason);
    }

    /** A reason as it is kept: cut where a character begins. */
    public static byte[] reason(String reason) {
        byte[] bytes = reason.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_REASON_BYTES) {
            return bytes;
        }
        int end = MAX_REASON_BYTES;
        while ((bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }

    private static long u48(ByteBuffer bytes) {
        return (bytes.getShort() & 0xffffL) << 32 | bytes.getInt() & 0xffffffffL;
    }

    private static byte[] counted(ByteBuffer bytes) {
        byte[] counted = new byte[Short.toUnsignedInt(bytes.getShort())];
        bytes.get(counted);
        return counted;
    }
}
