package io.crema.redis.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.io.Output;
import com.sun.management.ThreadMXBean;
import io.crema.redis.codec.Samples.Circle;
import io.crema.redis.codec.Samples.Form;
import io.crema.redis.codec.Samples.Line;
import io.crema.redis.codec.Samples.Node;
import io.crema.redis.codec.Samples.Order;
import io.crema.redis.codec.Samples.Percent;
import io.crema.redis.codec.Samples.Point;
import io.crema.redis.codec.Samples.Status;
import io.crema.spi.CodecException;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KryoCodecFailureTest {

    private static final int AMPLE = 1 << 20;

    private static <V> V decode(KryoCodec<V> codec, byte[] bytes) {
        return codec.decode(ByteBuffer.wrap(bytes));
    }

    @Test
    void encode_unregisteredClass_namesItAndTheCall() {
        KryoCodec<Order> codec = KryoCodec.of(Order.class, Status.class);
        assertThatThrownBy(() -> codec.encode(Samples.order(1), AMPLE))
                .isInstanceOf(CodecException.class)
                .hasMessage(Line.class.getName() + " is not registered: use"
                        + " KryoCodec.of(Samples.Order.class, Samples.Status.class, Samples.Line.class)");
    }

    @Test
    void encode_unregisteredElementOfArrayOrEnumSet_namesIt() {
        KryoCodec<Object> codec = KryoCodec.of(Object.class);
        for (Object value : List.of(new Point[0], new Point[0][0], EnumSet.noneOf(Status.class), Status.PAID)) {
            assertThatThrownBy(() -> codec.encode(value, AMPLE))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("is not registered: use KryoCodec.of(Object.class, Samples.");
        }
    }

    @Test
    void encode_classThatCannotBeRegistered_saysWhatToDoInstead() {
        KryoCodec<Object> codec = KryoCodec.of(Object.class);
        Supplier<String> lambda = () -> "x";
        TreeSet<String> set = new TreeSet<>(Comparator.comparingInt(String::length));
        assertThatThrownBy(() -> codec.encode(lambda, AMPLE)).hasMessageContaining("cache plain data instead");
        assertThatThrownBy(() -> codec.encode(set, AMPLE)).hasMessageContaining("cache plain data instead");
        assertThatThrownBy(() -> codec.encode(new AtomicLong(), AMPLE)).hasMessageContaining("is a JDK class");
        assertThatThrownBy(() -> codec.encode(new ArrayList<>(List.of(1)).subList(0, 1), AMPLE))
                .hasMessageContaining("copy it into an ArrayList");
    }

    @Test
    void of_classThatCannotBeReadBack_isRefused() {
        Object anonymous = new Object() {};
        for (Class<?> type : List.of(
                AtomicLong.class,
                Inner.class,
                anonymous.getClass(),
                Broken.class,
                PriorityQueue.class,
                IdentityHashMap.class,
                NamedList.class)) {
            assertThatThrownBy(() -> KryoCodec.of(type))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(type.getName());
        }
    }

    @Test
    void of_twoClassesWithOneFingerprint_namesBoth() {
        assertThatThrownBy(() -> ClassTable.of(List.of(Point.class, Line.class), text -> 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(Point.class.getName(), Line.class.getName());
    }

    @Test
    void encode_valueOverTheLimit_namesClassAndLimit() {
        assertThatThrownBy(() -> Samples.orderCodec().encode(Samples.order(100), 1000))
                .isInstanceOf(CodecException.class)
                .hasMessage("A " + Order.class.getName() + " is larger than the limit of 1000 bytes;"
                        + " store smaller values or raise the limit of the remote tier");
    }

    @Test
    void encode_valueFarOverTheLimit_allocatesLittle() {
        KryoCodec<Object> codec = KryoCodec.of(Object.class);
        List<Object> huge = new ArrayList<>();
        byte[] element = new byte[1 << 16];
        for (int i = 0; i < 10_000; i++) {
            huge.add(element);
        }
        assertThat(allocatedBy(() ->
                        assertThatThrownBy(() -> codec.encode(huge, 1 << 20)).isInstanceOf(CodecException.class)))
                .isLessThan(16 << 20);
    }

    @Test
    void encode_cycle_isRefused() {
        Node node = new Node();
        node.next = node;
        List<Object> list = new ArrayList<>();
        list.add(list);
        KryoCodec<Object> codec = KryoCodec.of(Object.class, Node.class);
        for (Object cyclic : new Object[] {node, list}) {
            assertThatThrownBy(() -> codec.encode(cyclic, AMPLE))
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("cycle");
        }
    }

    @Test
    void encode_collectionThatChangesMeanwhile_isRefused() {
        Map<Object, Object> shrinking = new HashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public int size() {
                return super.size() + 1;
            }
        };
        KryoCodec<Object> codec = KryoCodec.of(Object.class);
        assertThatThrownBy(() -> codec.encode(Collections.unmodifiableMap(shrinking), AMPLE))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("changed while it was written");
    }

    @Test
    void decode_everyPrefixAndOneByteMore_isRefused() {
        KryoCodec<Order> codec = Samples.orderCodec();
        byte[] bytes = codec.encode(Samples.order(3), AMPLE);
        for (int length = 0; length < bytes.length; length++) {
            byte[] prefix = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> decode(codec, prefix)).isInstanceOf(CodecException.class);
        }
        assertThatThrownBy(() -> decode(codec, Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("1 bytes are left");
    }

    @Test
    void decode_objectOfAnotherType_isRefused() {
        KryoCodec<Point> points = KryoCodec.of(Point.class, Circle.class);
        byte[] circle = KryoCodec.of(Circle.class).encode(new Circle(1), AMPLE);
        assertThatThrownBy(() -> decode(points, circle))
                .isInstanceOf(CodecException.class)
                .hasMessageContainingAll("Expected a " + Point.class.getName(), Circle.class.getName());
    }

    @Test
    void decode_valueThatTheRecordRefuses_isRefused() {
        KryoCodec<Percent> codec = KryoCodec.of(Percent.class);
        byte[] bytes = codec.encode(new Percent(1), AMPLE);
        bytes[bytes.length - 1] = 3; // zigzag: -2
        assertThatThrownBy(() -> decode(codec, bytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("Not a percentage");
    }

    @Test
    void decode_fieldOfAWrongType_isRefused() {
        KryoCodec<Line> codec = KryoCodec.of(Line.class);
        byte[] bytes = codec.encode(new Line(1, "ab", 1, BigDecimal.ONE), AMPLE);
        int at = indexOf(bytes, new byte[] {3, 8, 'a', 'b'});
        assertThat(at).as(Arrays.toString(bytes)).isPositive();
        bytes[at] = 2 * 16 + 3; // a byte[] of two bytes where a String was
        bytes[at + 1] = 2;
        assertThatThrownBy(() -> decode(codec, bytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("ClassCastException");
    }

    @Test
    void decode_abstractType_isRefused() {
        KryoCodec<Form> codec = KryoCodec.of(Form.class);
        byte[] array = KryoCodec.of(Form[].class).encode(new Form[0], AMPLE);
        byte[] form = {1, array[3], array[4], array[5], array[6]};
        assertThatThrownBy(() -> decode(codec, form))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("abstract type " + Form.class.getName());
    }

    /** The mark of a container or array of the JDK, and two billion as its count. */
    @ParameterizedTest
    @ValueSource(
            ints = {0, 9, 10, 16, 17, 18, 19, 20, 21, 22, 23, 40, 41, 42, 43, 44, 46, 47, 49, 53, 54, 55, 62, 63, 64})
    @Timeout(30)
    void decode_hugeLength_neitherAllocatesNorLoops(int jdkClass) {
        KryoCodec<Object> codec = KryoCodec.of(Object.class);
        Output out = new Output(20_000);
        out.writeVarInt(2 * jdkClass + 3, true);
        if (jdkClass == 9) {
            out.writeByte(0); // the scale of a BigDecimal
        }
        out.writeVarInt(Integer.MAX_VALUE, true);
        byte[] bytes = out.getBuffer();
        assertThat(allocatedBy(() -> assertThatThrownBy(() -> decode(codec, bytes))
                        .isInstanceOf(CodecException.class)
                        .hasMessageContaining("bytes left")))
                .isLessThan(4 << 20);
    }

    /** Each list says that all bytes left are its elements, and holds one: the next list. */
    @Test
    void decode_hugeLengthsNested_allocateLittle() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < 250; i++) {
            bytes.writeBytes(new byte[] {2 * 40 + 3, (byte) 0x80, (byte) 0x80, 0x3C}); // 983,040 elements
        }
        bytes.writeBytes(new byte[1 << 20]);
        KryoCodec<Object> codec = KryoCodec.of(Object.class);
        assertThat(allocatedBy(() -> assertThatThrownBy(() -> decode(codec, bytes.toByteArray()))
                        .isInstanceOf(CodecException.class)))
                .isLessThan(64 << 20);
    }

    @Test
    void decode_deepNesting_isRefused() {
        byte[] deep = new byte[1 << 20];
        Arrays.fill(deep, (byte) 1);
        for (int i = 0; i < deep.length; i += 2) {
            deep[i] = 2 * 40 + 3;
        }
        assertThatThrownBy(() -> decode(KryoCodec.of(Object.class), deep))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("levels of nesting");
    }

    /** The form in which Kryo itself would name an unregistered class. */
    @Test
    void decode_nameOfAClass_isNotLookedUp() {
        byte[] named = HexFormat.of()
                .parseHex("0100" + HexFormat.of().formatHex("java.lang.Threae".getBytes(StandardCharsets.US_ASCII)));
        assertThatThrownBy(() -> decode(KryoCodec.of(Object.class), named))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("unknown fingerprint");
    }

    @Test
    void decode_afterFailures_stillWorks() {
        KryoCodec<Order> codec = Samples.orderCodec();
        byte[] bytes = codec.encode(Samples.order(2), AMPLE);
        for (int length = 0; length < bytes.length; length += 3) {
            byte[] prefix = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> decode(codec, prefix)).isInstanceOf(CodecException.class);
            assertThat(decode(codec, bytes)).isEqualTo(Samples.order(2));
        }
    }

    private static long allocatedBy(Runnable action) {
        action.run(); // classes and workers exist after this
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        action.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }

    /** Not static, on purpose: the codec refuses it. */
    @SuppressWarnings("ClassCanBeStatic")
    final class Inner {}

    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;
    }

    static final class NamedList extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
        String name = "";

        public NamedList() {}
    }
}
