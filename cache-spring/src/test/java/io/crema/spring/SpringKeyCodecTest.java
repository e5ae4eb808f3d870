package io.crema.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.CodecException;
import io.crema.spi.KeyCodec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.cache.interceptor.SimpleKey;

class SpringKeyCodecTest {

    private final KeyCodec<Object> codec = SpringKeyCodec.standard();

    static List<Object> keys() {
        return List.of(
                "text",
                1L,
                2,
                new UUID(1, 2),
                SimpleKey.EMPTY,
                new SimpleKey("a", 1, 2L, null),
                new SimpleKey(new SimpleKey(1), List.of("x", Arrays.asList(null, 3))),
                new SimpleKey(true, false, 'c', (byte) 1, (short) 2, 1.5f, -0.0d, Double.NaN),
                new SimpleKey(new BigInteger("-12345678901234567890"), new BigDecimal("1.50")),
                TimeUnit.SECONDS,
                LocalDate.of(2026, 2, 28),
                LocalDateTime.of(2026, 2, 28, 1, 2, 3, 4),
                Instant.ofEpochSecond(-5, 7));
    }

    @Test
    void everyKey_comesBackEqual_withBytesOfItsOwn() {
        List<String> seen = new ArrayList<>();
        for (Object key : keys()) {
            byte[] bytes = codec.encode(key);
            assertThat(codec.decode(bytes)).as("%s", key).isEqualTo(key);
            seen.add(Arrays.toString(bytes));
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    @Test
    void plainKeys_haveTheBytesOfTheStandardCodec() {
        assertThat(codec.encode("text")).isEqualTo(KeyCodec.standard().encode("text"));
        assertThat(codec.encode(1L)).isEqualTo(KeyCodec.standard().encode(1L));
    }

    @Test
    void otherTypes_areRefusedWithTheirName() {
        assertThatThrownBy(() -> codec.encode(new SimpleKey(1, new Date(0))))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("java.util.Date")
                .hasMessageContaining("#product.id");
    }

    @Test
    void foreignBytes_areNoKeys() {
        for (byte[] bytes : new byte[][] {
            {}, {'0'}, {'x'}, {'k', 0, 0}, {'k', 127, 0, 0, 0}, {'a', 0, 0, 0, 0, 1}, {'e', 0, 1, 'X', 0, 1, 'Y'}
        }) {
            assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(CodecException.class);
        }
    }

    @Test
    void everyPrefixOfAKey_isRefusedOrAKey() {
        for (Object key : keys()) {
            byte[] bytes = codec.encode(key);
            for (int length = 0; length < bytes.length; length++) {
                try {
                    assertThat(codec.decode(Arrays.copyOf(bytes, length))).isNotEqualTo(key);
                } catch (CodecException expected) {
                    assertThat(expected).hasMessageContaining("key");
                }
            }
        }
    }
}
