package io.crema.redis.internal.wire;

import io.crema.spi.DeadLetter;
import io.crema.spi.JournalEntry;
import io.crema.spi.RemoteRecord;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what journals and dead letters hold of a write; scripts write it. */
public final class JournalFormat {

    private static final int MAX_REASON_BYTES = 1_000;
    private static final byte[] NO_KEY = {};

    private JournalFormat() {}

    /**
     * A write, from its dirty record; unreadable if that is of another version, or damaged.
     *
     * @param key empty if it could not be read
     * @param record empty if it could not be read
     */
    public static JournalEntry entry(long id, byte[] key, byte[] record) {
        RemoteRecord value = RecordFormat.decode(record, RemoteRecord.NO_FLOOR, 0);
        if (key.length == 0 || value.kind() != RemoteRecord.Kind.VALUE) {
            return JournalEntry.unreadable(id, key);
        }
        byte[] payload = new byte[value.payload().remaining()];
        value.payload().duplicate().get(payload);
        return new JournalEntry(id, key, value.cachedNull(), value.codec(), payload);
    }

    /** A dead letter as {@code bury.lua} packs it; one that ends too early is unreadable. */
    public static DeadLetter deadLetter(long id, byte[] letter, long serverMillis) {
        try {
            return whole(id, letter, serverMillis);
        } catch (BufferUnderflowException e) {
            return new DeadLetter(JournalEntry.unreadable(id, NO_KEY), 0, 0, "it is damaged");
        }
    }

    private static DeadLetter whole(long id, byte[] letter, long serverMillis) {
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
