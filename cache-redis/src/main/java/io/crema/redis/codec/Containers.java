package io.crema.redis.codec;

import com.esotericsoftware.kryo.Kryo;
import io.crema.spi.CodecException;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.ConcurrentModificationException;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How collections, maps and arrays are written: a count, then each element with its class. An element takes a byte at
 * least, and memory grows with what was read, so a corrupt count can neither allocate nor loop.
 */
final class Containers {

    private static final int FIRST_CAPACITY = 64;

    private Containers() {}

    /** A collection that is made from all its elements at once. */
    static <C extends Collection<?>> PayloadSerializer<C> collection(Function<@Nullable Object[], C> maker) {
        return new ElementsSerializer<>(maker);
    }

    /** A map that is made from its keys and values, which alternate. */
    static <M extends Map<?, ?>> PayloadSerializer<M> map(Function<@Nullable Object[], M> maker) {
        return new PairsSerializer<>(maker);
    }

    /** A set with its comparator. */
    static <S extends SortedSet<?>> PayloadSerializer<S> sortedSet(Function<TreeSet<Object>, S> maker) {
        return new SortedSetSerializer<>(maker);
    }

    /** A map with its comparator. */
    static <M extends SortedMap<?, ?>> PayloadSerializer<M> sortedMap(Function<TreeMap<Object, Object>, M> maker) {
        return new SortedMapSerializer<>(maker);
    }

    /** A registered class, filled through {@code add}. */
    static PayloadSerializer<? extends Collection<?>> collectionOf(Class<?> type) {
        Constructor<?> constructor = constructor(type);
        return collection(elements -> {
            @SuppressWarnings("unchecked") // the class extends Collection, and elements are what was in one
            Collection<Object> collection = (Collection<Object>) newInstance(constructor);
            addAll(collection, elements);
            return collection;
        });
    }

    /** A registered class, filled through {@code put}. */
    static PayloadSerializer<? extends Map<?, ?>> mapOf(Class<?> type) {
        Constructor<?> constructor = constructor(type);
        return map(pairs -> {
            @SuppressWarnings("unchecked") // the class extends Map, and keys and values are what was in one
            Map<Object, Object> map = (Map<Object, Object>) newInstance(constructor);
            return putAll(map, pairs);
        });
    }

    private static Constructor<?> constructor(Class<?> type) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(type.getName() + " has no constructor that takes nothing", e);
        }
    }

    private static Object newInstance(Constructor<?> constructor) {
        try {
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new CodecException("A " + constructor.getName() + " could not be made: " + e, e);
        }
    }

    static <C extends Collection<Object>> C addAll(C collection, @Nullable Object[] elements) {
        collection.addAll(Arrays.asList(elements));
        return collection;
    }

    static <M extends Map<Object, Object>> M putAll(M map, @Nullable Object[] pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    /** The capacity of a hash table that holds so many without growing. */
    static int tableSize(int count) {
        return count + count / 2 + 1;
    }

    static void writeElements(Kryo kryo, PayloadOutput out, Collection<?> elements) {
        int left = elements.size();
        out.writeVarInt(left, true);
        for (Object element : elements) {
            kryo.writeClassAndObject(out, element);
            left--;
        }
        requireUnchanged(left);
    }

    static void writePairs(Kryo kryo, PayloadOutput out, Map<?, ?> map) {
        int left = map.size();
        out.writeVarInt(left, true);
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            kryo.writeClassAndObject(out, entry.getKey());
            kryo.writeClassAndObject(out, entry.getValue());
            left--;
        }
        requireUnchanged(left);
    }

    private static void requireUnchanged(int left) {
        if (left != 0) {
            throw new ConcurrentModificationException("A collection changed while it was written");
        }
    }

    static @Nullable Object[] readElements(Kryo kryo, PayloadInput in) {
        return readObjects(kryo, in, in.readLength(1));
    }

    private static @Nullable Object[] readPairs(Kryo kryo, PayloadInput in) {
        return readObjects(kryo, in, 2 * in.readLength(2));
    }

    private static @Nullable Object[] readObjects(Kryo kryo, PayloadInput in, int count) {
        @Nullable Object[] objects = new Object[Math.min(count, FIRST_CAPACITY)];
        for (int i = 0; i < count; i++) {
            if (i == objects.length) {
                objects = Arrays.copyOf(objects, Math.min(count, 2 * i));
            }
            objects[i] = kryo.readClassAndObject(in);
        }
        return objects;
    }

    private static final class ElementsSerializer<C extends Collection<?>> extends PayloadSerializer<C> {

        private final Function<@Nullable Object[], C> maker;

        ElementsSerializer(Function<@Nullable Object[], C> maker) {
            this.maker = maker;
        }

        @Override
        void write(Kryo kryo, PayloadOutput out, C collection) {
            writeElements(kryo, out, collection);
        }

        @Override
        C read(Kryo kryo, PayloadInput in) {
            return maker.apply(readElements(kryo, in));
        }
    }

    private static final class PairsSerializer<M extends Map<?, ?>> extends PayloadSerializer<M> {

        private final Function<@Nullable Object[], M> maker;

        PairsSerializer(Function<@Nullable Object[], M> maker) {
            this.maker = maker;
        }

        @Override
        void write(Kryo kryo, PayloadOutput out, M map) {
            writePairs(kryo, out, map);
        }

        @Override
        M read(Kryo kryo, PayloadInput in) {
            return maker.apply(readPairs(kryo, in));
        }
    }

    private static final class SortedSetSerializer<S extends SortedSet<?>> extends PayloadSerializer<S> {

        private final Function<TreeSet<Object>, S> maker;

        SortedSetSerializer(Function<TreeSet<Object>, S> maker) {
            this.maker = maker;
        }

        @Override
        void write(Kryo kryo, PayloadOutput out, S set) {
            kryo.writeClassAndObject(out, set.comparator());
            writeElements(kryo, out, set);
        }

        @Override
        S read(Kryo kryo, PayloadInput in) {
            return maker.apply(addAll(new TreeSet<>(readComparator(kryo, in)), readElements(kryo, in)));
        }
    }

    private static final class SortedMapSerializer<M extends SortedMap<?, ?>> extends PayloadSerializer<M> {

        private final Function<TreeMap<Object, Object>, M> maker;

        SortedMapSerializer(Function<TreeMap<Object, Object>, M> maker) {
            this.maker = maker;
        }

        @Override
        void write(Kryo kryo, PayloadOutput out, M map) {
            kryo.writeClassAndObject(out, map.comparator());
            writePairs(kryo, out, map);
        }

        @Override
        M read(Kryo kryo, PayloadInput in) {
            return maker.apply(putAll(new TreeMap<>(readComparator(kryo, in)), readPairs(kryo, in)));
        }
    }

    @SuppressWarnings("unchecked") // elements it cannot compare are a ClassCastException, which is a miss
    private static @Nullable Comparator<Object> readComparator(Kryo kryo, PayloadInput in) {
        return (Comparator<Object>) kryo.readClassAndObject(in);
    }
}
