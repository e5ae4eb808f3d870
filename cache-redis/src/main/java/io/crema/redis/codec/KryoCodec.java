package io.crema.redis.codec;

import com.esotericsoftware.kryo.io.KryoBufferOverflowException;
import io.crema.spi.Codec;
import io.crema.spi.CodecException;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Values as compact binary, by Kryo, of registered classes only.
 *
 * <p><b>What can be stored.</b> Registered classes: records, enums, plain classes (all fields but static and transient
 * ones, those of superclasses too), collections and maps with a constructor that takes nothing. A sealed type brings
 * its permitted subclasses; an array or interface is registered by its element or by the classes behind it. Without
 * being named: String, the boxed primitives, BigDecimal, BigInteger, UUID, Date, Currency, Locale, URI, the values of
 * java.time, Optional and its primitive forms, ChronoUnit, TimeUnit, arrays, and of java.util ArrayList, LinkedList,
 * ArrayDeque, HashSet, LinkedHashSet, TreeSet, HashMap, LinkedHashMap, TreeMap, EnumSet, EnumMap, {@code
 * Arrays.asList}, what {@code List.of}, {@code Set.of}, {@code Map.of} and {@code Stream.toList} return, map entries,
 * and the empty, singleton and unmodifiable forms of {@code Collections}. Comparators are kept if they are the natural
 * or reverse order, {@code String.CASE_INSENSITIVE_ORDER}, or of a registered class.
 *
 * <p><b>What comes back</b> is equal to what was stored. Records are made by their canonical constructor, classes by
 * their constructor without parameters or, without one, by none. An object that is referred to twice comes back as two;
 * a cycle, or nesting deeper than 256 levels, is refused when it is written. Annotations and interfaces of Kryo on the
 * classes are not consulted.
 *
 * <p><b>When a class changes.</b> Each class is known by a fingerprint of its name and of the names and generic types
 * of its fields. The order of the arguments of {@link #of}, more classes, the order of fields, other methods, and new
 * or reordered enum constants keep stored bytes readable. A field that is added, removed, renamed or given another
 * type, another superclass, another name or kind of the class make the stored values of that class unreadable: a miss
 * and a load, never a wrong value. Two versions that run side by side then miss on each other's entries. (Two shapes
 * have one fingerprint by a chance of one in four billion.)
 *
 * <p><b>Bytes that are not trusted</b> name no class that was not registered, start no Java deserialization, and make
 * the codec allocate no more than a multiple of their length. A registered class runs its own constructors, {@code
 * hashCode} and {@code compareTo}.
 *
 * <p>Thread-safe, also for virtual threads. An idle codec keeps at most two workers for each processor, of about 64 KiB
 * at most each beside their tables.
 *
 * @param <V> the type of the values
 */
public final class KryoCodec<V> implements Codec<V> {

    private static final byte REGISTERED = 1;
    private static final byte NAMED = 8;

    /** More than Redis values should ever have; the arithmetic of the buffers holds below it. */
    private static final int LARGEST_PAYLOAD = 1 << 28;

    private final byte id;
    private final Class<V> type;
    private final KryoPool pool;

    private KryoCodec(byte id, Class<V> type, ClassTable table) {
        this.id = id;
        this.type = type;
        this.pool = new KryoPool(table);
    }

    /**
     * A codec for values of one type. Build it once for each cache and keep it: building costs milliseconds.
     *
     * @param type the type of the values: a class, an interface, {@code Object}
     * @param more the classes of the objects that values hold, and those behind interfaces; the order does not matter
     * @throws IllegalArgumentException if objects of one of the classes could not be read back as they were
     */
    public static <V> KryoCodec<V> of(Class<V> type, Class<?>... more) {
        List<Class<?>> classes = new ArrayList<>(List.of(more));
        classes.add(0, type);
        return new KryoCodec<>(REGISTERED, wrapped(type), ClassTable.of(classes, Shape::fingerprint));
    }

    /**
     * A codec for values of any allowed class, for applications that do not list their classes. Payloads carry the name of
     * each class once, which makes them longer than those of {@link #of}; otherwise all that is said above holds, with
     * "allowed" for "registered". The order in which classes are met does not matter.
     */
    public static KryoCodec<Object> named(AllowedClasses allowed) {
        return new KryoCodec<>(NAMED, Object.class, ClassTable.named(allowed));
    }

    @SuppressWarnings("unchecked") // int.class is a Class<Integer>
    private static <V> Class<V> wrapped(Class<V> type) {
        return (Class<V>) MethodType.methodType(type).wrap().returnType();
    }

    @Override
    public byte id() {
        return id;
    }

    @Override
    public byte[] encode(V value, int maxBytes) {
        if (!type.isInstance(value)) {
            throw new CodecException("A " + value.getClass().getName() + " was given to " + this);
        }
        KryoWorker worker = pool.take();
        byte[] bytes;
        try {
            bytes = worker.encode(value, Math.min(maxBytes, LARGEST_PAYLOAD));
        } catch (KryoBufferOverflowException e) {
            throw new CodecException(
                    "A " + value.getClass().getName() + " is larger than the limit of " + maxBytes
                            + " bytes; store smaller values or raise the limit of the remote tier",
                    e);
        } catch (CodecException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            throw new CodecException("A " + value.getClass().getName() + " cannot be encoded: " + e, e);
        }
        pool.giveBack(worker);
        return bytes;
    }

    @Override
    public V decode(ByteBuffer bytes) {
        KryoWorker worker = pool.take();
        Object value;
        int unread;
        try {
            value = worker.decode(bytes);
            unread = worker.unread();
        } catch (CodecException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            throw new CodecException(bytes.remaining() + " bytes are no " + type.getName() + ": " + e, e);
        }
        if (unread != 0) {
            throw new CodecException(unread + " bytes are left after a " + type.getName());
        } else if (!type.isInstance(value)) {
            throw new CodecException("Expected a " + type.getName() + ", found "
                    + (value == null ? "null" : "a " + value.getClass().getName()));
        }
        pool.giveBack(worker);
        return type.cast(value);
    }

    @Override
    public String toString() {
        return "KryoCodec[" + type.getName() + "]";
    }
}
