package io.crema.redis.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import io.crema.spi.CodecException;
import java.lang.reflect.Array;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An array of objects: dimensions below it, the innermost type, then the elements. */
final class ArraySerializer extends PayloadSerializer<Object[]> {

    @Override
    void write(Kryo kryo, PayloadOutput out, Object[] array) {
        Class<?> innermost = array.getClass().getComponentType();
        int dimensions = 0;
        while (innermost.isArray() && !innermost.getComponentType().isPrimitive()) {
            innermost = innermost.getComponentType();
            dimensions++;
        }
        out.writeByte(dimensions);
        kryo.writeClass(out, innermost);
        Containers.writeElements(kryo, out, Arrays.asList(array));
    }

    @Override
    Object[] read(Kryo kryo, PayloadInput in) {
        int dimensions = in.readByteUnsigned();
        Registration innermost = kryo.readClass(in);
        if (innermost == null) {
            throw new CodecException("The payload names no type for an array");
        }
        Class<?> component = innermost.getType();
        for (int i = 0; i < dimensions; i++) {
            component = component.arrayType();
        }
        @Nullable Object[] elements = Containers.readElements(kryo, in);
        Object[] array = (Object[]) Array.newInstance(component, elements.length);
        System.arraycopy(elements, 0, array, 0, elements.length); // a wrong type is an ArrayStoreException
        return array;
    }
}
