package io.crema.redis.codec;

import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Strings, bytes, numbers and booleans in their natural form, readable by any other program: text as UTF-8, numbers
 * big-endian, nothing before or after. Immutable and thread-safe; one copy of the value per call.
 *
 * @param <V> the type of the values
 */
public final class PlainCodec<V> implements Codec<V> {

    private static final PlainCodec<String> STRINGS =
            new PlainCodec<>(2, "String", PlainCodec::encodeString, PlainCodec::decodeString);

    private static final PlainCodec<byte[]> BYTES =
            new PlainCodec<>(3, "byte[]", PlainCodec::encodeBytes, PlainCodec::remaining);

    private static final PlainCodec<Long> LONGS = new PlainCodec<>(
            4,
            "Long",
            (value, max) ->
                    ByteBuffer.wrap(fixed(Long.BYTES, max)).putLong(value).array(),
            bytes -> exactly(Long.BYTES, bytes).getLong(bytes.position()));

    private static final PlainCodec<Integer> INTEGERS = new PlainCodec<>(
            5,
            "Integer",
            (value, max) ->
                    ByteBuffer.wrap(fixed(Integer.BYTES, max)).putInt(value).array(),
            bytes -> exactly(Integer.BYTES, bytes).getInt(bytes.position()));

    private static final PlainCodec<Double> DOUBLES = new PlainCodec<>(
            6,
            "Double",
            (value, max) ->
                    ByteBuffer.wrap(fixed(Double.BYTES, max)).putDouble(value).array(),
            bytes -> exactly(Double.BYTES, bytes).getDouble(bytes.position()));

    private static final PlainCodec<Boolean> BOOLEANS =
            new PlainCodec<>(7, "Boolean", PlainCodec::encodeBoolean, PlainCodec::decodeBoolean);

    private final byte id;
    private final String typeName;
    private final Writer<V> writer;
    private final Reader<V> reader;

    private PlainCodec(int id, String typeName, Writer<V> writer, Reader<V> reader) {
        this.id = (byte) id;
        this.typeName = typeName;
        this.writer = writer;
        this.reader = reader;
    }

    /** Text as UTF-8. A string with an unpaired surrogate has no such form and is refused. */
    public static PlainCodec<String> strings() {
        return STRINGS;
    }

    /**
     * Bytes as they are. Both ways copy: the array given to the cache may be changed afterwards, and a decoded array
     * belongs to whoever asked for it. An array held by the first tier is shared by all its readers, who must not
     * change it.
     */
    public static PlainCodec<byte[]> bytes() {
        return BYTES;
    }

    /** Eight bytes, big-endian. */
    public static PlainCodec<Long> longs() {
        return LONGS;
    }

    /** Four bytes, big-endian. */
    public static PlainCodec<Integer> integers() {
        return INTEGERS;
    }

    /** Eight bytes, IEEE 754, big-endian; every bit of a NaN is kept. */
    public static PlainCodec<Double> doubles() {
        return DOUBLES;
    }

    /** One byte, 0 or 1. */
    public static PlainCodec<Boolean> booleans() {
        return BOOLEANS;
    }

    @Override
    public byte id() {
        return id;
    }

    @Override
    public byte[] encode(V value, int maxBytes) {
        return writer.write(value, maxBytes);
    }

    @Override
    public V decode(ByteBuffer bytes) {
        return reader.read(bytes);
    }

    @Override
    public String toString() {
        return "PlainCodec[" + typeName + "]";
    }

    private static byte[] encodeString(String value, int maxBytes) {
        requireSize("String", value.length(), maxBytes); // a char takes one byte at least
        if (!Text.isWellFormed(value)) {
            throw new CodecException("A String holds an unpaired surrogate, which UTF-8 cannot carry");
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        requireSize("String", bytes.length, maxBytes);
        return bytes;
    }

    private static String decodeString(ByteBuffer bytes) {
        return Text.decodeUtf8(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    }

    private static byte[] encodeBytes(byte[] value, int maxBytes) {
        requireSize("byte[]", value.length, maxBytes);
        return value.clone();
    }

    private static byte[] encodeBoolean(Boolean value, int maxBytes) {
        byte[] bytes = fixed(1, maxBytes);
        bytes[0] = (byte) (value ? 1 : 0);
        return bytes;
    }

    private static Boolean decodeBoolean(ByteBuffer bytes) {
        byte value = exactly(1, bytes).get(bytes.position());
        if (value != 0 && value != 1) {
            throw new CodecException("A Boolean is stored as 0 or 1, not " + value);
        }
        return value == 1;
    }

    private static byte[] remaining(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }

    private static byte[] fixed(int size, int maxBytes) {
        requireSize("number", size, maxBytes);
        return new byte[size];
    }

    /** The order is set on a view, so that a caller's little-endian buffer is read right and left as it is. */
    private static ByteBuffer exactly(int size, ByteBuffer bytes) {
        if (bytes.remaining() != size) {
            throw new CodecException("Expected a value of " + size + " bytes, found " + bytes.remaining());
        }
        return bytes.duplicate();
    }

    private static void requireSize(String typeName, int size, int maxBytes) {
        if (size > maxBytes) {
            throw new CodecException("A " + typeName + " of " + size + " bytes or more is over the limit of " + maxBytes
                    + " bytes; store smaller values or raise the limit of the remote tier");
        }
    }

    @FunctionalInterface
    private interface Writer<V> {
        byte[] write(V value, int maxBytes);
    }

    @FunctionalInterface
    private interface Reader<V> {
        V read(ByteBuffer bytes);
    }
}
