package io.crema.testkit;

import io.crema.ReadConsistency;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes what one service instance read, wrote and invalidated to a file for {@link StalenessChecker}, in about 12
 * bytes an event.
 *
 * <p>All times are {@link System#nanoTime()}. They are compared between the histories of several processes, which holds
 * where that clock is one for all processes of a host, as on Linux (CLOCK_MONOTONIC), macOS and Windows; the checker
 * refuses to judge histories of different hosts together.
 *
 * <p>Thread-safe, by a lock held while some bytes are encoded, and while 16 KiB are handed to the operating system once
 * that many have come together. Threads that record more than a few million events a second take a writer each: a
 * checker takes any number of histories. Methods that record throw {@link UncheckedIOException} when the file cannot be
 * written.
 */
public final class HistoryWriter implements Closeable {

    /** Tells processes apart, also those of containers, which all may have the same number. */
    private static final long PROCESS = UUID.randomUUID().getMostSignificantBits();

    private final OutputStream out;
    private final byte[] block = new byte[HistoryFormat.MAX_BLOCK_BYTES];
    private int length;
    private int blockEvents;
    private long lastStart;
    private long events;
    private boolean closed;

    private HistoryWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Starts a history in a new file.
     *
     * @param instance the name of the instance in reports. Histories of one name that one process wrote are of one
     *     instance: what it wrote and read by one of them counts for the others
     * @throws java.nio.file.FileAlreadyExistsException if the file is there: a history is never overwritten
     */
    public static HistoryWriter create(Path file, String instance) throws IOException {
        return create(file, new HistoryHeader(instance, PROCESS, HostClock.now()));
    }

    static HistoryWriter create(Path file, HistoryHeader header) throws IOException {
        byte[] bytes = header.bytes();
        OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            out.write(bytes);
        } catch (IOException | RuntimeException e) {
            out.close();
            throw e;
        }
        return new HistoryWriter(out);
    }

    /**
     * A read returned a version of a key, {@link ReadConsistency#BOUNDED}. It started and ended at these times, both taken
     * around the read.
     */
    public void read(long key, long version, long startNanos, long endNanos, ReadTier tier) {
        read(key, version, startNanos, endNanos, tier, ReadConsistency.BOUNDED);
    }

    /** As {@link #read(long, long, long, long, ReadTier)}, for a read that was promised more, or less. */
    public void read(
            long key, long version, long startNanos, long endNanos, ReadTier tier, ReadConsistency consistency) {
        record(HistoryFormat.kindOf(tier, consistency), key, version, startNanos, endNanos);
    }

    /** A version of a key was committed to the origin by a call that lasted from the one time to the other. */
    public void written(long key, long version, long startNanos, long endNanos) {
        record(HistoryFormat.WRITTEN, key, version, startNanos, endNanos);
    }

    /**
     * The invalidation for a version of a key, called for after its commit, was acknowledged. One that failed is not
     * recorded.
     */
    public void invalidated(long key, long version, long startNanos, long ackNanos) {
        record(HistoryFormat.INVALIDATED, key, version, startNanos, ackNanos);
    }

    private synchronized void record(int kind, long key, long version, long startNanos, long endNanos) {
        if (closed) {
            throw new IllegalStateException("The history is closed");
        }
        if (length + HistoryFormat.MAX_EVENT_BYTES > block.length) {
            flush();
        }
        block[length++] = (byte) kind;
        number(key);
        number(version);
        number(startNanos - lastStart);
        number(endNanos - startNanos);
        lastStart = startNanos;
        blockEvents++;
        events++;
    }

    private void number(long value) {
        long rest = HistoryFormat.zigzag(value);
        while ((rest & ~0x7FL) != 0) {
            block[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        block[length++] = (byte) rest;
    }

    /** Hands all events recorded so far to the operating system: they survive if the process is killed. */
    public synchronized void flush() {
        if (length == 0) {
            return;
        }
        ByteBuffer header = ByteBuffer.allocate(HistoryFormat.BLOCK_HEADER_BYTES)
                .putInt(length)
                .putInt(blockEvents)
                .putInt(HistoryFormat.crc(block, length));
        try {
            out.write(header.array());
            out.write(block, 0, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        length = 0;
        blockEvents = 0;
        lastStart = 0;
    }

    /** Writes the end, without which a file counts as cut short. Idempotent. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (out) {
            flush();
            ByteBuffer end =
                    ByteBuffer.allocate(HistoryFormat.END_BYTES).putInt(0).putLong(events);
            end.putInt(HistoryFormat.crc(end.array(), 12));
            out.write(end.array());
        }
    }
}
