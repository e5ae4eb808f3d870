package io.crema.testkit;

import io.crema.ReadConsistency;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a history file, front to back, in constant memory. */
final class HistoryReader {

    /** Receives the events of a history in the order in which they were recorded. */
    interface Events {

        void read(long key, long version, long startNanos, long endNanos, ReadTier tier, ReadConsistency consistency);

        void written(long key, long version, long startNanos, long endNanos);

        void invalidated(long key, long version, long startNanos, long ackNanos);
    }

    /** What was found at the end of a file. */
    enum Ending {
        COMPLETE,
        CUT_SHORT
    }

    private final Path file;
    private final DataInputStream in;
    private final Events events;
    private byte[] block = new byte[HistoryFormat.MAX_BLOCK_BYTES];
    private int at;
    private int length;

    private HistoryReader(Path file, DataInputStream in, Events events) {
        this.file = file;
        this.in = in;
        this.events = events;
    }

    /** @throws HistoryException if the file is not a history or is damaged */
    static Ending read(Path file, Events events) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            HistoryHeader.read(file, in);
            return new HistoryReader(file, in, events).blocks();
        }
    }

    /** @throws HistoryException if the file does not begin as a history does */
    static HistoryHeader header(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return HistoryHeader.read(file, in);
        }
    }

    private Ending blocks() throws IOException {
        long total = 0;
        try {
            for (int number = 1; ; number++) {
                length = in.readInt();
                if (length == 0) {
                    end(total);
                    return Ending.COMPLETE;
                }
                total += block(number);
            }
        } catch (EOFException e) {
            return Ending.CUT_SHORT;
        }
    }

    private int block(int number) throws IOException {
        int count = in.readInt();
        int crc = in.readInt();
        if (length < 0 || length > block.length) {
            throw new HistoryException(file + " is damaged: block " + number + " claims " + length + " bytes");
        }
        in.readFully(block, 0, length);
        if (crc != HistoryFormat.crc(block, length)) {
            throw new HistoryException(file + " is damaged: the checksum of block " + number + " does not match");
        }
        at = 0;
        long start = 0;
        for (int i = 0; i < count; i++) {
            start = event(start, number);
        }
        if (at != length) {
            throw new HistoryException(file + " is damaged: block " + number + " holds more than its events");
        }
        return count;
    }

    private long event(long lastStart, int number) {
        int kind = next();
        long key = number();
        long version = number();
        long start = lastStart + number();
        long end = start + number();
        if (HistoryFormat.isRead(kind)) {
            events.read(key, version, start, end, HistoryFormat.tierOf(kind), HistoryFormat.consistencyOf(kind));
        } else if (kind == HistoryFormat.WRITTEN) {
            events.written(key, version, start, end);
        } else if (kind == HistoryFormat.INVALIDATED) {
            events.invalidated(key, version, start, end);
        } else {
            throw new HistoryException(file + " is damaged: block " + number + " holds an event of kind " + kind);
        }
        return start;
    }

    private long number() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = next();
            value |= (next & 0x7FL) << shift;
            if (next < 0x80) {
                return HistoryFormat.unzigzag(value);
            }
        }
    }

    private int next() {
        if (at == length) {
            throw new HistoryException(file + " is damaged: an event runs over the end of its block");
        }
        return block[at++] & 0xFF;
    }

    private void end(long total) throws IOException {
        long claimed = in.readLong();
        ByteBuffer end = ByteBuffer.allocate(12).putInt(0).putLong(claimed);
        if (in.readInt() != HistoryFormat.crc(end.array(), end.capacity())) {
            throw new HistoryException(file + " is damaged: the checksum of its end does not match");
        }
        if (claimed != total) {
            throw new HistoryException(
                    file + " is damaged: it ends after " + total + " events, but should hold " + claimed);
        }
        if (in.read() != -1) {
            throw new HistoryException(file + " is damaged: there are bytes after its end");
        }
    }
}
