package io.crema.scenarios;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** What is cached: 200 bytes that say of which key they are and when they were made, by {@link System#nanoTime()}. */
final class Value {

    static final int BYTES = 200;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Value() {}

    static byte[] of(String key, long madeAt) {
        byte[] value = new byte[BYTES];
        LONG.set(value, 0, (long) key.hashCode());
        LONG.set(value, Long.BYTES, madeAt);
        return value;
    }

    static boolean isOf(String key, byte[] value) {
        return value.length == BYTES && (long) LONG.get(value, 0) == key.hashCode();
    }

    static long madeAt(byte[] value) {
        return (long) LONG.get(value, Long.BYTES);
    }
}
