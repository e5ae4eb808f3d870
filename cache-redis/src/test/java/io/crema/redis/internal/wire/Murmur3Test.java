package io.crema.redis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Murmur3Test {

    @ParameterizedTest
    @CsvSource({
        "'', 0, 0",
        "'', 1, 514E28B7",
        "'', ffffffff, 81F16F39",
        "ffffffff, 0, 76293B50",
        "21436587, 0, F55B516B",
        "21436587, 5082EDEE, 2362F9DE",
        "214365, 0, 7E4A8634",
        "2143, 0, A0F7B07A",
        "21, 0, 72661CF4",
        "00000000, 0, 2362F9DE",
        "000000, 0, 85F0B427",
        "0000, 0, 30F4C306",
        "00, 0, 514E28B7"
    })
    void hash_publishedVectors_match(String hex, String seed, String expected) {
        int hash = Murmur3.hash(HexFormat.of().parseHex(hex), Integer.parseUnsignedInt(seed, 16));
        assertThat(hash).isEqualTo(Integer.parseUnsignedInt(expected, 16));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "aaaa | 5A97808A",
                "Hello, world! | 24884CBA",
                "The quick brown fox jumps over the lazy dog | 2FA826CD"
            })
    void hash_publishedTexts_match(String text, String expected) {
        int hash = Murmur3.hash(text.getBytes(StandardCharsets.US_ASCII), 0x9747b28c);
        assertThat(hash).isEqualTo(Integer.parseUnsignedInt(expected, 16));
    }
}
