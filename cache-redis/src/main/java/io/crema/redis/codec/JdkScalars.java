package io.crema.redis.codec;

import io.crema.spi.CodecException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Text, numbers, primitive arrays, identifiers and comparators of the JDK. */
final class JdkScalars {

    /** A BigDecimal of at most so many digits goes as a long. */
    private static final int LONG_DIGITS = 18;

    private JdkScalars() {}

    static void addTo(JdkClasses jdk) {
        add(jdk, 0, String.class, PayloadOutput::writeText, PayloadInput::readText);
        add(jdk, 1, Integer.class, (out, v) -> out.writeVarInt(v, false), in -> in.readVarInt(false));
        add(jdk, 2, Long.class, (out, v) -> out.writeVarLong(v, false), in -> in.readVarLong(false));
        add(jdk, 3, Double.class, PayloadOutput::writeDouble, PayloadInput::readDouble);
        add(jdk, 4, Float.class, PayloadOutput::writeFloat, PayloadInput::readFloat);
        add(jdk, 5, Boolean.class, PayloadOutput::writeBoolean, JdkScalars::readBoolean);
        add(jdk, 6, Byte.class, PayloadOutput::writeByte, PayloadInput::readByte);
        add(jdk, 7, Short.class, (out, v) -> out.writeShort(v), PayloadInput::readShort);
        add(jdk, 8, Character.class, PayloadOutput::writeChar, PayloadInput::readChar);
        add(jdk, 9, BigDecimal.class, JdkScalars::writeDecimal, JdkScalars::readDecimal);
        add(jdk, 10, BigInteger.class, JdkScalars::writeInteger, JdkScalars::readInteger);
        add(jdk, 11, UUID.class, JdkScalars::writeUuid, in -> new UUID(in.readLong(), in.readLong()));
        add(
                jdk,
                12,
                Date.class,
                (out, v) -> out.writeVarLong(v.getTime(), false),
                in -> new Date(in.readVarLong(false)));
        addText(jdk, 13, Currency.class, Currency::getCurrencyCode, Currency::getInstance);
        addText(jdk, 14, Locale.class, JdkScalars::languageTag, Locale::forLanguageTag);
        addText(jdk, 15, URI.class, URI::toString, URI::create);
        addPrimitiveArrays(jdk);
        addConstant(jdk, 70, Comparator.naturalOrder());
        addConstant(jdk, 71, Collections.reverseOrder());
        addConstant(jdk, 72, String.CASE_INSENSITIVE_ORDER);
        jdk.add(73, new EnumNameSerializer<>(TimeUnit.class), TimeUnit.class);
    }

    private static void addPrimitiveArrays(JdkClasses jdk) {
        add(
                jdk,
                16,
                byte[].class,
                (out, a) -> {
                    out.writeVarInt(a.length, true);
                    out.writeBytes(a);
                },
                in -> in.readBytes(in.readLength(1)));
        add(
                jdk,
                17,
                int[].class,
                (out, a) -> {
                    out.writeVarInt(a.length, true);
                    out.writeInts(a, 0, a.length);
                },
                in -> in.readInts(in.readLength(Integer.BYTES)));
        add(
                jdk,
                18,
                long[].class,
                (out, a) -> {
                    out.writeVarInt(a.length, true);
                    out.writeLongs(a, 0, a.length);
                },
                in -> in.readLongs(in.readLength(Long.BYTES)));
        add(
                jdk,
                19,
                double[].class,
                (out, a) -> {
                    out.writeVarInt(a.length, true);
                    out.writeDoubles(a, 0, a.length);
                },
                in -> in.readDoubles(in.readLength(Double.BYTES)));
        add(
                jdk,
                20,
                float[].class,
                (out, a) -> {
                    out.writeVarInt(a.length, true);
                    out.writeFloats(a, 0, a.length);
                },
                in -> in.readFloats(in.readLength(Float.BYTES)));
        add(
                jdk,
                21,
                short[].class,
                (out, a) -> {
                    out.writeVarInt(a.length, true);
                    out.writeShorts(a, 0, a.length);
                },
                in -> in.readShorts(in.readLength(Short.BYTES)));
        add(
                jdk,
                22,
                char[].class,
                (out, a) -> {
                    out.writeVarInt(a.length, true);
                    out.writeChars(a, 0, a.length);
                },
                in -> in.readChars(in.readLength(Character.BYTES)));
        add(
                jdk,
                23,
                boolean[].class,
                (out, a) -> {
                    out.writeVarInt(a.length, true);
                    out.writeBooleans(a, 0, a.length);
                },
                in -> in.readBooleans(in.readLength(1)));
    }

    static <T> void add(
            JdkClasses jdk,
            int id,
            Class<T> type,
            BiConsumer<PayloadOutput, T> writer,
            Function<PayloadInput, T> reader) {
        jdk.add(id, new ScalarSerializer<>(writer, reader), type);
    }

    static <T> void addText(
            JdkClasses jdk, int id, Class<T> type, Function<T, String> toText, Function<String, T> fromText) {
        add(jdk, id, type, (out, v) -> out.writeText(toText.apply(v)), in -> fromText.apply(in.readText()));
    }

    private static void addConstant(JdkClasses jdk, int id, Object constant) {
        jdk.add(id, new ScalarSerializer<>((out, v) -> {}, in -> constant), constant.getClass());
    }

    private static boolean readBoolean(PayloadInput in) {
        byte value = in.readByte();
        if (value != 0 && value != 1) {
            throw new CodecException("A Boolean is stored as 0 or 1, not " + value);
        }
        return value == 1;
    }

    private static void writeUuid(PayloadOutput out, UUID uuid) {
        out.writeLong(uuid.getMostSignificantBits());
        out.writeLong(uuid.getLeastSignificantBits());
    }

    private static void writeInteger(PayloadOutput out, BigInteger integer) {
        byte[] bytes = integer.toByteArray();
        out.writeVarInt(bytes.length, true);
        out.writeBytes(bytes);
    }

    private static BigInteger readInteger(PayloadInput in) {
        return new BigInteger(in.readBytes(in.readLength(1)));
    }

    /** The scale, then the unscaled value: a length of 0 and a varint, or the bytes of a larger one. */
    private static void writeDecimal(PayloadOutput out, BigDecimal decimal) {
        out.writeVarInt(decimal.scale(), false);
        if (decimal.precision() <= LONG_DIGITS) {
            out.writeByte(0);
            out.writeVarLong(decimal.unscaledValue().longValue(), false);
        } else {
            writeInteger(out, decimal.unscaledValue());
        }
    }

    private static BigDecimal readDecimal(PayloadInput in) {
        int scale = in.readVarInt(false);
        int length = in.readLength(1);
        return length == 0
                ? BigDecimal.valueOf(in.readVarLong(false), scale)
                : new BigDecimal(new BigInteger(in.readBytes(length)), scale);
    }

    private static String languageTag(Locale locale) {
        String tag = locale.toLanguageTag();
        if (!Locale.forLanguageTag(tag).equals(locale)) {
            throw new CodecException("The locale " + locale + " has no language tag (IETF BCP 47)");
        }
        return tag;
    }
}
