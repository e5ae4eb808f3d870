package io.crema.redis.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.util.DefaultInstantiatorStrategy;
import io.crema.spi.CodecException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.objenesis.instantiator.ObjectInstantiator;
import org.objenesis.strategy.StdInstantiatorStrategy;

/**
 * The fields of a record or of a class, in the fixed order of its {@link Shape}. Kryo's own field serializer is not
 * used: it sets fields through {@code Unsafe}, where a corrupt payload can put an object of a wrong type into a field,
 * and its record serializer neither keeps a shape nor writes the classes of final types.
 */
final class ObjectSerializer extends PayloadSerializer<Object> {

    private final String typeName;
    private final Property[] properties;
    private final Maker maker;

    private ObjectSerializer(String typeName, Property[] properties, Maker maker) {
        this.typeName = typeName;
        this.properties = properties;
        this.maker = maker;
    }

    /** @throws IllegalArgumentException if the class is closed to reflection */
    static ObjectSerializer of(Class<?> type, Shape shape) {
        try {
            Property[] properties = new Property[shape.fields().size()];
            for (int i = 0; i < properties.length; i++) {
                shape.fields().get(i).setAccessible(true);
                properties[i] = new Property(shape.fields().get(i));
            }
            Maker maker = type.isRecord() ? new RecordMaker(type, properties) : new ClassMaker(type, properties);
            return new ObjectSerializer(type.getName(), properties, maker);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalArgumentException(
                    type.getName() + " cannot be read by reflection (a named module must open its package): "
                            + e.getMessage(),
                    e);
        }
    }

    @Override
    void write(Kryo kryo, PayloadOutput out, Object object) {
        try {
            for (Property property : properties) {
                property.write(kryo, out, object);
            }
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    @Override
    Object read(Kryo kryo, PayloadInput in) {
        try {
            return maker.read(kryo, in);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    private RuntimeException rethrow(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException unchecked
                ? unchecked
                : new CodecException("A " + typeName + " could not be made: " + e, e);
    }

    /** Reads the properties in their order and makes an object; a value of a wrong type is a ClassCastException. */
    private interface Maker {
        Object read(Kryo kryo, PayloadInput in) throws Throwable;
    }

    /** By the canonical constructor, so what a record refuses is refused here too. */
    private static final class RecordMaker implements Maker {

        private final Property[] properties;
        private final MethodHandle constructor;
        private final int[] argumentOfProperty;

        RecordMaker(Class<?> type, Property[] properties) throws ReflectiveOperationException {
            RecordComponent[] components = type.getRecordComponents();
            Constructor<?> canonical = type.getDeclaredConstructor(
                    Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            canonical.setAccessible(true);
            this.properties = properties;
            this.constructor = MethodHandles.lookup()
                    .unreflectConstructor(canonical)
                    .asSpreader(Object[].class, components.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
            List<String> names =
                    Stream.of(components).map(RecordComponent::getName).toList();
            this.argumentOfProperty = Arrays.stream(properties)
                    .mapToInt(property -> names.indexOf(property.name()))
                    .toArray();
        }

        @Override
        public Object read(Kryo kryo, PayloadInput in) throws Throwable {
            @Nullable Object[] arguments = new Object[properties.length];
            for (int i = 0; i < arguments.length; i++) {
                arguments[argumentOfProperty[i]] = properties[i].read(kryo, in);
            }
            return (Object) constructor.invokeExact(arguments);
        }
    }

    /** By the constructor without parameters, or by none if the class has no such. */
    private static final class ClassMaker implements Maker {

        private final ObjectInstantiator<?> instantiator;
        private final Property[] properties;
        private final MethodHandle[] setters;

        ClassMaker(Class<?> type, Property[] properties) throws ReflectiveOperationException {
            this.instantiator = new DefaultInstantiatorStrategy(new StdInstantiatorStrategy()).newInstantiatorOf(type);
            this.properties = properties;
            this.setters = new MethodHandle[properties.length];
            for (int i = 0; i < setters.length; i++) {
                setters[i] = properties[i].setter();
            }
        }

        @Override
        public Object read(Kryo kryo, PayloadInput in) throws Throwable {
            Object object = instantiator.newInstance();
            for (int i = 0; i < setters.length; i++) {
                properties[i].readInto(object, setters[i], kryo, in);
            }
            return object;
        }
    }
}
