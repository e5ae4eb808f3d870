package io.crema.redis.codec;

import static io.crema.redis.codec.Containers.addAll;
import static io.crema.redis.codec.Containers.putAll;
import static io.crema.redis.codec.Containers.tableSize;

import com.esotericsoftware.kryo.Kryo;
import io.crema.spi.CodecException;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collections, maps, arrays, optionals and map entries of the JDK. */
final class JdkContainers {

    static final int ARRAY = 50;
    static final int ENUM_SET = 51;

    private JdkContainers() {}

    static void addTo(JdkClasses jdk) {
        addMutable(jdk);
        addImmutable(jdk);
        addEmptyAndSingle(jdk);
        addUnmodifiable(jdk);
        addOptionalsAndEntries(jdk);
        jdk.add(ARRAY, new ArraySerializer(), Object[].class);
        jdk.add(ENUM_SET, new EnumContainers.SetSerializer<>(), EnumSet.class);
        jdk.add(52, new EnumContainers.MapSerializer<>(), EnumMap.class);
    }

    @SuppressWarnings("NullAway") // an array may hold nulls, and Arrays.asList takes them
    private static void addMutable(JdkClasses jdk) {
        collection(jdk, 40, a -> new ArrayList<>(Arrays.asList(a)), ArrayList.class);
        collection(jdk, 41, a -> new LinkedList<>(Arrays.asList(a)), LinkedList.class);
        collection(jdk, 42, a -> new ArrayDeque<>(Arrays.asList(a)), ArrayDeque.class);
        collection(jdk, 43, a -> addAll(new HashSet<>(tableSize(a.length)), a), HashSet.class);
        collection(jdk, 44, a -> addAll(new LinkedHashSet<>(tableSize(a.length)), a), LinkedHashSet.class);
        jdk.add(45, Containers.sortedSet(set -> set), TreeSet.class);
        map(jdk, 46, a -> putAll(new HashMap<>(tableSize(a.length / 2)), a), HashMap.class);
        map(jdk, 47, a -> putAll(new LinkedHashMap<>(tableSize(a.length / 2)), a), LinkedHashMap.class);
        jdk.add(48, Containers.sortedMap(map -> map), TreeMap.class);
        collection(jdk, 49, Arrays::asList, Arrays.asList(1).getClass());
    }

    @SuppressWarnings("NullAway") // a null among the elements is refused by Set.of, as it should
    private static void addImmutable(JdkClasses jdk) {
        collection(
                jdk,
                53,
                JdkContainers::immutableList,
                List.of().getClass(),
                List.of(1).getClass(),
                List.of(1, 2, 3).getClass(),
                List.of(1, 2, 3).subList(0, 2).getClass());
        collection(
                jdk,
                54,
                Set::of,
                Set.of().getClass(),
                Set.of(1).getClass(),
                Set.of(1, 2, 3).getClass());
        map(
                jdk,
                55,
                JdkContainers::immutableMap,
                Map.of().getClass(),
                Map.of(1, 1).getClass(),
                Map.of(1, 1, 2, 2).getClass());
    }

    private static void addEmptyAndSingle(JdkClasses jdk) {
        collection(
                jdk,
                56,
                a -> none(a, Collections::emptyList),
                Collections.emptyList().getClass());
        collection(
                jdk,
                57,
                a -> none(a, Collections::emptySet),
                Collections.emptySet().getClass());
        map(jdk, 58, a -> none(a, Collections::emptyMap), Collections.emptyMap().getClass());
        collection(
                jdk,
                59,
                a -> Collections.singletonList(one(a)),
                Collections.singletonList(1).getClass());
        collection(
                jdk,
                60,
                a -> Collections.singleton(one(a)),
                Collections.singleton(1).getClass());
        map(
                jdk,
                61,
                a -> putOne(a, Collections::singletonMap),
                Collections.singletonMap(1, 1).getClass());
    }

    private static void addUnmodifiable(JdkClasses jdk) {
        Collection<Object> plain = Collections.unmodifiableCollection(new ArrayDeque<>());
        collection(jdk, 62, a -> Collections.unmodifiableCollection(Arrays.asList(a)), plain.getClass());
        collection(
                jdk,
                63,
                a -> Collections.unmodifiableList(Arrays.asList(a)),
                Collections.unmodifiableList(new LinkedList<>()).getClass(),
                Collections.unmodifiableList(new ArrayList<>()).getClass());
        collection(
                jdk,
                64,
                a -> Collections.unmodifiableSet(addAll(new LinkedHashSet<>(tableSize(a.length)), a)),
                Collections.unmodifiableSet(new HashSet<>()).getClass());
        map(
                jdk,
                65,
                a -> Collections.unmodifiableMap(putAll(new LinkedHashMap<>(tableSize(a.length / 2)), a)),
                Collections.unmodifiableMap(new HashMap<>()).getClass());
        jdk.add(
                66,
                Containers.sortedSet(Collections::unmodifiableNavigableSet),
                Collections.unmodifiableNavigableSet(new TreeSet<>()).getClass(),
                Collections.unmodifiableSortedSet(new TreeSet<>()).getClass(),
                Collections.emptyNavigableSet().getClass());
        jdk.add(
                67,
                Containers.sortedMap(Collections::unmodifiableNavigableMap),
                Collections.unmodifiableNavigableMap(new TreeMap<>()).getClass(),
                Collections.unmodifiableSortedMap(new TreeMap<>()).getClass(),
                Collections.emptyNavigableMap().getClass());
    }

