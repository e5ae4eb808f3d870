package io.crema.redis.codec;

import com.esotericsoftware.kryo.Kryo;
import io.crema.spi.CodecException;
import java.util.HashMap;
import java.util.Map;

/** A constant by its name, so that constants may be added and reordered. */
final class EnumNameSerializer<E> extends PayloadSerializer<E> {

    private final Class<E> type;
    private final Map<String, E> byName = new HashMap<>();

    EnumNameSerializer(Class<E> type) {
        this.type = type;
        for (E constant : type.getEnumConstants()) {
            byName.put(((Enum<?>) constant).name(), constant);
        }
    }

    @Override
    void write(Kryo kryo, PayloadOutput out, E object) {
        out.writeText(((Enum<?>) object).name());
    }

    @Override
    E read(Kryo kryo, PayloadInput in) {
        String name = in.readText();
        E constant = byName.get(name);
        if (constant == null) {
            throw new CodecException(type.getName() + " has no constant " + name);
        }
        return constant;
    }
}
