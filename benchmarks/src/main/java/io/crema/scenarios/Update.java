package io.crema.scenarios;

import java.nio.ByteBuffer;

/**
 * A value that says whose it is: of a writing thread, its so many-th for that key.
 *
 * @param writer number of the thread in the fleet
 * @param sequence from 1
 * @param begun when the write began, by {@link System#nanoTime()}
 */
record Update(int writer, long sequence, long begun) {

    static final int BYTES = 100;

    byte[] bytes() {
        return ByteBuffer.allocate(BYTES)
                .putInt(writer)
                .putLong(sequence)
                .putLong(begun)
                .array();
    }

    static Update of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Update(buffer.getInt(), buffer.getLong(), buffer.getLong());
    }
}
