package io.crema.redis.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import io.crema.spi.CodecException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** EnumSet and EnumMap: the class of the constants, then what is in them. */
final class EnumContainers {

    private EnumContainers() {}

    static final class SetSerializer<E extends Enum<E>> extends PayloadSerializer<EnumSet<E>> {

        @Override
        void write(Kryo kryo, PayloadOutput out, EnumSet<E> set) {
            EnumSet<E> known = set.isEmpty() ? EnumSet.complementOf(set) : set;
            if (known.isEmpty()) {
                throw new CodecException("An EnumSet of an enum without constants cannot be cached");
            }
            kryo.writeClass(out, known.iterator().next().getDeclaringClass());
            Containers.writeElements(kryo, out, set);
        }

        @Override
        EnumSet<E> read(Kryo kryo, PayloadInput in) {
            Class<E> type = readEnumClass(kryo, in);
            EnumSet<E> set = EnumSet.noneOf(type);
            for (Object element : Containers.readElements(kryo, in)) {
                set.add(type.cast(element));
            }
            return set;
        }
    }

    static final class MapSerializer<E extends Enum<E>> extends PayloadSerializer<EnumMap<E, Object>> {

        @Override
        void write(Kryo kryo, PayloadOutput out, EnumMap<E, Object> map) {
            kryo.writeClass(
                    out,
                    map.isEmpty()
                            ? keyTypeOfEmpty(kryo, map)
                            : map.keySet().iterator().next().getDeclaringClass());
            Containers.writePairs(kryo, out, map);
        }

        @Override
        EnumMap<E, Object> read(Kryo kryo, PayloadInput in) {
            Class<E> type = readEnumClass(kryo, in);
            EnumMap<E, Object> map = new EnumMap<>(type);
            int count = in.readLength(2);
            for (int i = 0; i < count; i++) {
                map.put(type.cast(kryo.readClassAndObject(in)), kryo.readClassAndObject(in));
            }
            return map;
        }

        /** The map tells its key type by what a copy of it accepts, and by nothing else. */
        private static Class<?> keyTypeOfEmpty(Kryo kryo, EnumMap<?, ?> map) {
            List<Class<?>> candidates = ((PayloadClasses) kryo.getClassResolver()).enums();
            return candidates.stream()
                    .filter(type -> accepts(map, type.getEnumConstants()))
                    .findFirst()
                    .orElseThrow(() -> new CodecException("An empty EnumMap has keys of an enum that is not registered:"
                            + " name the enum in KryoCodec.of(..)"));
        }

        @SuppressWarnings("unchecked") // a key of a wrong type is the question
        private static boolean accepts(EnumMap<?, ?> map, Object[] constants) {
            try {
                for (Object constant : Arrays.copyOf(constants, Math.min(1, constants.length))) {
                    ((Map<Object, @Nullable Object>) (Map<?, ?>) map.clone()).put(constant, null);
                }
                return constants.length > 0;
            } catch (ClassCastException e) {
                return false;
            }
        }
    }

    @SuppressWarnings("unchecked") // checked to be an enum
    private static <E extends Enum<E>> Class<E> readEnumClass(Kryo kryo, PayloadInput in) {
        Registration registration = kryo.readClass(in);
        if (registration == null || !registration.getType().isEnum()) {
            throw new CodecException("The payload names no enum for an EnumSet or EnumMap");
        }
        return (Class<E>) registration.getType();
    }
}
