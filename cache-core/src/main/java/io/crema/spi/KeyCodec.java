package io.crema.spi;

/**
 * Turns the keys of one cache into bytes and back. The bytes decide in which partition of the remote tier a key lies,
 * so all instances of a cache must use one format.
 *
 * <p>Contract: {@code decode(encode(k)).equals(k)}, and equal keys give equal bytes. Thread-safe, never blocks:
 * invalidations are decoded on an I/O thread.
 *
 * @param <K> the type of the keys
 */
public interface KeyCodec<K> {

    /** Names the format; instances of one cache that name different ones refuse to share it. */
    String format();

    /** @throws CodecException if the key cannot be encoded */
    byte[] encode(K key);

    /** @throws CodecException if the bytes are not such a key */
    K decode(byte[] bytes);

    /**
     * Keys of type String, Long, Integer and UUID, told apart by a type byte. Any other type is refused with a
     * {@link CodecException} that names it.
     */
    static <K> KeyCodec<K> standard() {
        return StandardKeyCodec.instance();
    }

    /** The constants of an enum, by name. */
    static <E extends Enum<E>> KeyCodec<E> ofEnum(Class<E> type) {
        return new EnumKeyCodec<>(type);
    }
}
