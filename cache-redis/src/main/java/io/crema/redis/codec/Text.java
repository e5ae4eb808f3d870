package io.crema.redis.codec;

import io.crema.spi.CodecException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Strict UTF-8: what the JDK's shortcuts would silently replace is an error here. */
final class Text {

    private static final char REPLACEMENT = '\uFFFD';

    private Text() {}

    /** Whether every surrogate is one of a pair, so that UTF-8 can carry the string. */
    static boolean isWellFormed(String string) {
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (Character.isSurrogate(c)) {
                i++;
                if (i == string.length() || !Character.isSurrogatePair(c, string.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** @throws CodecException if the bytes are not UTF-8 */
    static String decodeUtf8(byte[] bytes, int offset, int length) {
        String string = new String(bytes, offset, length, StandardCharsets.UTF_8);
        if (string.indexOf(REPLACEMENT) < 0) {
            return string;
        }
        try { // the text holds the replacement character itself, or malformed bytes became one
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CodecException("The bytes of a String are not UTF-8", e);
        }
    }
}
