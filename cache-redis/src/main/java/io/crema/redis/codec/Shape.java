package io.crema.redis.codec;

import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What must be the same on both sides for the bytes of a class to be readable: its name, its kind and, for a class with
 * fields, the name and generic type of each. The order in which fields are declared does not matter.
 *
 * @param text the description that the fingerprint is taken of
 * @param fields the fields in the order of the payload: superclasses first, then by name
 */
record Shape(String text, List<Field> fields) {

    static Shape of(Class<?> type) {
        if (type.isEnum()) {
            return new Shape("enum " + type.getName(), List.of());
        }
        List<Class<?>> lineage = lineage(type);
        List<Field> fields = new ArrayList<>();
        StringBuilder text = new StringBuilder(type.isRecord() ? "record " : "class ").append(type.getName());
        for (Class<?> declaring : lineage) {
            if (declaring != type) {
                text.append(" extends ").append(declaring.getName());
            }
            List<Field> own = Arrays.stream(declaring.getDeclaredFields())
                    .filter(field -> !Modifier.isStatic(field.getModifiers()))
                    .filter(field -> !Modifier.isTransient(field.getModifiers()))
                    .sorted(Comparator.comparing(Field::getName))
                    .toList();
            fields.addAll(own);
            own.forEach(field -> text.append(' ')
                    .append(declaring == type ? "" : declaring.getName() + ".")
                    .append(field.getName())
                    .append(':')
                    .append(field.getType().getName())
                    .append('=')
                    .append(render(field.getGenericType())));
        }
        if (type.getGenericSuperclass() instanceof ParameterizedType parent) {
            text.append(" of ").append(render(parent));
        }
        return new Shape(text.toString(), List.copyOf(fields));
    }

    /** A container that is filled through its own methods has no fields that count. */
    static Shape ofContainer(Class<?> type) {
        return new Shape("container " + type.getName(), List.of());
    }

    /** The first four bytes of the SHA-256 of a description. */
    static int fingerprint(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getInt();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256", e);
        }
    }

    private static List<Class<?>> lineage(Class<?> type) {
        List<Class<?>> lineage = new ArrayList<>();
        for (Class<?> c = type; c != null && c != Object.class && c != Record.class; c = c.getSuperclass()) {
            lineage.add(c);
        }
        Collections.reverse(lineage);
        return lineage;
    }

    /** Not {@code getTypeName()}: its text is not specified, and this one must never change. */
    private static String render(Type type) {
        if (type instanceof Class<?> c) {
            return c.getName();
        } else if (type instanceof ParameterizedType parameterized) {
            return render(parameterized.getRawType()) + "<" + render(parameterized.getActualTypeArguments()) + ">";
        } else if (type instanceof TypeVariable<?> variable) {
            return variable.getName();
        } else if (type instanceof GenericArrayType array) {
            return render(array.getGenericComponentType()) + "[]";
        } else if (type instanceof WildcardType wildcard) {
            return "?" + render(wildcard.getUpperBounds()) + "^" + render(wildcard.getLowerBounds());
        }
        throw new IllegalArgumentException("A type of an unknown kind: " + type);
    }

    private static String render(Type[] types) {
        return Arrays.stream(types).map(Shape::render).collect(Collectors.joining(","));
    }
}
