package io.crema.testkit;

import io.crema.spi.KeyCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;

final class EnumKeyCodecTest extends KeyCodecContract<EnumKeyCodecTest.Region> {

    @Override
    protected KeyCodec<Region> codec() {
        return KeyCodec.ofEnum(Region.class);
    }

    @Override
    protected List<Region> samples() {
        return List.of(Region.values());
    }

    @Override
    protected List<byte[]> foreignKeys() {
        return List.of(
                new byte[] {},
                "eu".getBytes(StandardCharsets.UTF_8),
                "EU ".getBytes(StandardCharsets.UTF_8),
                new byte[] {'E', 'U', (byte) 0xFF});
    }

    /** One constant has a name beyond ASCII, on purpose. */
    @SuppressWarnings("UnicodeInCode")
    enum Region {
        EU,
        US {
            @Override
            public String toString() {
                return "United States";
            }
        },
        ÅLAND
    }
}
