package io.crema.spring.internal;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.ResolvableType;

/** The names of the classes that cached methods say they return, with those of elements and type arguments. Thread-safe. */
public final class CachedTypes {

    private final Set<String> names = ConcurrentHashMap.newKeySet();

    void add(Method method) {
        add(ResolvableType.forMethodReturnType(method));
    }

    private void add(ResolvableType type) {
        if (type.isArray()) {
            add(type.getComponentType());
            return;
        }
        Class<?> found = type.resolve();
        if (found != null && !found.isPrimitive() && found.getModule() != Object.class.getModule()) {
            names.add(found.getName());
        }
        for (ResolvableType argument : type.getGenerics()) {
            add(argument);
        }
    }

    public boolean contains(String className) {
        return names.contains(className);
    }
}
