package io.crema.redis.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values as JSON, by Jackson 3, which the application brings: longer and slower than {@link KryoCodec}, but readable for
 * people and for other programs, and tolerant of classes that change: a member that is not known is ignored, one that is
 * missing is null or zero, unless the mapper is told otherwise.
 *
 * <p>Values that Jackson reads back as something else (a {@code long} in a member of type Object is one, a set in one of
 * type Collection) come back as that. Thread-safe.
 *
 * @param <V> the type of the values
 */
public final class JsonCodec<V> implements Codec<V> {

    private static final byte OF_ONE_TYPE = 9;
    private static final byte NAMED = 10;

    private final byte id;
    private final Class<V> type;
    private final ObjectWriter writer;
    private final ObjectReader reader;

    private JsonCodec(byte id, Class<V> type, JsonMapper mapper) {
        this.id = id;
        this.type = type;
        this.writer = mapper.writerFor(type);
        this.reader = mapper.readerFor(type);
    }

    /** A codec for values of one type, as a mapper writes and reads them. Payloads name no classes. */
    public static <V> JsonCodec<V> of(JsonMapper mapper, Class<V> type) {
        return new JsonCodec<>(OF_ONE_TYPE, Objects.requireNonNull(type, "type"), mapper);
    }

    /**
     * A codec for values of any allowed class, and of those of the JDK that {@link KryoCodec} knows. Payloads name the class
     * of each object whose class the one around it does not fix. What is not allowed is neither written nor, whatever the
     * payload says, loaded.
     *
     * @param mapper its default typing is replaced
     */
    public static JsonCodec<Object> named(JsonMapper mapper, AllowedClasses allowed) {
        return new JsonCodec<>(
                NAMED,
                Object.class,
                mapper.rebuild()
                        .setDefaultTyping(
                                new AllowedTyping(allowed, DefaultTyping.NON_FINAL, JsonTypeInfo.As.WRAPPER_ARRAY))
                        .build());
    }

    @Override
    public byte id() {
        return id;
    }

    @Override
    public byte[] encode(V value, int maxBytes) {
        if (!type.isInstance(value)) {
            throw new CodecException("A " + value.getClass().getName() + " was given to " + this);
        }
        byte[] bytes;
        try {
            bytes = writer.writeValueAsBytes(value);
        } catch (JacksonException | StackOverflowError e) {
            throw failure("A " + value.getClass().getName() + " cannot be encoded", e);
        }
        if (bytes.length > maxBytes) {
            throw new CodecException("A " + value.getClass().getName() + " has " + bytes.length
                    + " bytes as JSON, more than the limit of " + maxBytes
                    + " bytes; store smaller values or raise the limit of the remote tier");
        }
        return bytes;
    }

    @Override
    public V decode(ByteBuffer bytes) {
        byte[] json = new byte[bytes.remaining()];
        bytes.duplicate().get(json);
        @Nullable Object value;
        try {
            value = reader.readValue(json);
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            throw failure(json.length + " bytes are no " + type.getName(), e);
        }
        if (!type.isInstance(value)) {
            throw new CodecException("Expected a " + type.getName() + ", found "
                    + (value == null ? "null" : "a " + value.getClass().getName()));
        }
        return type.cast(value);
    }

    /** What is not allowed says so itself, wherever Jackson has packed it. */
    private static CodecException failure(String what, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CodecException refused) {
                return refused;
            }
        }
        return new CodecException(what + ": " + failure, failure);
    }

    @Override
    public String toString() {
        return "JsonCodec of " + type.getName();
    }
}
