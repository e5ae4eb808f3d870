package io.crema.redis.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.crema.redis.codec.Samples.Account;
import io.crema.redis.codec.Samples.Circle;
import io.crema.redis.codec.Samples.Empty;
import io.crema.redis.codec.Samples.Form;
import io.crema.redis.codec.Samples.Line;
import io.crema.redis.codec.Samples.Names;
import io.crema.redis.codec.Samples.Order;
import io.crema.redis.codec.Samples.Page;
import io.crema.redis.codec.Samples.Percent;
import io.crema.redis.codec.Samples.Point;
import io.crema.redis.codec.Samples.PremiumAccount;
import io.crema.redis.codec.Samples.Primitives;
import io.crema.redis.codec.Samples.Square;
import io.crema.redis.codec.Samples.Status;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class KryoCodecRoundTripTest {

    private static final KryoCodec<Object> CODEC = KryoCodec.of(
            Object.class,
            Order.class,
            Line.class,
            Status.class,
            Point.class,
            Empty.class,
            Primitives.class,
            Page.class,
            Percent.class,
            Form.class,
            Account.class,
            PremiumAccount.class,
            Names.class,
            ConcurrentHashMap.class,
            CopyOnWriteArrayList.class);

    private static final LocalDateTime REPEATED_HOUR = LocalDateTime.of(2024, 10, 27, 2, 30);

    static Stream<Object> scalars() {
        return Stream.of(
                "",
                "plain ascii",
                "é ü ÿ",
                "漢字 and ascii",
                "\uD83D\uDE00",
                "unpaired \uD83D",
                "\uDE00\uD83D",
                "\uFFFD",
                "\u0000",
                "x".repeat(100_000),
                "漢".repeat(100_000),
                0,
                -1,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Double.NaN,
                -0.0,
                Double.MIN_VALUE,
                Float.NEGATIVE_INFINITY,
                true,
                false,
                (byte) -128,
                Short.MIN_VALUE,
                '\uFFFF',
                new BigDecimal("0.00"),
                new BigDecimal("-999999999999999999"),
                new BigDecimal("1234567890123456789012345678901234567890.12345"),
                new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE),
                BigInteger.ZERO,
                BigInteger.TWO.pow(500).negate(),
                new UUID(Long.MIN_VALUE, -1),
                new Date(-1),
                Currency.getInstance("EUR"),
                Locale.ROOT,
                Locale.CANADA_FRENCH,
                Locale.forLanguageTag("zh-Hant-TW-u-ca-roc"),
                URI.create("https://example.org/a?b=c#d"),
                TimeUnit.SECONDS);
    }

    static Stream<Object> times() {
        return Stream.of(
                Instant.EPOCH,
                Instant.MIN,
                Instant.MAX,
                LocalDate.MIN,
                LocalDate.MAX,
                LocalDate.of(2024, 2, 29),
                LocalTime.MIN,
                LocalTime.MAX,
                LocalDateTime.MIN,
                LocalDateTime.MAX,
                ZonedDateTime.ofLocal(REPEATED_HOUR, ZoneId.of("Europe/Paris"), ZoneOffset.ofHours(2)),
                ZonedDateTime.ofLocal(REPEATED_HOUR, ZoneId.of("Europe/Paris"), ZoneOffset.ofHours(1)),
                ZonedDateTime.of(REPEATED_HOUR, ZoneOffset.UTC),
                OffsetDateTime.MIN,
                OffsetDateTime.MAX,
                OffsetTime.MAX,
                Duration.ofSeconds(Long.MIN_VALUE),
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                Period.of(-1, 200, 3),
                ZoneOffset.MAX,
                ZoneOffset.UTC,
                ZoneId.of("UTC"),
                ZoneId.of("Asia/Kolkata"),
                ZoneId.of("UTC+02:00"),
                Year.of(-5),
                YearMonth.of(2024, 2),
                MonthDay.of(2, 29),
                DayOfWeek.SUNDAY,
                Month.DECEMBER,
                ChronoUnit.DAYS);
    }

    static Stream<Object> containers() {
        List<Object> mixed = Arrays.asList("a", null, 1, 2L, new Point(1, 2), List.of(new Point(3, 4)));
        TreeSet<String> reversed = new TreeSet<>(Comparator.reverseOrder());
        reversed.addAll(List.of("b", "a"));
        TreeMap<String, Integer> ignoringCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        ignoringCase.put("B", 1);
        return Stream.of(
                new ArrayList<>(mixed),
                new ArrayList<>(Collections.nCopies(1000, "x")),
                new LinkedList<>(mixed),
                new HashSet<>(mixed),
                new LinkedHashSet<>(mixed),
                reversed,
                new TreeSet<>(Set.of(3, 1, 2)),
                new HashMap<>(Map.of("a", 1)),
                new LinkedHashMap<>(Map.of(new Point(1, 1), Status.PAID)),
                ignoringCase,
                new TreeMap<>(Map.of(LocalDate.EPOCH, "x")),
                mixed,
                List.of(),
                List.of(1),
                List.of(1, 2, 3),
                List.of(1, 2, 3, 4).subList(1, 3),
                Stream.of("a", null).toList(),
                Set.of(),
                Set.of(1),
                Set.of(1, 2, 3),
                Map.of(),
                Map.of(1, 2),
                Map.of(1, 2, 3, 4),
                Collections.emptyList(),
                Collections.emptySet(),
                Collections.emptyMap(),
                Collections.singletonList(null),
                Collections.singleton("x"),
                Collections.singletonMap("k", null),
                Collections.unmodifiableList(new ArrayList<>(mixed)),
                Collections.unmodifiableList(new LinkedList<>(mixed)),
                Collections.unmodifiableSet(new HashSet<>(mixed)),
                Collections.unmodifiableMap(new HashMap<>(Map.of(1, 2))),
                Collections.unmodifiableSortedSet(reversed),
                Collections.unmodifiableNavigableSet(reversed),
                Collections.unmodifiableSortedMap(ignoringCase),
                Collections.unmodifiableNavigableMap(ignoringCase),
                EnumSet.of(Status.PAID),
                EnumSet.noneOf(Status.class),
                EnumSet.allOf(Status.class),
                new EnumMap<>(Map.of(Status.NEW, List.of(1))),
                new EnumMap<>(Status.class),
                Optional.empty(),
                Optional.of(new Point(1, 2)),
                OptionalInt.of(-1),
                OptionalInt.empty(),
                OptionalLong.of(Long.MIN_VALUE),
                OptionalDouble.of(1.5),
                Map.entry("k", 1),
                new AbstractMap.SimpleEntry<>("k", null),
                new AbstractMap.SimpleImmutableEntry<>(null, 1),
                new ConcurrentHashMap<>(Map.of("a", 1)),
                new CopyOnWriteArrayList<>(mixed));
    }

    static Stream<Object> objects() {
        Names names = new Names();
        names.add("x");
        return Stream.of(
                Samples.order(0),
                Samples.order(10),
                new Order(1, null, Status.NEW, Instant.MAX, List.of(), Map.of()),
                new Point(Integer.MIN_VALUE, Integer.MAX_VALUE),
                new Empty(),
                new Primitives(true, (byte) 1, 'c', (short) 2, 3, 4L, 5f, 6d),
                new Page<>(List.of(new Page<>(List.of(1), Optional.empty())), Optional.empty()),
                new Percent(100),
                Status.NEW,
                Status.PAID,
                new Circle(1.5),
                new Square(2.5),
                new Account("Ada", Long.MAX_VALUE, 36),
                new PremiumAccount("Ada", 1, 36, 2),
                names);
    }

    @ParameterizedTest
    @MethodSource({"scalars", "times", "objects"})
    void decode_ofEncoded_isEqualAndOfTheSameClass(Object value) {
        Object decoded = roundTrip(value);
        assertThat(decoded).isEqualTo(value).hasSameClassAs(value);
    }

    @ParameterizedTest
    @MethodSource("containers")
    void decode_ofEncodedContainer_isEqualAndAsModifiable(Object value) {
        Object decoded = roundTrip(value);
        assertThat(decoded).isEqualTo(value);
        assertThat(isModifiable(decoded)).isEqualTo(isModifiable(value));
    }

    @Test
    void decode_ofSortedContainers_keepsTheirComparators() {
        TreeSet<String> reversed = new TreeSet<>(Comparator.reverseOrder());
        reversed.addAll(List.of("a", "b"));
        assertThat((SortedSet<?>) roundTrip(reversed)).hasToString("[b, a]");
        TreeMap<String, Integer> ignoringCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        ignoringCase.put("a", 1);
        assertThat(((SortedMap<?, ?>) roundTrip(Collections.unmodifiableSortedMap(ignoringCase))).containsKey("A"))
                .isTrue();
    }

    @Test
    void decode_ofContainersWithoutEquality_keepsElementsAndOrder() {
        assertThat(new ArrayList<>((Collection<?>) roundTrip(new ArrayDeque<>(List.of(3, 1, 2)))))
                .isEqualTo(List.of(3, 1, 2));
        assertThat(new ArrayList<>((Collection<?>) roundTrip(Collections.unmodifiableCollection(List.of(1, 2)))))
                .isEqualTo(List.of(1, 2));
    }

    static Stream<Object> arrays() {
        return Stream.of(
                new byte[] {1, -1},
                new int[] {Integer.MIN_VALUE, 1},
                new long[] {Long.MIN_VALUE},
                new double[] {Double.NaN},
                new float[] {1.5f},
                new short[] {-1},
                new char[] {'x', '\uD83D'},
                new boolean[] {true, false},
                new int[0],
                new Object[] {"a", null, 1},
                new String[] {"a", null},
                new String[][] {{"a"}, null, {}},
                new int[][] {{1}, {2, 3}},
                new int[][][] {{{1}}},
                new Point[] {new Point(1, 2)},
                new Form[] {new Circle(1)},
                new Form[0][0],
                new Status[] {Status.PAID},
                new Integer[] {1, null});
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void decode_ofEncodedArray_hasTheSameTypeAndElements(Object value) {
        Object decoded = roundTrip(value);
        assertThat(decoded).isInstanceOf(value.getClass());
        assertThat(Arrays.deepEquals(new Object[] {decoded}, new Object[] {value}))
                .isTrue();
    }

    @Test
    void decode_ofClassWithoutPlainConstructor_leavesTransientFieldsUnset() {
        Account decoded = (Account) roundTrip(new Account("Ada", 1, 2));
        assertThat(decoded.cached()).isNull();
    }

    @Test
    void decode_ofObjectReferredToTwice_returnsTwoEqualOnes() {
        Point point = new Point(1, 2);
        List<?> decoded = (List<?>) roundTrip(List.of(point, point));
        assertThat(decoded.get(0)).isEqualTo(decoded.get(1)).isNotSameAs(decoded.get(1));
    }

    @Test
    void of_primitiveClass_takesItsBoxes() {
        KryoCodec<Integer> codec = KryoCodec.of(int.class);
        assertThat(codec.decode(ByteBuffer.wrap(codec.encode(7, 100)))).isEqualTo(7);
    }

    private static Object roundTrip(Object value) {
        return CODEC.decode(ByteBuffer.wrap(CODEC.encode(value, 1 << 20)));
    }

    private static boolean isModifiable(Object container) {
        try {
            if (container instanceof Collection<?> collection) {
                collection.clear();
            } else if (container instanceof Map<?, ?> map) {
                map.clear();
            }
            return true;
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }
}
