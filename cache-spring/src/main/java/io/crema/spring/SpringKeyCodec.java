package io.crema.spring;

import io.crema.spi.CodecException;
import io.crema.spi.KeyCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The keys that Spring's annotations make: one argument, or a {@link SimpleKey} of several or none. Parts may be null,
 * String, Character, Boolean, the numbers of {@code java.lang} and {@code java.math}, UUID, enum constants, LocalDate,
 * LocalDateTime, Instant, and lists of these. String, Long, Integer and UUID alone have the bytes of {@link
 * KeyCodec#standard()}. Thread-safe.
 */
public final class SpringKeyCodec implements KeyCodec<Object> {

    private static final SpringKeyCodec STANDARD = new SpringKeyCodec();

    /** How deep lists may lie in lists. */
    private static final int MOST_LEVELS = 16;

    private static final Field PARAMETERS = parameters();

    private final KeyCodec<Object> plain = KeyCodec.standard();

    private SpringKeyCodec() {}

    public static KeyCodec<Object> standard() {
        return STANDARD;
    }

    /** Spring gives no way to ask a key for its parts. */
    private static Field parameters() {
        Field field = ReflectionUtils.findField(SimpleKey.class, "params", Object[].class);
        if (field == null) {
            throw new IllegalStateException("SimpleKey of this version of Spring has no field params of type Object[],"
                    + " so keys of several arguments cannot be written");
        }
        ReflectionUtils.makeAccessible(field);
        return field;
    }

    @Override
    public String format() {
        return "spring-1";
    }

    @Override
    public byte[] encode(Object key) {
        if (isPlain(key)) {
            return plain.encode(key);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(key, new DataOutputStream(bytes), 0);
        } catch (IOException e) {
            throw new CodecException("A key of type " + key.getClass().getName() + " cannot be written", e);
        }
        return bytes.toByteArray();
    }

    private static boolean isPlain(@Nullable Object key) {
        return key instanceof String || key instanceof Long || key instanceof Integer || key instanceof UUID;
    }

    private void write(@Nullable Object part, DataOutputStream out, int level) throws IOException {
        if (part == null) {
            out.writeByte('0');
        } else if (isPlain(part)) {
            byte[] bytes = plain.encode(part);
            out.writeByte('p');
            writeBytes(out, bytes);
        } else if (part instanceof SimpleKey key) {
            out.writeByte('k');
            writeAll(Arrays.asList((Object[]) ReflectionUtils.getField(PARAMETERS, key)), out, level);
        } else if (part instanceof List<?> list) {
            out.writeByte('a');
            writeAll(list, out, level);
        } else if (part instanceof Enum<?> constant) {
            out.writeByte('e');
            out.writeUTF(constant.getDeclaringClass().getName());
            out.writeUTF(constant.name());
        } else if (part instanceof Boolean bit) {
            out.writeByte(bit ? 't' : 'f');
        } else if (part instanceof Character character) {
            out.writeByte('c');
            out.writeChar(character);
        } else if (part instanceof Byte number) {
            out.writeByte('1');
            out.writeByte(number);
        } else if (part instanceof Short number) {
            out.writeByte('2');
            out.writeShort(number);
        } else if (part instanceof Float number) {
            out.writeByte('4');
            out.writeInt(Float.floatToIntBits(number));
        } else if (part instanceof Double number) {
            out.writeByte('8');
            out.writeLong(Double.doubleToLongBits(number));
        } else if (part instanceof BigInteger number && number.getClass() == BigInteger.class) {
            out.writeByte('n');
            writeBytes(out, number.toByteArray());
        } else if (part instanceof BigDecimal number && number.getClass() == BigDecimal.class) {
            out.writeByte('d');
            out.writeInt(number.scale());
            writeBytes(out, number.unscaledValue().toByteArray());
        } else if (part instanceof LocalDate date) {
            out.writeByte('D');
            out.writeLong(date.toEpochDay());
        } else if (part instanceof LocalDateTime time) {
            out.writeByte('T');
            out.writeLong(time.toLocalDate().toEpochDay());
            out.writeLong(time.toLocalTime().toNanoOfDay());
        } else if (part instanceof Instant instant) {
            out.writeByte('I');
            out.writeLong(instant.getEpochSecond());
            out.writeInt(instant.getNano());
        } else {
            throw new CodecException(
                    "Keys with a part of type " + part.getClass().getName()
                            + " cannot be written for the remote tier. Name what identifies it in the annotation, as key ="
                            + " \"#product.id\", or give a bean of type KeyCodec<Object>");
        }
    }

    private void writeAll(List<?> parts, DataOutputStream out, int level) throws IOException {
        if (level == MOST_LEVELS) {
            throw new CodecException("A key holds lists in lists deeper than " + MOST_LEVELS);
        }
        out.writeInt(parts.size());
        for (Object part : parts) {
            write(part, out, level + 1);
        }
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    @Override
    public Object decode(byte[] bytes) {
        if (bytes.length > 0 && "sliu".indexOf(bytes[0]) >= 0) {
            return plain.decode(bytes);
        }
        try {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            Object key = read(in, 0);
            if (key == null || in.available() > 0) {
                throw new CodecException("A key of " + bytes.length + " bytes is null, or has bytes left over");
            }
            return key;
        } catch (IOException | RuntimeException e) {
            if (e instanceof CodecException known) {
                throw known;
            }
            throw new CodecException("A key of " + bytes.length + " bytes is not one that was written here", e);
        }
    }

    private @Nullable Object read(DataInputStream in, int level) throws IOException {
        byte type = in.readByte();
        return switch (type) {
            case '0' -> null;
            case 'p' -> plain.decode(readBytes(in));
            case 'k' -> {
                List<@Nullable Object> parts = readAll(in, level);
                yield parts.isEmpty() ? SimpleKey.EMPTY : new SimpleKey(parts.toArray());
            }
            case 'a' -> readAll(in, level);
            case 'e' -> constant(in.readUTF(), in.readUTF());
            case 't' -> true;
            case 'f' -> false;
            case 'c' -> in.readChar();
            case '1' -> in.readByte();
            case '2' -> in.readShort();
            case '4' -> Float.intBitsToFloat(in.readInt());
            case '8' -> Double.longBitsToDouble(in.readLong());
            case 'n' -> new BigInteger(readBytes(in));
            case 'd' -> {
                int scale = in.readInt();
                yield new BigDecimal(new BigInteger(readBytes(in)), scale);
            }
            case 'D' -> LocalDate.ofEpochDay(in.readLong());
            case 'T' ->
                LocalDateTime.of(LocalDate.ofEpochDay(in.readLong()), java.time.LocalTime.ofNanoOfDay(in.readLong()));
            case 'I' -> Instant.ofEpochSecond(in.readLong(), in.readInt());
            default -> throw new CodecException("A key with a part of unknown type " + type + " was read");
        };
    }

    private List<@Nullable Object> readAll(DataInputStream in, int level) throws IOException {
        int size = in.readInt();
        if (level == MOST_LEVELS || size < 0 || size > in.available()) {
            throw new CodecException("A key with " + size + " parts at level " + level + " was read");
        }
        List<@Nullable Object> parts = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            parts.add(read(in, level + 1));
        }
        return parts;
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new CodecException("A part of a key with " + length + " bytes was read, of " + in.available());
        }
        return in.readNBytes(length);
    }

    /** The class is not initialised before it is known to be an enum. */
    private static Object constant(String type, String name) {
        try {
            Class<?> found = Class.forName(type, false, ClassUtils.getDefaultClassLoader());
            for (Object constant : found.isEnum() ? found.getEnumConstants() : new Object[0]) {
                if (((Enum<?>) constant).name().equals(name)) {
                    return constant;
                }
            }
        } catch (ClassNotFoundException e) {
            throw new CodecException("A key with a constant of the unknown enum " + type + " was read", e);
        }
        throw new CodecException("A key with the unknown constant " + type + "." + name + " was read");
    }
}
