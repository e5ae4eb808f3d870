package io.crema.redis.codec;

import com.esotericsoftware.kryo.ClassResolver;
import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.crema.spi.CodecException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a payload names the class of each object, as a varint: 0 is null; 1 is a class that is new to this payload, its
 * fingerprint follows in four bytes, and where payloads name classes, its name as a text; 2i + 2 is the i-th such class of
 * this payload; 2i + 3 is the JDK class of number i. A name that was read is looked up only if it is allowed. Not
 * thread-safe: part of one {@link KryoWorker}.
 */
@SuppressWarnings("rawtypes") // as the interface is declared
final class PayloadClasses implements ClassResolver {

    /** Levels of nesting: more are a cycle, or a chain that would end in a stack overflow. */
    static final int MAX_DEPTH = 256;

    private static final int NULL = 0;
    private static final int NEW = 1;

    private final ClassTable table;
    private int[] writtenInPayload;
    private int[] writtenIndex;
    private ClassEntry[] read;
    private int payload = 1;
    private int writtenCount;
    private int readCount;
    private @Nullable Kryo kryo;

    PayloadClasses(ClassTable table) {
        this.table = table;
        this.writtenInPayload = new int[table.registeredCount()];
        this.writtenIndex = new int[table.registeredCount()];
        this.read = new ClassEntry[table.registeredCount()];
    }

    @Override
    public void setKryo(Kryo kryo) {
        this.kryo = kryo;
    }

    @Override
    public @Nullable Registration writeClass(Output output, @Nullable Class type) {
        if (type == null) {
            output.writeByte(NULL);
            return null;
        }
        requireDepth();
        ClassEntry entry = table.entry(type);
        if (entry.isBuiltIn()) {
            output.writeVarInt(2 * entry.getId() + 3, true);
            return entry;
        }
        int ordinal = entry.ordinal();
        if (ordinal >= writtenInPayload.length) {
            writtenInPayload = Arrays.copyOf(writtenInPayload, 2 * ordinal + 8);
            writtenIndex = Arrays.copyOf(writtenIndex, 2 * ordinal + 8);
        }
        if (writtenInPayload[ordinal] == payload) {
            output.writeVarInt(2 * writtenIndex[ordinal] + 2, true);
        } else {
            writtenInPayload[ordinal] = payload;
            writtenIndex[ordinal] = writtenCount++;
            output.writeByte(NEW);
            output.writeInt(entry.fingerprint());
            if (table.isNamed()) {
                ((PayloadOutput) output).writeText(entry.type().getName());
            }
        }
        return entry;
    }

    @Override
    public @Nullable Registration readClass(Input input) {
        int mark = input.readVarInt(true);
        if (mark == NULL) {
            return null;
        }
        requireDepth();
        if (mark == NEW) {
            return readNew(input);
        }
        int index = (mark >>> 1) - 1;
        if ((mark & 1) != 0) {
            return table.builtIn(index);
        }
        if (index >= readCount) {
            throw new CodecException("Class " + index + " of the payload was not named before");
        }
        return read[index];
    }

    private ClassEntry readNew(Input input) {
        int fingerprint = input.readInt();
        ClassEntry entry =
                table.isNamed() ? named((PayloadInput) input, fingerprint) : table.byFingerprint(fingerprint);
        if (table.isNamed() && readCount == read.length) {
            read = Arrays.copyOf(read, 2 * readCount + 8);
        }
        if (readCount == read.length) {
            throw new CodecException(
                    "A class is named twice in one payload: " + entry.type().getName());
        }
        read[readCount++] = entry;
        return entry;
    }

    private ClassEntry named(PayloadInput input, int fingerprint) {
        ClassEntry entry = table.byName(input.readText());
        if (entry.isBuiltIn() || entry.fingerprint() != fingerprint) {
            throw new CodecException(
                    "The payload holds a " + entry.type().getName() + " whose fields were others when it was written");
        }
        return entry;
    }

    /** The enums that this codec knows. */
    List<Class<?>> enums() {
        return table.enums();
    }

    private void requireDepth() {
        if (kryo != null && kryo.getDepth() > MAX_DEPTH) {
            throw new CodecException(
                    "More than " + MAX_DEPTH + " levels of nesting: a value with a cycle or a long chain"
                            + " of references cannot be cached as it is, keep ids instead of references");
        }
    }

    @Override
    public void reset() {
        writtenCount = 0;
        readCount = 0;
        payload++;
        if (payload == 0) { // after four billion payloads an old mark could look new
            Arrays.fill(writtenInPayload, 0);
            payload = 1;
        }
    }

    /** Asked by the constructor of Kryo only, which would put serializers of its own into what it finds. */
    @Override
    public @Nullable Registration getRegistration(Class type) {
        return null;
    }

    /** What the constructor of Kryo brings is not kept: the table is complete as it is. */
    @Override
    public Registration register(Registration registration) {
        return registration;
    }

    @Override
    public @Nullable Registration unregister(int id) {
        return null;
    }

    @Override
    public Registration registerImplicit(Class type) {
        return table.entry(type);
    }

    @Override
    public @Nullable Registration getRegistration(int id) {
        return null;
    }
}
