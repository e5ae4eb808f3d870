package io.crema.spi;

import java.util.Objects;

/**
 * One write in the journal of a partition.
 *
 * <p>Immutable as long as nobody writes into key and payload, which are not copied.
 */
public final class JournalEntry {

    private final long id;
    private final byte[] key;
    private final boolean cachedNull;
    private final byte codec;
    private final byte[] payload;

    public JournalEntry(long id, byte[] key, boolean cachedNull, byte codec, byte[] payload) {
        this.id = id;
        this.key = Objects.requireNonNull(key, "key");
        this.cachedNull = cachedNull;
        this.codec = codec;
        this.payload = Objects.requireNonNull(payload, "payload");
    }

    /** The stamp that the write got. */
    public long id() {
        return id;
    }

    /** The key's own bytes, not a copy. */
    public byte[] key() {
        return key;
    }

    /** Whether the key is to be deleted. */
    public boolean cachedNull() {
        return cachedNull;
    }

    /** The {@link Codec#id()} of the payload; 0 for a deletion. */
    public byte codec() {
        return codec;
    }

    /** The encoded value, not a copy; empty for a deletion. */
    public byte[] payload() {
        return payload;
    }

    @Override
    public String toString() {
        return "JournalEntry[" + id + ", key of " + key.length + " bytes, "
                + (cachedNull ? "a deletion]" : payload.length + " bytes]");
    }
}
