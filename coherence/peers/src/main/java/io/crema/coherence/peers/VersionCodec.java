package io.crema.coherence.peers;

import org.redisson.client.codec.StringCodec;
import org.redisson.client.protocol.Decoder;
import org.redisson.client.protocol.Encoder;

/** Keys as text, and {@link CachedVersion}s as the text of their number. */
final class VersionCodec extends StringCodec {

    private final Decoder<Object> decoder = (bytes, state) ->
            new CachedVersion(Long.parseLong((String) super.getValueDecoder().decode(bytes, state)));
    private final Encoder encoder =
            value -> super.getValueEncoder().encode(Long.toString(((CachedVersion) value).version()));

    VersionCodec() {}

    @Override
    public Decoder<Object> getMapValueDecoder() {
        return decoder;
    }

    @Override
    public Encoder getMapValueEncoder() {
        return encoder;
    }

    @Override
    public Decoder<Object> getMapKeyDecoder() {
        return super.getValueDecoder();
    }

    @Override
    public Encoder getMapKeyEncoder() {
        return super.getValueEncoder();
    }
}
