package io.crema.redis.codec;

import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;

/**
 * A class that may appear in a payload: a JDK class under a fixed number, or a registered one under its fingerprint.
 */
final class ClassEntry extends Registration {

    private static final int BUILT_IN = -1;

    private final int ordinal;
    private final int mark;

    private ClassEntry(Class<?> type, Serializer<?> serializer, int id, int ordinal, int mark) {
        super(type, serializer, id);
        this.ordinal = ordinal;
        this.mark = mark;
    }

    /** @param id the number in payloads; given once, never changed or used again */
    static ClassEntry builtIn(int id, Class<?> type, Serializer<?> serializer) {
        return new ClassEntry(type, serializer, id, BUILT_IN, id);
    }

    /** @param ordinal the index among the registered classes of one codec; never written */
    static ClassEntry registered(int ordinal, int fingerprint, Class<?> type, Serializer<?> serializer) {
        return new ClassEntry(type, serializer, ordinal, ordinal, fingerprint);
    }

    /** Refused: an entry is shared by all Kryo instances. */
    @Override
    @SuppressWarnings("rawtypes") // as it is declared
    public void setSerializer(Serializer serializer) {
        throw new UnsupportedOperationException("The serializer of " + type().getName() + " is fixed");
    }

    boolean isBuiltIn() {
        return ordinal == BUILT_IN;
    }

    int ordinal() {
        return ordinal;
    }

    int fingerprint() {
        return mark;
    }

    /** {@link #getType()} with its type argument. */
    Class<?> type() {
        return getType();
    }
}
