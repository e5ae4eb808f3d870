package io.crema.redis.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.redis.codec.Samples.Form;
import io.crema.redis.codec.Samples.Line;
import io.crema.redis.codec.Samples.Point;
import io.crema.redis.codec.Samples.Status;
import io.crema.spi.Codec;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Bytes in these tests are what is stored: a change of them is a change of the format, and needs another codec id. */
final class KryoCodecFormatTest {

    private static <V> String hex(KryoCodec<V> codec, V value) {
        return HexFormat.of().formatHex(codec.encode(value, 10_000));
    }

    @Test
    void id_ofKryoCodec_isOne() {
        assertThat(KryoCodec.of(Point.class).id()).isEqualTo((byte) 1);
        assertThat(KryoCodec.named(AllowedClasses.none()).id()).isEqualTo((byte) 8);
        assertThat(Stream.of(
                                KryoCodec.of(Point.class),
                                KryoCodec.named(AllowedClasses.none()),
                                JsonCodec.of(new JsonMapper(), Point.class),
                                JsonCodec.named(new JsonMapper(), AllowedClasses.none()),
                                PlainCodec.strings(),
                                PlainCodec.bytes(),
                                PlainCodec.longs(),
                                PlainCodec.integers(),
                                PlainCodec.doubles(),
                                PlainCodec.booleans())
                        .map(Codec::id))
                .doesNotHaveDuplicates();
    }

    /** New class, fingerprint (little-endian), then by name: name, price (scale, unscaled), productId, quantity. */
    @Test
    void encode_record_givesTheseBytes() {
        assertThat(hex(KryoCodec.of(Line.class), new Line(5, "tea", 2, new BigDecimal("1.50"))))
                .isEqualTo("012f81ca43030c746561150400ac020a04");
    }

    @Test
    void encode_classSeenBefore_isOneByte() {
        assertThat(hex(KryoCodec.of(List.class, Point.class), List.of(new Point(1, 2), new Point(3, 4))))
                .isEqualTo("6d02014af338430204020608");
    }

    @Test
    void encode_jdkValues_givesTheseBytes() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("é漢", true);
        values.put("at", Instant.ofEpochSecond(1_700_000_000, 5));
        values.put("day", LocalDate.of(2024, 2, 29));
        values.put("status", Status.PAID);
        values.put("bytes", new byte[] {1, 2});
        values.put("forms", new Form[0]);
        assertThat(hex(KryoCodec.of(Map.class, Form.class, Status.class), values))
                .isEqualTo("61060315c3a9e6bca20d01030861743380c49fd50c05030c646179358cb502031873746174757301"
                        + "6c0d61bc105041494403146279746573230201020314666f726d73670001713e82ef00");
    }

    /** A number is never given to another class. */
    @Test
    void numbers_ofJdkClasses_areThese() {
        String numbers = JdkClasses.instance().byClass().values().stream()
                .distinct()
                .sorted(Comparator.comparingInt(ClassEntry::getId))
                .map(entry -> entry.getId() + " " + entry.type().getSimpleName())
                .collect(Collectors.joining(", "));
        assertThat(numbers)
                .isEqualTo("0 String, 1 Integer, 2 Long, 3 Double, "
                        + "4 Float, 5 Boolean, 6 Byte, 7 Short, "
                        + "8 Character, 9 BigDecimal, 10 BigInteger, 11 UUID, "
                        + "12 Date, 13 Currency, 14 Locale, 15 URI, "
                        + "16 byte[], 17 int[], 18 long[], 19 double[], "
                        + "20 float[], 21 short[], 22 char[], 23 boolean[], "
                        + "24 Instant, 25 LocalDate, 26 LocalTime, 27 LocalDateTime, "
                        + "28 ZonedDateTime, 29 OffsetDateTime, 30 OffsetTime, 31 Duration, "
                        + "32 Period, 33 ZoneOffset, 34 ZoneId, 35 Year, "
                        + "36 YearMonth, 37 MonthDay, 38 DayOfWeek, 39 Month, "
                        + "40 ArrayList, 41 LinkedList, 42 ArrayDeque, 43 HashSet, "
                        + "44 LinkedHashSet, 45 TreeSet, 46 HashMap, 47 LinkedHashMap, "
                        + "48 TreeMap, 49 ArrayList, 50 Object[], 51 EnumSet, "
                        + "52 EnumMap, 53 ListN, 54 SetN, 55 MapN, "
                        + "56 EmptyList, 57 EmptySet, 58 EmptyMap, 59 SingletonList, "
                        + "60 SingletonSet, 61 SingletonMap, 62 UnmodifiableCollection, 63 UnmodifiableList, "
                        + "64 UnmodifiableSet, 65 UnmodifiableMap, 66 UnmodifiableNavigableSet, 67 UnmodifiableNavigableMap, "
                        + "68 Optional, 69 KeyValueHolder, 70 NaturalOrderComparator, 71 ReverseComparator, "
                        + "72 CaseInsensitiveComparator, 73 TimeUnit, 74 ChronoUnit, 75 SimpleEntry, "
                        + "76 SimpleImmutableEntry, 77 OptionalInt, 78 OptionalLong, 79 OptionalDouble");
    }

    @Test
    void decode_otherOrderAndMoreClasses_readsTheSameBytes() {
        byte[] bytes = KryoCodec.of(Object.class, Point.class, Line.class, Status.class)
                .encode(new ArrayList<>(List.of(new Point(1, 2), Status.NEW)), 1000);
        KryoCodec<Object> other =
                KryoCodec.of(Object.class, Form.class, Status.class, Samples.Account.class, Line.class, Point.class);
        assertThat(other.decode(ByteBuffer.wrap(bytes))).isEqualTo(List.of(new Point(1, 2), Status.NEW));
        assertThat(other.encode(List.of(new Point(1, 2), Status.NEW), 1000).length)
                .isEqualTo(bytes.length);
    }
}
