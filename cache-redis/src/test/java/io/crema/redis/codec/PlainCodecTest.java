package io.crema.redis.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import io.crema.testkit.CodecContract;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Bytes in these tests are what is stored: a change of them is a change of the format. */
final class PlainCodecTest {

    private static <V> String hex(PlainCodec<V> codec, V value) {
        return codec.id() + ":" + HexFormat.of().formatHex(codec.encode(value, 100));
    }

    @Test
    void encode_eachType_givesTheseBytes() {
        assertThat(hex(PlainCodec.strings(), "aé漢\uD83D\uDE00")).isEqualTo("2:61c3a9e6bca2f09f9880");
        assertThat(hex(PlainCodec.bytes(), new byte[] {0, 1, -1})).isEqualTo("3:0001ff");
        assertThat(hex(PlainCodec.longs(), 258L)).isEqualTo("4:0000000000000102");
        assertThat(hex(PlainCodec.integers(), -2)).isEqualTo("5:fffffffe");
        assertThat(hex(PlainCodec.doubles(), 1.5)).isEqualTo("6:3ff8000000000000");
        assertThat(hex(PlainCodec.booleans(), true)).isEqualTo("7:01");
    }

    @Test
    void encodeAndDecode_bytes_copyBothWays() {
        byte[] given = {1, 2};
        byte[] encoded = PlainCodec.bytes().encode(given, 10);
        byte[] decoded = PlainCodec.bytes().decode(ByteBuffer.wrap(encoded));
        given[0] = 9;
        decoded[1] = 9;
        assertThat(encoded).containsExactly(1, 2);
    }

    @Test
    void encode_unpairedSurrogate_isRefused() {
        for (String string : List.of("\uD83D", "a\uDE00", "\uDE00\uD83D")) {
            assertThatThrownBy(() -> PlainCodec.strings().encode(string, 100))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("surrogate");
        }
    }

    @Nested
    final class Strings extends CodecContract<String> {
        @Override
        protected Codec<String> codec() {
            return PlainCodec.strings();
        }

        @Override
        protected List<String> samples() {
            return List.of("", "plain", "é ÿ", "漢字", "\uD83D\uDE00", "\uFFFD", "\u0000", "x".repeat(10_000));
        }

        @Override
        protected List<byte[]> foreignPayloads() {
            return List.of(
                    new byte[] {(byte) 0xFF},
                    new byte[] {'a', (byte) 0xC3},
                    new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                    new byte[] {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD, (byte) 0x80});
        }
    }

    @Nested
    final class Bytes extends CodecContract<byte[]> {
        @Override
        protected Codec<byte[]> codec() {
            return PlainCodec.bytes();
        }

        @Override
        protected List<byte[]> samples() {
            return List.of(new byte[] {}, new byte[] {0}, new byte[] {1, -1}, new byte[10_000]);
        }

        @Override
        protected List<byte[]> foreignPayloads() {
            return List.of();
        }
    }

    @Nested
    final class Longs extends CodecContract<Long> {
        @Override
        protected Codec<Long> codec() {
            return PlainCodec.longs();
        }

        @Override
        protected List<Long> samples() {
            return List.of(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE);
        }

        @Override
        protected List<byte[]> foreignPayloads() {
            return List.of(new byte[0], new byte[7], new byte[9]);
        }
    }

    @Nested
    final class Integers extends CodecContract<Integer> {
        @Override
        protected Codec<Integer> codec() {
            return PlainCodec.integers();
        }

        @Override
        protected List<Integer> samples() {
            return List.of(0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }

        @Override
        protected List<byte[]> foreignPayloads() {
            return List.of(new byte[0], new byte[3], new byte[8]);
        }
    }

    @Nested
    final class Doubles extends CodecContract<Double> {
        @Override
        protected Codec<Double> codec() {
            return PlainCodec.doubles();
        }

        @Override
        protected List<Double> samples() {
            return List.of(0.0, -0.0, Double.NaN, Double.MIN_VALUE, Double.POSITIVE_INFINITY);
        }

        @Override
        protected List<byte[]> foreignPayloads() {
            return List.of(new byte[0], new byte[4], new byte[9]);
        }
    }

    @Nested
    final class Booleans extends CodecContract<Boolean> {
        @Override
        protected Codec<Boolean> codec() {
            return PlainCodec.booleans();
        }

        @Override
        protected List<Boolean> samples() {
            return List.of(true, false);
        }

        @Override
        protected List<byte[]> foreignPayloads() {
            return List.of(new byte[0], new byte[] {2}, new byte[] {-1}, new byte[] {1, 1});
        }
    }
}
