package io.crema.redis.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crema.spi.CodecException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class NamedKryoCodecTest {

    record Money(long cents, Currency currency) {}

    enum Currency {
        EUR,
        USD {
            @Override
            boolean isForeign() {
                return true;
            }
        };

        boolean isForeign() {
            return false;
        }
    }

    record Holder(Object content) {}

    /** Tells when it is initialised. */
    static final class Trap {
        static {
            System.setProperty("crema.trap", "sprung");
        }
    }

    private static final AllowedClasses HERE = AllowedClasses.packages("io.crema.redis.codec");

    private final KryoCodec<Object> codec = KryoCodec.named(HERE);

    private static Object decoded(KryoCodec<Object> codec, byte[] bytes) {
        return codec.decode(ByteBuffer.wrap(bytes));
    }

    @Test
    void values_ofAllowedClasses_comeBackEqual_inAnotherCodecToo() {
        for (Object value : List.of(
                new Money(5, Currency.USD),
                List.of(new Money(1, Currency.EUR), new Money(2, Currency.USD)),
                Map.of("a", List.of(Currency.EUR), "b", new Holder(new Holder(List.of(1L)))),
                EnumSet.of(Currency.USD),
                new Money[] {new Money(3, Currency.EUR)},
                "text")) {
            byte[] bytes = codec.encode(value, 10_000);
            assertThat(decoded(codec, bytes)).isEqualTo(value);
            assertThat(decoded(KryoCodec.named(HERE), bytes)).isEqualTo(value);
        }
    }

    @Test
    void aName_isWrittenOncePerPayload() {
        byte[] bytes = codec.encode(List.of(new Money(1, Currency.EUR), new Money(2, Currency.EUR)), 10_000);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(text.split(Pattern.quote(Money.class.getName()), -1)).hasSize(2);
    }

    @Test
    void manyClasses_inAnyOrder_growTheTable() {
        byte[] holder = codec.encode(new Holder(new Money(1, Currency.EUR)), 10_000);
        KryoCodec<Object> later = KryoCodec.named(HERE);
        later.encode(Currency.EUR, 1_000);
        later.encode(new Money(2, Currency.USD), 1_000);
        assertThat(decoded(later, holder)).isEqualTo(new Holder(new Money(1, Currency.EUR)));
    }

    @Test
    void encode_aClassThatIsNotAllowed_saysWhichAndWhatToDo() {
        KryoCodec<Object> none = KryoCodec.named(AllowedClasses.none().remedy("set the property"));
        assertThatThrownBy(() -> none.encode(new Holder(1), 1_000))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining(Holder.class.getName())
                .hasMessageEndingWith("set the property");
        assertThatThrownBy(() -> codec.encode(new Holder(new Thread()), 1_000))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("java.lang.Thread");
        assertThat(codec.encode(new Holder(new Date(5)), 1_000)).isNotEmpty();
    }

    @Test
    void decode_aClassThatIsNotAllowed_isAMissAndLoadsNothing() {
        byte[] bytes =
                KryoCodec.named(AllowedClasses.none().andClasses(Trap.class)).encode(new Trap(), 1_000);
        System.clearProperty("crema.trap");
        byte[] forged = new String(bytes, StandardCharsets.ISO_8859_1)
                .replace("$Trap", "$Tra1")
                .getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> decoded(KryoCodec.named(AllowedClasses.packages("com.example")), bytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining(Trap.class.getName());
        assertThatThrownBy(() -> decoded(codec, forged))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("cannot be loaded");
    }

    @Test
    void decode_gadgets_areRefused_whateverIsAllowed() {
        byte[] bytes = codec.encode(new Money(1, Currency.EUR), 1_000);
        String name = Money.class.getName();
        for (String gadget : List.of("java.util.PriorityQueue", "javax.script.ScriptEngineManager")) {
            byte[] padded =
                    (gadget + "x".repeat(name.length() - gadget.length())).getBytes(StandardCharsets.ISO_8859_1);
            byte[] forged = new String(bytes, StandardCharsets.ISO_8859_1)
                    .replace(name, new String(padded, StandardCharsets.ISO_8859_1))
                    .getBytes(StandardCharsets.ISO_8859_1);
            assertThatThrownBy(() -> decoded(codec, forged))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("is not allowed");
        }
    }

    @Test
    void packages_thatAreTooWide_areRefused() {
        for (String name : List.of("", "java", "java.util", "com", "org", "a..b", "a.b.", "*", "sun.misc")) {
            assertThatThrownBy(() -> AllowedClasses.packages(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + name + "'");
        }
    }

    @Test
    void packageWithTheSamePrefix_isAnotherPackage() {
        KryoCodec<Object> other = KryoCodec.named(AllowedClasses.packages("io.crema.redis.code"));
        assertThatThrownBy(() -> other.encode(new Holder(1), 1_000)).isInstanceOf(CodecException.class);
    }
}
