package io.crema.redis.codec;

import com.esotericsoftware.kryo.util.IntMap;
import io.crema.spi.CodecException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The classes that one codec writes and reads. Immutable once built; shared by all threads. */
final class ClassTable {

    private static final JdkClasses JDK = JdkClasses.instance();

    private final Map<Class<?>, ClassEntry> byClass = new IdentityHashMap<>(JDK.byClass());
    private final IntMap<ClassEntry> byFingerprint = new IntMap<>();
    private final List<Class<?>> registered = new ArrayList<>();
    private final List<Class<?>> asked;
    private final ToIntFunction<String> fingerprints;

    private ClassTable(List<Class<?>> asked, ToIntFunction<String> fingerprints) {
        this.asked = asked;
        this.fingerprints = fingerprints;
    }

    /**
     * @param asked the classes to register; the permitted subclasses of sealed ones come with them
     * @param fingerprints from the description of a shape to its fingerprint
     * @throws IllegalArgumentException if a class cannot be registered, or two have one fingerprint
     */
    static ClassTable of(List<Class<?>> asked, ToIntFunction<String> fingerprints) {
        ClassTable table = new ClassTable(List.copyOf(asked), fingerprints);
        for (Class<?> type : table.asked) {
            table.register(type);
        }
        return table;
    }

    private void register(Class<?> type) {
        if (type.isArray()) {
            register(type.getComponentType());
            return;
        }
        if (type.isPrimitive() || type == Object.class || byClass.containsKey(type)) {
            return;
        }
        RegistrationRules.check(type);
        Shape shape = RegistrationRules.isContainer(type) ? Shape.ofContainer(type) : Shape.of(type);
        int fingerprint = fingerprints.applyAsInt(shape.text());
        ClassEntry taken = byFingerprint.get(fingerprint);
        if (taken != null) {
            throw new IllegalArgumentException(taken.type().getName() + " and " + type.getName()
                    + " have the same fingerprint by accident: rename a field of one of them");
        }
        ClassEntry entry =
                ClassEntry.registered(registered.size(), fingerprint, type, RegistrationRules.serializer(type, shape));
        registered.add(type);
        byClass.put(type, entry);
        byFingerprint.put(fingerprint, entry);
        if (type.isSealed() && !type.isEnum()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                register(permitted);
            }
        }
    }

    int registeredCount() {
        return registered.size();
    }

    /** @throws CodecException if the class is not registered */
    ClassEntry entry(Class<?> type) {
        ClassEntry entry = byClass.get(type);
        if (entry == null) {
            entry = related(type);
        }
        if (entry == null) {
            throw new CodecException(unregistered(type));
        }
        return entry;
    }

    /** Classes that stand for another: a constant with a body for its enum, and what has many private classes. */
    private @Nullable ClassEntry related(Class<?> type) {
        if (type.isArray()) {
            return JDK.array();
        } else if (EnumSet.class.isAssignableFrom(type)) {
            return JDK.enumSet();
        } else if (Enum.class.isAssignableFrom(type) && !type.isEnum()) {
            return byClass.get(type.getSuperclass());
        }
        return null;
    }

    /** @throws CodecException if no registered class has it: a class unknown here, or another shape of a known one */
    ClassEntry byFingerprint(int fingerprint) {
        ClassEntry entry = byFingerprint.get(fingerprint);
        if (entry == null) {
            throw new CodecException("The payload holds a class of an unknown fingerprint "
                    + Integer.toHexString(fingerprint) + ": not registered here, or its fields were others when it"
                    + " was written");
        }
        return entry;
    }

    /** @throws CodecException if there is no such number */
    ClassEntry builtIn(int id) {
        return JDK.byId(id);
    }

    /** The registered enums and those of the JDK. */
    List<Class<?>> enums() {
        return byClass.keySet().stream().filter(Class::isEnum).collect(Collectors.toList());
    }

    private String unregistered(Class<?> found) {
        boolean constantWithBody = Enum.class.isAssignableFrom(found) && !found.isEnum() && found != Enum.class;
        Class<?> type = constantWithBody ? found.getSuperclass() : found;
        String advice = RegistrationRules.whyNot(type);
        if (advice != null) {
            return advice;
        }
        List<Class<?>> wanted = new ArrayList<>(asked);
        wanted.add(type);
        return type.getName() + " is not registered: use "
                + wanted.stream()
                        .distinct()
                        .map(c -> RegistrationRules.sourceName(c) + ".class")
                        .collect(Collectors.joining(", ", "KryoCodec.of(", ")"));
    }
}
