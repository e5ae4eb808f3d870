package io.crema.architecture;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes what users of a module can see of its types: one block a type, its public and protected members below it,
 * sorted, so that the same classes give the same text on every JDK. Parameter names are left out: they bind nobody.
 */
final class ApiListing {

    private ApiListing() {}

    static String of(Stream<Class<?>> types) {
        return types.filter(ApiListing::isVisible)
                .sorted(Comparator.comparing(Class::getName))
                .map(ApiListing::block)
                .collect(joining("\n"));
    }

    private static boolean isVisible(Class<?> type) {
        if (type.isSynthetic() || type.isAnonymousClass() || type.isLocalClass()) {
            return false;
        }
        Class<?> outer = type.getDeclaringClass();
        return isVisible(type.getModifiers()) && (outer == null || isVisible(outer));
    }

    private static boolean isVisible(Member member) {
        return !member.isSynthetic() && isVisible(member.getModifiers());
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static String block(Class<?> type) {
        return header(type) + "\n"
                + members(type)
                        .sorted()
                        .map(line -> "    " + line.text() + "\n")
                        .collect(joining());
    }

    private static String header(Class<?> type) {
        StringBuilder header = new StringBuilder(modifiers(type));
        header.append(kind(type)).append(type.getName()).append(TypeText.parameters(type.getTypeParameters()));
        if (type.isRecord()) {
            header.append(Arrays.stream(type.getRecordComponents())
                    .map(ApiListing::component)
                    .collect(joining(", ", "(", ")")));
        }
        AnnotatedType parent = type.getAnnotatedSuperclass();
        if (parent != null && parent.getType() != Object.class && !type.isEnum() && !type.isRecord()) {
            header.append(" extends ").append(TypeText.of(parent));
        }
        AnnotatedType[] interfaces = type.getAnnotatedInterfaces();
        if (interfaces.length > 0) {
            header.append(type.isInterface() ? " extends " : " implements ").append(TypeText.list(interfaces));
        }
        if (type.isSealed() && !type.isEnum()) {
            header.append(" permits ")
                    .append(Arrays.stream(type.getPermittedSubclasses())
                            .map(Class::getName)
                            .sorted()
                            .collect(joining(", ")));
        }
        return header.toString();
    }

    private static String modifiers(Class<?> type) {
        int shown = Modifier.PUBLIC | Modifier.PROTECTED;
        if (!type.isInterface() && !type.isRecord() && !type.isEnum()) {
            shown |= Modifier.ABSTRACT | Modifier.FINAL;
        }
        String words = Modifier.toString(type.getModifiers() & shown) + " ";
        return type.isSealed() && !type.isEnum() ? words + "sealed " : words;
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface ";
        }
        if (type.isInterface()) {
            return "interface ";
        }
        if (type.isEnum()) {
            return "enum ";
        }
        return type.isRecord() ? "record " : "class ";
    }

    private static String component(RecordComponent component) {
        return TypeText.of(component.getAnnotatedType()) + " " + component.getName();
    }

    private static Stream<Line> members(Class<?> type) {
        List<Line> lines = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            if (isVisible((Member) field)) {
                lines.add(new Line(field.getName(), field(field)));
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isVisible((Member) constructor) && !isImplied(constructor)) {
                lines.add(new Line("", modifiers(constructor) + "new" + signature(constructor)));
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (isVisible((Member) method) && !isImplied(method)) {
                lines.add(new Line(method.getName(), method(method)));
            }
        }
        return lines.stream();
    }

    /** A record's components are in its header. */
    private static boolean isImplied(Constructor<?> constructor) {
        Class<?> type = constructor.getDeclaringClass();
        return type.isRecord()
                && Arrays.equals(
                        constructor.getParameterTypes(),
                        Arrays.stream(type.getRecordComponents())
                                .map(RecordComponent::getType)
                                .toArray());
    }

    /** What every object, every enum or the record with this header has. */
    private static boolean isImplied(Method method) {
        Class<?> type = method.getDeclaringClass();
        boolean ofObject = Arrays.stream(Object.class.getMethods()).anyMatch(other -> sameCall(method, other));
        boolean ofEnum = type.isEnum()
                && Modifier.isStatic(method.getModifiers())
                && (method.getName().equals("values") || method.getName().equals("valueOf"));
        boolean ofRecord = type.isRecord()
                && Arrays.stream(type.getRecordComponents())
                        .anyMatch(component -> component.getAccessor().equals(method));
        return ofObject || ofEnum || ofRecord;
    }

    private static boolean sameCall(Method one, Method other) {
        return one.getName().equals(other.getName())
                && Arrays.equals(one.getParameterTypes(), other.getParameterTypes());
    }

    private static String field(Field field) {
        return field.isEnumConstant()
                ? field.getName()
                : modifiers(field) + TypeText.of(field.getAnnotatedType()) + " " + field.getName();
    }

    private static String method(Method method) {
        String defaults = method.isDefault() ? "default " : "";
        TypeVariable<Method>[] parameters = method.getTypeParameters();
        String generic = parameters.length == 0 ? "" : TypeText.parameters(parameters) + " ";
        return modifiers(method)
                + defaults
                + generic
                + TypeText.of(method.getAnnotatedReturnType())
                + " "
                + method.getName()
                + signature(method);
    }

    private static String signature(Executable executable) {
        String parameters = Arrays.stream(executable.getParameters())
                .map(ApiListing::parameter)
                .collect(joining(", ", "(", ")"));
        AnnotatedType[] thrown = executable.getAnnotatedExceptionTypes();
        return thrown.length == 0 ? parameters : parameters + " throws " + TypeText.list(thrown);
    }

    private static String parameter(Parameter parameter) {
        String text = TypeText.of(parameter.getAnnotatedType());
        return parameter.isVarArgs() ? text.substring(0, text.length() - 2) + "..." : text;
    }

    /** Without those that every member of an interface has. */
    private static String modifiers(Member member) {
        int shown = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL;
        if (member.getDeclaringClass().isInterface()) {
            shown = Modifier.STATIC;
        }
        String words = Modifier.toString(member.getModifiers() & shown);
        return words.isEmpty() ? "" : words + " ";
    }

    /** Sorted by name, then by text, which tells overloads apart. */
    private record Line(String name, String text) implements Comparable<Line> {

        @Override
        public int compareTo(Line other) {
            return Comparator.comparing(Line::name).thenComparing(Line::text).compare(this, other);
        }
    }
}
