package io.crema.testkit;

import io.crema.spi.KeyCodec;
import java.util.List;
import java.util.UUID;

final class StandardKeyCodecTest extends KeyCodecContract<Object> {

    @Override
    protected KeyCodec<Object> codec() {
        return KeyCodec.standard();
    }

    @Override
    protected List<Object> samples() {
        return List.of(
                "",
                "user:42",
                new String("é ü ß".toCharArray()),
                "漢字",
                "\uD83D\uDE00 and \uD83D\uDE01",
                "\u0000",
                "\uFFFD",
                "x".repeat(1000),
                "1",
                1L,
                1,
                0L,
                0,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                new UUID(1, 2),
                new UUID(-1, Long.MIN_VALUE));
    }

    @Override
    protected List<Object> refusedKeys() {
        return List.of("\uD83D", "\uDE00\uD83D", "a\uDE00", new byte[] {1}, 1.5, List.of(1), 'c');
    }

    @Override
    protected List<byte[]> foreignKeys() {
        return List.of(
                new byte[] {},
                new byte[] {0},
                new byte[] {'x', 1},
                new byte[] {'l', 1, 2, 3},
                new byte[] {'i', 1, 2, 3, 4, 5},
                new byte[] {'u', 1},
                new byte[] {'s', (byte) 0xFF},
                new byte[] {'s', (byte) 0xED, (byte) 0xA0, (byte) 0x80});
    }
}
