package io.crema.redis.codec;

import com.esotericsoftware.kryo.Kryo;
import io.crema.spi.CodecException;

/** Stands for an interface or abstract class, which is registered as the type of arrays and has no objects. */
final class AbstractTypeSerializer extends PayloadSerializer<Object> {

    private final Class<?> type;

    AbstractTypeSerializer(Class<?> type) {
        this.type = type;
    }

    @Override
    void write(Kryo kryo, PayloadOutput out, Object object) {
        throw new CodecException("No object is a bare " + type.getName());
    }

    @Override
    Object read(Kryo kryo, PayloadInput in) {
        throw new CodecException("The payload holds an object of the abstract type " + type.getName());
    }
}
