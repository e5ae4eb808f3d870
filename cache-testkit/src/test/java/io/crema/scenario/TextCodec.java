package io.crema.scenario;

import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Strings; one that starts with "!" cannot be written, bytes that start with "?" cannot be read. */
public class TextCodec implements Codec<String> {

    @Override
    public byte id() {
        return 64;
    }

    @Override
    public byte[] encode(String value, int maxBytes) {
        if (value.startsWith("!")) {
            throw new CodecException("text must not start with !");
        }
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(ByteBuffer bytes) {
        String text = StandardCharsets.UTF_8.decode(bytes).toString();
        if (text.startsWith("?")) {
            throw new CodecException("text must not start with ?");
        }
        return text;
    }
}
