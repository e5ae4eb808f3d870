package io.crema.examples.quickstart;

import io.crema.spi.Codec;
import io.crema.testkit.ReadTier;
import java.nio.ByteBuffer;

/** Stores the city alone. */
final class TracedCodec implements Codec<Traced> {

    private final Codec<City> codec;

    TracedCodec(Codec<City> codec) {
        this.codec = codec;
    }

    @Override
    public byte id() {
        return codec.id();
    }

    @Override
    public byte[] encode(Traced value, int maxBytes) {
        return codec.encode(value.city(), maxBytes);
    }

    @Override
    public Traced decode(ByteBuffer bytes) {
        return Traced.now(codec.decode(bytes), ReadTier.L2);
    }
}
