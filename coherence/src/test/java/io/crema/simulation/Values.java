package io.crema.simulation;

import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import io.crema.spi.KeyCodec;
import io.crema.spi.RemoteKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Keys and values as the caches see them. A value says of which key it is, and which version of it. */
final class Values {

    private static final long VERSIONS = 1_000_000;

    private Values() {}

    static String key(int number) {
        return "k" + number;
    }

    static int number(String key) {
        return Integer.parseInt(key.substring(1));
    }

    /** The number of a key as it is stored, after the type byte of its codec. */
    static int keyOf(RemoteKey key) {
        byte[] bytes = key.bytes();
        String text = new String(bytes, StandardCharsets.UTF_8);
        return number(text.substring(text.indexOf('k')));
    }

    /** A key as it is stored. */
    static byte[] stored(int number) {
        return KeyCodec.<String>standard().encode(key(number));
    }

    static long value(int key, long version) {
        return key * VERSIONS + version;
    }

    static int keyOf(long value) {
        return (int) (value / VERSIONS);
    }

    static long versionOf(long value) {
        return value % VERSIONS;
    }

    /** Eight bytes. */
    static final class OfLong implements Codec<Long> {

        @Override
        public byte id() {
            return 64;
        }

        @Override
        public byte[] encode(Long value, int maxBytes) {
            return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
        }

        @Override
        public Long decode(ByteBuffer bytes) {
            if (bytes.remaining() != Long.BYTES) {
                throw new CodecException("a value has " + Long.BYTES + " bytes, not " + bytes.remaining());
            }
            return bytes.getLong();
        }
    }

    /** As the standard one, but blanks at the end mean nothing. */
    static final class OfKey implements KeyCodec<String> {

        private final KeyCodec<String> standard = KeyCodec.standard();

        @Override
        public String format() {
            return standard.format();
        }

        @Override
        public byte[] encode(String key) {
            return standard.encode(key);
        }

        @Override
        public String decode(byte[] bytes) {
            return standard.decode(bytes).strip();
        }
    }
}
