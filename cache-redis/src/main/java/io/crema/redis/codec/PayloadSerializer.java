package io.crema.redis.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

/**
 * A serializer over our input and output. It has no state of its own that changes, so one serves all Kryo instances.
 *
 * @param <T> the type of the objects
 */
abstract class PayloadSerializer<T> extends Serializer<T> {

    abstract void write(Kryo kryo, PayloadOutput out, T object);

    abstract T read(Kryo kryo, PayloadInput in);

    @Override
    public final void write(Kryo kryo, Output output, T object) {
        write(kryo, (PayloadOutput) output, object);
    }

    @Override
    public final T read(Kryo kryo, Input input, Class<? extends T> type) {
        return read(kryo, (PayloadInput) input);
    }
}
