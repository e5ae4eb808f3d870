package io.crema.redis.codec;

import com.esotericsoftware.kryo.io.KryoBufferOverflowException;
import com.esotericsoftware.kryo.io.Output;
import java.nio.charset.StandardCharsets;

/** Kryo's output with a form of text that keeps every char and is written and read by bulk copies. */
final class PayloadOutput extends Output {

    static final int LATIN_1 = 0;
    static final int UTF_8 = 1;
    static final int UTF_16 = 2;

    PayloadOutput(int initialBytes) {
        super(initialBytes, initialBytes);
    }

    /** A varint of (bytes &lt;&lt; 2 | form), then the bytes: Latin-1 if it fits, else UTF-8, else the bare chars. */
    void writeText(String text) {
        int length = text.length();
        if (length > maxCapacity) {
            throw new KryoBufferOverflowException("A text of " + length + " chars");
        }
        if (isLatin1(text)) {
            writeVarInt(length << 2 | LATIN_1, true);
            writeLatin1(text, length);
        } else if (Text.isWellFormed(text)) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            writeTextHead(utf8.length, UTF_8);
            writeBytes(utf8);
        } else {
            writeTextHead(2 * length, UTF_16);
            for (int i = 0; i < length; i++) {
                char c = text.charAt(i);
                writeByte(c >>> 8);
                writeByte(c);
            }
        }
    }

    private void writeTextHead(int bytes, int form) {
        if (bytes > maxCapacity) {
            throw new KryoBufferOverflowException("A text of " + bytes + " bytes");
        }
        writeVarInt(bytes << 2 | form, true);
    }

    /** The deprecated copy takes the low byte of each char, which is all there is of a Latin-1 string. */
    @SuppressWarnings("deprecation")
    private void writeLatin1(String text, int length) {
        require(length);
        text.getBytes(0, length, buffer, position);
        position += length;
    }

    private static boolean isLatin1(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xFF) {
                return false;
            }
        }
        return true;
    }
}
