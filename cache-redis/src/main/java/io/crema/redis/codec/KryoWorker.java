package io.crema.redis.codec;

import com.esotericsoftware.kryo.Kryo;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A Kryo with its input and output. Used by one thread at a time, and never again after a failure. */
final class KryoWorker {

    private static final int FIRST_BUFFER = 512;
    private static final int LARGEST_KEPT_BUFFER = 64 * 1024;

    private final Kryo kryo;
    private final PayloadInput in = new PayloadInput();
    private final PayloadOutput out = new PayloadOutput(FIRST_BUFFER);
    private byte[] buffer = new byte[FIRST_BUFFER];

    KryoWorker(ClassTable table) {
        this.kryo = new Kryo(new PayloadClasses(table), null);
        kryo.setOptimizedGenerics(false); // it would leave out the classes of elements, which tell their shape
    }

    byte[] encode(Object value, int maxBytes) {
        out.setBuffer(buffer.length <= maxBytes ? buffer : new byte[maxBytes], maxBytes);
        kryo.writeClassAndObject(out, value);
        byte[] bytes = out.toBytes();
        byte[] used = out.getBuffer();
        if (used.length > buffer.length && used.length <= LARGEST_KEPT_BUFFER) {
            buffer = used;
        }
        return bytes;
    }

    /** @return the object, and how many bytes it left in {@link #unread()} */
    @Nullable
    Object decode(ByteBuffer bytes) {
        in.setBuffer(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        return kryo.readClassAndObject(in);
    }

    /** The bytes that the last decoded object left. */
    int unread() {
        return in.remaining();
    }

    /** Lets go of the payload and of a large buffer. */
    void rest() {
        in.clear();
        out.setBuffer(buffer);
    }
}
