package io.crema.spi;

import java.util.Arrays;
import java.util.Objects;

/**
 * A serialized key and the partition of its cache in which it lies.
 *
 * <p>Immutable as long as nobody writes into the bytes, which are not copied.
 */
public final class RemoteKey {

    private final int partition;
    private final byte[] bytes;

    public RemoteKey(int partition, byte[] bytes) {
        this.partition = partition;
        this.bytes = Objects.requireNonNull(bytes, "bytes");
    }

    public int partition() {
        return partition;
    }

    /** The key's own bytes, not a copy. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RemoteKey key && partition == key.partition && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * partition + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "RemoteKey[partition=" + partition + ", " + bytes.length + " bytes]";
    }
}
