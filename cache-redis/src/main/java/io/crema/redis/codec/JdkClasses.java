package io.crema.redis.codec;

import io.crema.spi.CodecException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The classes that every codec knows, by number. A number belongs to one form for ever: to change a form, add a number
 * and keep reading the old one. Numbers up to 61 take one byte in a payload.
 */
final class JdkClasses {

    private static final JdkClasses INSTANCE = new JdkClasses();

    private final Map<Class<?>, ClassEntry> byClass = new IdentityHashMap<>();
    private final List<@Nullable ClassEntry> byId = new ArrayList<>();

    private JdkClasses() {
        JdkScalars.addTo(this);
        JdkTimes.addTo(this);
        JdkContainers.addTo(this);
    }

    static JdkClasses instance() {
        return INSTANCE;
    }

    /**
     * @param classes all that are written under this number; what is read back is equal, not always of the same class
     */
    void add(int id, PayloadSerializer<?> serializer, Class<?>... classes) {
        ClassEntry entry = ClassEntry.builtIn(id, classes[0], serializer);
        while (byId.size() <= id) {
            byId.add(null);
        }
        if (byId.set(id, entry) != null) {
            throw new IllegalStateException("Two JDK classes have the number " + id);
        }
        for (Class<?> type : classes) {
            byClass.putIfAbsent(type, entry); // on some JDKs two of the classes are one
        }
    }

    Map<Class<?>, ClassEntry> byClass() {
        return byClass;
    }

    /** @throws CodecException if there is no such number */
    ClassEntry byId(int id) {
        ClassEntry entry = id >= 0 && id < byId.size() ? byId.get(id) : null;
        if (entry == null) {
            throw new CodecException("The payload holds a JDK class of the unknown number " + id);
        }
        return entry;
    }

    ClassEntry array() {
        return byId(JdkContainers.ARRAY);
    }

    ClassEntry enumSet() {
        return byId(JdkContainers.ENUM_SET);
    }
}
