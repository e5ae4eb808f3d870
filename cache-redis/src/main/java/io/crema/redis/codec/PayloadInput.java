package io.crema.redis.codec;

import com.esotericsoftware.kryo.io.Input;
import io.crema.spi.CodecException;
import java.nio.charset.StandardCharsets;

/** Kryo's input over one payload. A length is believed only if the bytes that are left can hold it. */
final class PayloadInput extends Input {

    private static final byte[] NOTHING = {};

    PayloadInput() {
        super(NOTHING);
    }

    /** Lets go of the payload. */
    void clear() {
        setBuffer(NOTHING);
    }

    int remaining() {
        return limit - position;
    }

    /**
     * Reads how many items follow.
     *
     * @param bytesEach the least bytes that an item takes
     */
    int readLength(int bytesEach) {
        return requireLength(readVarInt(true), bytesEach);
    }

    String readText() {
        int head = readVarInt(true);
        int length = requireLength(head >>> 2, 1);
        int start = position;
        position += length;
        switch (head & 3) {
            case PayloadOutput.LATIN_1:
                return new String(buffer, start, length, StandardCharsets.ISO_8859_1);
            case PayloadOutput.UTF_8:
                return Text.decodeUtf8(buffer, start, length);
            case PayloadOutput.UTF_16:
                return chars(start, length);
            default:
                throw new CodecException("Unknown form of text: " + (head & 3));
        }
    }

    private String chars(int start, int length) {
        char[] chars = new char[length / 2];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) ((buffer[start + 2 * i] & 0xFF) << 8 | buffer[start + 2 * i + 1] & 0xFF);
        }
        return new String(chars);
    }

    private int requireLength(int length, int bytesEach) {
        if (length < 0 || length > remaining() / bytesEach) {
            throw new CodecException("A length of " + (length & 0xFFFFFFFFL) + " with " + remaining() + " bytes left");
        }
        return length;
    }
}
