package io.crema.coherence;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The origin of all instances: a version for each key, in a file that all processes of the host map into their memory. A
 * version is committed by one atomic instruction on the shared page, so reads and commits are linearizable over the
 * processes, cost nanoseconds, and survive the death of any process. Thread-safe.
 */
final class SharedVersions {

    /** What each key has in the beginning. Not 0, which caches may take for no version. */
    static final long INITIAL = 1;

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final MappedByteBuffer memory;
    private final int keys;

    private SharedVersions(MappedByteBuffer memory) {
        this.memory = memory;
        keys = memory.capacity() / Long.BYTES;
    }

    /** @throws java.nio.file.FileAlreadyExistsException if the file is there */
    static SharedVersions create(Path file, int keys) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer memory = channel.map(MapMode.READ_WRITE, 0, (long) keys * Long.BYTES);
            for (int key = 0; key < keys; key++) {
                LONG.setVolatile(memory, key * Long.BYTES, INITIAL);
            }
            return new SharedVersions(memory);
        }
    }

    /** @throws IOException if the file is not there or cannot be one */
    static SharedVersions open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (size == 0 || size % Long.BYTES != 0 || size > Integer.MAX_VALUE) {
                throw new IOException(file + " holds no versions: it has " + size + " bytes");
            }
            return new SharedVersions(channel.map(MapMode.READ_WRITE, 0, size));
        }
    }

    int keys() {
        return keys;
    }

    /** The newest version of a key. */
    long get(int key) {
        return (long) LONG.getVolatile(memory, key * Long.BYTES);
    }

    /** How many versions of all keys have been committed. */
    long commits() {
        long commits = 0;
        for (int key = 0; key < keys; key++) {
            commits += get(key) - INITIAL;
        }
        return commits;
    }

    /** Commits a new version of a key and returns it. */
    long commit(int key) {
        return (long) LONG.getAndAdd(memory, key * Long.BYTES, 1L) + 1;
    }
}
