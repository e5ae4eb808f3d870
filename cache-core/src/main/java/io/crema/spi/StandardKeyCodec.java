package io.crema.spi;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** One type byte, then the key: UTF-8, or big-endian. */
final class StandardKeyCodec implements KeyCodec<Object> {

    private static final byte STRING = 's';
    private static final byte LONG = 'l';
    private static final byte INTEGER = 'i';
    private static final byte UUID_KEY = 'u';

    private static final StandardKeyCodec INSTANCE = new StandardKeyCodec();

    private StandardKeyCodec() {}

    /** Safe for every K: each key is checked when it is encoded, and decoding gives back what was encoded. */
    @SuppressWarnings("unchecked")
    static <K> KeyCodec<K> instance() {
        return (KeyCodec<K>) INSTANCE;
    }

    @Override
    public String format() {
        return "standard-1";
    }

    @Override
    public byte[] encode(Object key) {
        if (key instanceof String string) {
            return encodeString(string);
        } else if (key instanceof Long number) {
            return ByteBuffer.allocate(1 + Long.BYTES).put(LONG).putLong(number).array();
        } else if (key instanceof Integer number) {
            return ByteBuffer.allocate(1 + Integer.BYTES)
                    .put(INTEGER)
                    .putInt(number)
                    .array();
        } else if (key instanceof UUID uuid) {
            return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                    .put(UUID_KEY)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array();
        }
        throw new CodecException("Keys of type " + key.getClass().getName()
                + " need a key codec: set one with keyCodec(..); built in are String, Long, Integer, UUID,"
                + " and KeyCodec.ofEnum(..) for enums");
    }

    /** An unpaired surrogate has no UTF-8 form; replacing it would make two different keys one. */
    private static byte[] encodeString(String string) {
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(string));
            byte[] bytes = new byte[1 + utf8.remaining()];
            bytes[0] = STRING;
            utf8.get(bytes, 1, utf8.remaining());
            return bytes;
        } catch (CharacterCodingException e) {
            throw new CodecException("A String key holds an unpaired surrogate, which UTF-8 cannot carry", e);
        }
    }

    @Override
    public Object decode(byte[] bytes) {
        if (bytes.length == 0) {
            throw new CodecException("A key of no bytes was read; a standard key has at least its type byte");
        }
        ByteBuffer body = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        switch (bytes[0]) {
            case STRING:
                try {
                    return StandardCharsets.UTF_8.newDecoder().decode(body).toString();
                } catch (CharacterCodingException e) {
                    throw new CodecException("A String key of " + bytes.length + " bytes is not UTF-8", e);
                }
            case LONG:
                requireLength(bytes, Long.BYTES);
                return body.getLong();
            case INTEGER:
                requireLength(bytes, Integer.BYTES);
                return body.getInt();
            case UUID_KEY:
                requireLength(bytes, 2 * Long.BYTES);
                return new UUID(body.getLong(), body.getLong());
            default:
                throw new CodecException("A key of unknown type " + bytes[0] + " was read; known are s, l, i, u");
        }
    }

    private static void requireLength(byte[] bytes, int expected) {
        if (bytes.length != 1 + expected) {
            throw new CodecException(
                    "A key of type " + (char) bytes[0] + " has " + (bytes.length - 1) + " bytes, not " + expected);
        }
    }
}
