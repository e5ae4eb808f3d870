package io.crema.redis.codec;

import com.esotericsoftware.kryo.util.IntMap;
import io.crema.spi.CodecException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The classes that one codec writes and reads: those that were registered, or, of a codec that names classes, those that
 * have been met and are allowed. Thread-safe.
 */
final class ClassTable {

    private static final JdkClasses JDK = JdkClasses.instance();

    private final Map<Class<?>, ClassEntry> byClass = new ConcurrentHashMap<>(JDK.byClass());
    private final IntMap<ClassEntry> byFingerprint = new IntMap<>();
    private final Map<String, ClassEntry> byName = new ConcurrentHashMap<>();
    private final List<Class<?>> registered = new CopyOnWriteArrayList<>();
    private final List<Class<?>> asked;
    private final @Nullable AllowedClasses allowed;
    private final ToIntFunction<String> fingerprints;

    private ClassTable(List<Class<?>> asked, @Nullable AllowedClasses allowed, ToIntFunction<String> fingerprints) {
        this.asked = asked;
        this.allowed = allowed;
        this.fingerprints = fingerprints;
    }

    /** One that grows by what it meets and may have. */
    static ClassTable named(AllowedClasses allowed) {
        return new ClassTable(List.of(), allowed, Shape::fingerprint);
    }

    /** Whether payloads name their classes. */
    boolean isNamed() {
        return allowed != null;
    }

    /**
     * @param asked the classes to register; the permitted subclasses of sealed ones come with them
     * @param fingerprints from the description of a shape to its fingerprint
     * @throws IllegalArgumentException if a class cannot be registered, or two have one fingerprint
     */
    static ClassTable of(List<Class<?>> asked, ToIntFunction<String> fingerprints) {
        ClassTable table = new ClassTable(List.copyOf(asked), null, fingerprints);
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
        ClassEntry entry = newEntry(type);
        ClassEntry taken = byFingerprint.get(entry.fingerprint());
        if (taken != null) {
            throw new IllegalArgumentException(taken.type().getName() + " and " + type.getName()
                    + " have the same fingerprint by accident: rename a field of one of them");
        }
        add(entry);
        byFingerprint.put(entry.fingerprint(), entry);
        if (type.isSealed() && !type.isEnum()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                register(permitted);
            }
        }
    }

    private ClassEntry newEntry(Class<?> type) {
        Shape shape = RegistrationRules.isContainer(type) ? Shape.ofContainer(type) : Shape.of(type);
        return ClassEntry.registered(
                registered.size(),
                fingerprints.applyAsInt(shape.text()),
                type,
                RegistrationRules.serializer(type, shape));
    }

    /** Its ordinal is its index. */
    private void add(ClassEntry entry) {
        registered.add(entry.type());
        byName.put(entry.type().getName(), entry);
        byClass.put(entry.type(), entry);
    }

    /** The entry of a class that a codec with names meets for the first time. */
    private synchronized ClassEntry met(Class<?> type, AllowedClasses mayHave) {
        ClassEntry present = byClass.get(type);
        if (present != null) {
            return present;
        }
        String fault = RegistrationRules.whyNot(type);
        if (fault != null) {
            throw new CodecException(fault);
        }
        mayHave.require(type.getName());
        try {
            ClassEntry entry = newEntry(type);
            add(entry);
            return entry;
        } catch (IllegalArgumentException e) {
            throw new CodecException(type.getName() + " cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * The class of a name that was read. It is not even loaded unless it is allowed, and not initialised before its first
     * object is made.
     *
     * @throws CodecException if there is no such class here, or it is not allowed
     */
    ClassEntry byName(String name) {
        ClassEntry present = byName.get(name);
        if (present != null) {
            return present;
        }
        AllowedClasses mayHave = Objects.requireNonNull(allowed);
        mayHave.require(name);
        try {
            return entry(mayHave.load(name));
        } catch (ClassNotFoundException | LinkageError e) {
            throw new CodecException("The payload holds a " + name + ", which cannot be loaded here: " + e, e);
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
        if (entry == null && allowed != null) {
            entry = met(type, allowed);
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
            return allowed == null ? byClass.get(type.getSuperclass()) : entry(type.getSuperclass());
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
