package io.crema.redis.codec;

import com.esotericsoftware.kryo.Kryo;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** An object that holds no others. */
final class ScalarSerializer<T> extends PayloadSerializer<T> {

    private final BiConsumer<PayloadOutput, T> writer;
    private final Function<PayloadInput, T> reader;

    ScalarSerializer(BiConsumer<PayloadOutput, T> writer, Function<PayloadInput, T> reader) {
        this.writer = writer;
        this.reader = reader;
    }

    @Override
    void write(Kryo kryo, PayloadOutput out, T object) {
        writer.accept(out, object);
    }

    @Override
    T read(Kryo kryo, PayloadInput in) {
        return reader.apply(in);
    }
}
