package io.crema.spi;

import java.nio.ByteBuffer;

/**
 * Turns the values of one cache into bytes for the remote tier and back. Nulls never reach a codec.
 *
 * <p>Thread-safe. Called on the threads of callers, never on an I/O thread.
 *
 * @param <V> the type of the values
 */
public interface Codec<V> {

    /**
     * Identifies the format in each stored record; a record that carries another one is a miss. Ids from 1 to 63 are
     * Crema's own.
     */
    byte id();

    /**
     * Encodes a value.
     *
     * @param maxBytes the most bytes that the result may have
     * @throws CodecException if the value cannot be encoded or would be larger
     */
    byte[] encode(V value, int maxBytes);

    /**
     * Decodes a value from the remaining bytes of the buffer, which is backed by an array.
     *
     * @throws CodecException if the bytes are not such a value: old, new, corrupt or foreign
     */
    V decode(ByteBuffer bytes);
}
