package io.crema.redis.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import io.crema.testkit.CodecContract;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JsonCodecTest {

    enum Colour {
        RED,
        BLUE
    }

    interface Shape {}

    record Square(long side) implements Shape {}

    record Circle(BigDecimal radius, Colour colour) implements Shape {}

    record Drawing(String name, List<Shape> shapes, Map<Colour, Instant> times, Optional<LocalDate> day, Object more) {}

    static class Bean {
        private int number;

        public int getNumber() {
            return number;
        }

        public void setNumber(int number) {
            this.number = number;
        }
    }

    /** Tells when it is initialised. */
    static final class Trap {
        static {
            System.setProperty("crema.json.trap", "sprung");
        }
    }

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final AllowedClasses HERE = AllowedClasses.packages("io.crema.redis.codec");

    private final JsonCodec<Object> codec = JsonCodec.named(MAPPER, HERE);

    private static final Drawing DRAWING = new Drawing(
            "house",
            List.of(new Square(1L << 40), new Circle(new BigDecimal("1.50"), Colour.BLUE)),
            Map.of(Colour.RED, Instant.parse("2026-01-02T03:04:05.678901234Z")),
            Optional.of(LocalDate.of(2026, 1, 2)),
            new Square(2));

    @Nested
    class Contract extends CodecContract<Drawing> {

        @Override
        protected Codec<Drawing> codec() {
            @SuppressWarnings("unchecked")
            Codec<Drawing> narrowed = (Codec<Drawing>) (Codec<?>) JsonCodec.named(MAPPER, HERE);
            return narrowed;
        }

        @Override
        protected List<Drawing> samples() {
            return List.of(new Drawing("", List.of(), Map.of(), Optional.empty(), "more"), DRAWING);
        }

        @Override
        protected List<byte[]> foreignPayloads() {
            return List.of(new byte[0], "{".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3});
        }
    }

    private Object again(Object value) {
        return codec.decode(ByteBuffer.wrap(codec.encode(value, 100_000)));
    }

    @Test
    void named_values_comeBackEqual() {
        for (Object value : List.of(
                DRAWING,
                List.of(new Square(1), new Circle(BigDecimal.ONE, Colour.RED)),
                Arrays.asList(1L, 2, "three", 4.5, true),
                new ArrayList<>(List.of(1L)),
                Set.of(1L, 2L),
                Map.of("a", List.of(Colour.RED)),
                new TreeMap<>(Map.of("b", 2L)),
                5L,
                5,
                "text",
                Colour.BLUE,
                new BigDecimal("7.10"),
                UUID.fromString("00000000-0000-0001-0000-000000000002"),
                Duration.ofMinutes(3),
                LocalDate.of(2026, 2, 3))) {
            assertThat(again(value)).as("%s", value).isEqualTo(value).hasSameHashCodeAs(value);
        }
        Bean bean = new Bean();
        bean.setNumber(6);
        assertThat(((Bean) again(bean)).getNumber()).isEqualTo(6);
        assertThat((Object[]) again(new Shape[] {new Square(3)})).containsExactly(new Square(3));
        assertThat((int[]) again(new int[] {1, 2})).containsExactly(1, 2);
    }

    @Test
    void named_classNotAllowed_isNeitherWrittenNorLoaded() {
        JsonCodec<Object> none = JsonCodec.named(MAPPER, AllowedClasses.none().remedy("allow it somewhere"));
        assertThatThrownBy(() -> none.encode(new Square(1), 1_000))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining(Square.class.getName() + " is not allowed")
                .hasMessageContaining("allow it somewhere");
        assertThatThrownBy(() -> none.encode(List.of(new Square(1)), 1_000)).hasMessageContaining("is not allowed");

        for (String name :
                List.of(Trap.class.getName(), "javax.script.ScriptEngineManager", "[L" + Trap.class.getName() + ";")) {
            byte[] bytes = ("[\"" + name + "\",{}]").getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> none.decode(ByteBuffer.wrap(bytes)))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("is not allowed");
        }
        assertThat(System.getProperty("crema.json.trap")).isNull();
    }

    @Test
    void ofOneType_namesNoClasses_andToleratesMembers() {
        JsonCodec<Square> squares = JsonCodec.of(MAPPER, Square.class);
        assertThat(squares.encode(new Square(4), 100))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"side\":4}");
        assertThat(squares.decode(ByteBuffer.wrap("{\"side\":5,\"new\":1}".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(new Square(5));
        assertThatThrownBy(() -> squares.decode(ByteBuffer.wrap("null".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("found null");
    }

    @Test
    void tooLarge_saysTheLimit() {
        assertThatThrownBy(() -> codec.encode("x".repeat(200), 100))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("limit of 100 bytes");
    }
}
