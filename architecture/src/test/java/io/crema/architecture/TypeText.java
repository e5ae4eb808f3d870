package io.crema.architecture;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Types as a reader of source writes them, nullness included; reflection's own text differs between JDKs. */
final class TypeText {

    private TypeText() {}

    static String of(AnnotatedType type) {
        StringBuilder dimensions = new StringBuilder();
        AnnotatedType element = type;
        while (element instanceof AnnotatedArrayType array) {
            dimensions.append(isNullable(array) ? " @Nullable []" : "[]");
            element = array.getAnnotatedGenericComponentType();
        }
        return (isNullable(element) ? "@Nullable " : "") + bare(element) + dimensions;
    }

    static String list(AnnotatedType[] types) {
        return Arrays.stream(types).map(TypeText::of).collect(joining(", "));
    }

    /** With the bounds that say something; empty without type parameters. */
    static String parameters(TypeVariable<?>[] variables) {
        if (variables.length == 0) {
            return "";
        }
        return Arrays.stream(variables).map(TypeText::parameter).collect(joining(", ", "<", ">"));
    }

    private static String parameter(TypeVariable<?> variable) {
        String bounds =
                Arrays.stream(variable.getAnnotatedBounds()).map(TypeText::of).collect(joining(" & "));
        return bounds.equals("Object") ? variable.getName() : variable.getName() + " extends " + bounds;
    }

    private static String bare(AnnotatedType type) {
        if (type instanceof AnnotatedParameterizedType generic) {
            Class<?> raw = (Class<?>) ((ParameterizedType) generic.getType()).getRawType();
            return name(raw) + "<" + list(generic.getAnnotatedActualTypeArguments()) + ">";
        }
        if (type instanceof AnnotatedWildcardType wildcard) {
            AnnotatedType[] lower = wildcard.getAnnotatedLowerBounds();
            String upper = list(wildcard.getAnnotatedUpperBounds());
            if (lower.length > 0) {
                return "? super " + list(lower);
            }
            return upper.isEmpty() || upper.equals("Object") ? "?" : "? extends " + upper;
        }
        return type.getType() instanceof Class<?> raw
                ? name(raw)
                : type.getType().getTypeName();
    }

    /** Without the package for java.lang, as in source. */
    private static String name(Class<?> type) {
        boolean implied = !type.isPrimitive() && type.getPackageName().equals("java.lang");
        return implied ? type.getName().substring("java.lang.".length()) : type.getName();
    }

    private static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }
}
