package io.crema.redis.codec;

import com.esotericsoftware.kryo.Serializer;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Which classes may be registered, and how each is written. */
final class RegistrationRules {

    private RegistrationRules() {}

    /** @throws IllegalArgumentException if objects of the class could not be read back as they were */
    static void check(Class<?> type) {
        String fault = whyNot(type);
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
    }

    /** Why a class cannot be registered, and what to do, or null if it can. */
    static @Nullable String whyNot(Class<?> type) {
        String name = type.getName();
        if (type.isHidden() || type.isSynthetic() || Proxy.isProxyClass(type)) {
            return name + " is a lambda or a generated class, which no other process has: cache plain data instead";
        } else if (type.isAnonymousClass() && !Enum.class.isAssignableFrom(type)) {
            return name + " is an anonymous class: cache a named class instead";
        } else if (type.isAnnotation()) {
            return name + " is an annotation: cache plain data instead";
        } else if (isAbstract(type) || Enum.class.isAssignableFrom(type)) {
            return null;
        } else if (isInner(type)) {
            return name + " is an inner class, which holds its outer object: make it static";
        } else if (isContainer(type)) {
            return whyNotContainer(type);
        }
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            if (isJdk(c) && (c == type || hasState(c))) {
                return (c == type ? name : name + " extends " + c.getName() + ", which")
                        + " is a JDK class without a form of its own in payloads: convert it to a type that has one"
                        + " (see the documentation of KryoCodec)";
            }
        }
        return null;
    }

    private static @Nullable String whyNotContainer(Class<?> type) {
        String name = type.getName();
        if (SortedSet.class.isAssignableFrom(type)
                || SortedMap.class.isAssignableFrom(type)
                || IdentityHashMap.class.isAssignableFrom(type)
                || Queue.class.isAssignableFrom(type) && !Deque.class.isAssignableFrom(type)) {
            return name
                    + " has an order or an equality of its own that would be lost: use a TreeSet, TreeMap, ArrayList"
                    + " or HashMap";
        }
        try {
            type.getDeclaredConstructor().setAccessible(true);
        } catch (NoSuchMethodException | InaccessibleObjectException e) {
            return name + " is a container without an accessible constructor that takes nothing: copy it into an"
                    + " ArrayList, HashSet or HashMap";
        }
        for (Class<?> c = type; c != null && !isJdk(c); c = c.getSuperclass()) {
            if (hasState(c)) {
                return name
                        + " is a container with fields of its own, which would be lost: hold it in a record instead";
            }
        }
        return null;
    }

    static Serializer<?> serializer(Class<?> type, Shape shape) {
        if (type.isEnum()) {
            return new EnumNameSerializer<>(type);
        } else if (isContainer(type)) {
            return Map.class.isAssignableFrom(type)
                    ? Containers.mapOf(type.asSubclass(Map.class))
                    : Containers.collectionOf(type.asSubclass(Collection.class));
        } else if (isAbstract(type)) {
            return new AbstractTypeSerializer(type);
        }
        return ObjectSerializer.of(type, shape);
    }

    static boolean isContainer(Class<?> type) {
        return !isAbstract(type) && (Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type));
    }

    /** The name as it is written in source code below the import. */
    static String sourceName(Class<?> type) {
        String canonical = type.getCanonicalName();
        String name = canonical == null ? type.getName() : canonical;
        String prefix = type.getPackageName() + ".";
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    private static boolean isAbstract(Class<?> type) {
        return type.isInterface() || Modifier.isAbstract(type.getModifiers()) && !type.isEnum();
    }

    private static boolean isInner(Class<?> type) {
        boolean mayHoldOuter = type.isMemberClass() || type.isLocalClass();
        return mayHoldOuter && !Modifier.isStatic(type.getModifiers()) && !type.isRecord();
    }

    private static boolean isJdk(Class<?> type) {
        String module = type.getModule().getName();
        return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
    }

    private static boolean hasState(Class<?> type) {
        for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
                return true;
            }
        }
        return false;
    }
}
