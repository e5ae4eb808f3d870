package io.crema.spi;

import java.util.Objects;

/**
 * One write in the journal of a partition.
 *
 * <p>Immutable as long as nobody writes into key and payload, which are not copied.
 */
public final class JournalEntry {

    private static final byte[] NO_PAYLOAD = {};

    private final long id;
    private final byte[] key;
    private final boolean readable;
    private final boolean cachedNull;
    private final byte codec;
    private final byte[] payload;

    public JournalEntry(long id, byte[] key, boolean cachedNull, byte codec, byte[] payload) {
        this(id, key, true, cachedNull, codec, payload);
    }

    private JournalEntry(long id, byte[] key, boolean readable, boolean cachedNull, byte codec, byte[] payload) {
        this.id = id;
        this.key = Objects.requireNonNull(key, "key");
        this.readable = readable;
        this.cachedNull = cachedNull;
        this.codec = codec;
        this.payload = Objects.requireNonNull(payload, "payload");
    }

    /**
     * A write that the adapter cannot read: a newer version of it made the write, or something has damaged it.
     *
     * @param key empty if not even that can be read
     */
    public static JournalEntry unreadable(long id, byte[] key) {
        return new JournalEntry(id, key, false, false, (byte) 0, NO_PAYLOAD);
    }

    /** The stamp that the write got. */
    public long id() {
        return id;
    }

    /** The key's own bytes, not a copy. */
    public byte[] key() {
        return key;
    }

    /** Whether this version can read what is to be written; if not, it says nothing but its id and key. */
    public boolean readable() {
        return readable;
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
        String what = cachedNull ? "a deletion" : payload.length + " bytes";
        return "JournalEntry[" + id + ", key of " + key.length + " bytes, " + (readable ? what : "unreadable") + "]";
    }
}