    private static void addOptionalsAndEntries(JdkClasses jdk) {
        jdk.add(68, new OptionalSerializer(), Optional.class);
        entry(jdk, 69, Map::entry, Map.entry(1, 1).getClass());
        entry(jdk, 75, AbstractMap.SimpleEntry::new, AbstractMap.SimpleEntry.class);
        entry(jdk, 76, AbstractMap.SimpleImmutableEntry::new, AbstractMap.SimpleImmutableEntry.class);
        JdkScalars.add(
                jdk,
                77,
                OptionalInt.class,
                (out, v) -> {
                    out.writeBoolean(v.isPresent());
                    v.ifPresent(i -> out.writeVarInt(i, false));
                },
                in -> in.readBoolean() ? OptionalInt.of(in.readVarInt(false)) : OptionalInt.empty());
        JdkScalars.add(
                jdk,
                78,
                OptionalLong.class,
                (out, v) -> {
                    out.writeBoolean(v.isPresent());
                    v.ifPresent(l -> out.writeVarLong(l, false));
                },
                in -> in.readBoolean() ? OptionalLong.of(in.readVarLong(false)) : OptionalLong.empty());
        JdkScalars.add(
                jdk,
                79,
                OptionalDouble.class,
                (out, v) -> {
                    out.writeBoolean(v.isPresent());
                    v.ifPresent(out::writeDouble);
                },
                in -> in.readBoolean() ? OptionalDouble.of(in.readDouble()) : OptionalDouble.empty());
    }

    private static void collection(
            JdkClasses jdk, int id, Function<@Nullable Object[], ? extends Collection<?>> maker, Class<?>... classes) {
        jdk.add(id, Containers.collection(maker::apply), classes);
    }

    private static void map(
            JdkClasses jdk, int id, Function<@Nullable Object[], ? extends Map<?, ?>> maker, Class<?>... classes) {
        jdk.add(id, Containers.map(maker::apply), classes);
    }

    private static void entry(
            JdkClasses jdk, int id, BiFunction<Object, Object, Map.Entry<Object, Object>> maker, Class<?> type) {
        jdk.add(id, new EntrySerializer(maker), type);
    }

    /** {@code Stream.toList} may hold nulls, and has the class of {@code List.of}, which may not. */
    @SuppressWarnings("NullAway") // Stream.toList takes nulls
    private static List<Object> immutableList(@Nullable Object[] elements) {
        return Arrays.stream(elements).allMatch(Objects::nonNull)
                ? List.of(elements)
                : Arrays.stream(elements).toList();
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static Map<Object, Object> immutableMap(@Nullable Object[] pairs) {
        Map.Entry[] entries = new Map.Entry[pairs.length / 2];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = Map.entry(pairs[2 * i], pairs[2 * i + 1]);
        }
        return Map.ofEntries((Map.Entry<Object, Object>[]) entries);
    }

    private static <T> T none(@Nullable Object[] elements, Supplier<T> empty) {
        requireCount(elements, 0);
        return empty.get();
    }

    private static @Nullable Object one(@Nullable Object[] elements) {
        requireCount(elements, 1);
        return elements[0];
    }

    private static <T> T putOne(@Nullable Object[] pair, BiFunction<Object, Object, T> maker) {
        requireCount(pair, 2);
        return maker.apply(pair[0], pair[1]);
    }

    private static void requireCount(@Nullable Object[] elements, int count) {
        if (elements.length != count) {
            throw new CodecException("A container of " + count + " objects came with " + elements.length);
        }
    }

    private static final class OptionalSerializer extends PayloadSerializer<Optional<?>> {

        @Override
        void write(Kryo kryo, PayloadOutput out, Optional<?> optional) {
            kryo.writeClassAndObject(out, optional.orElse(null));
        }

        @Override
        Optional<?> read(Kryo kryo, PayloadInput in) {
            return Optional.ofNullable(kryo.readClassAndObject(in));
        }
    }

    private static final class EntrySerializer extends PayloadSerializer<Map.Entry<?, ?>> {

        private final BiFunction<Object, Object, Map.Entry<Object, Object>> maker;

        EntrySerializer(BiFunction<Object, Object, Map.Entry<Object, Object>> maker) {
            this.maker = maker;
        }

        @Override
        void write(Kryo kryo, PayloadOutput out, Map.Entry<?, ?> entry) {
            kryo.writeClassAndObject(out, entry.getKey());
            kryo.writeClassAndObject(out, entry.getValue());
        }

        @Override
        Map.Entry<?, ?> read(Kryo kryo, PayloadInput in) {
            return maker.apply(kryo.readClassAndObject(in), kryo.readClassAndObject(in));
        }
    }
}
