package io.crema.testkit;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads a history file, front to back, in constant memory. */
final class HistoryReader {

    /** Receives the events of a history in the order in which they were recorded. */
    interface Events {

        void read(long key, long version, long startNanos, long endNanos, ReadTier tier);

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
            HistoryReader reader = new HistoryReader(file, in, events);
            reader.header();
            return reader.blocks();
        }
    }

    private void header() throws IOException {
        byte[] magic = in.readNBytes(HistoryFormat.MAGIC.length);
        if (!Arrays.equals(magic, HistoryFormat.MAGIC)) {
            throw new HistoryException(file + " is not a history: it does not start with \"CREMAHIS\"");
        }
        try {
            int format = in.readUnsignedByte();
            if (format != HistoryFormat.FORMAT) {
                throw new HistoryException(file + " is a history of format " + format + ", expected format "
                        + HistoryFormat.FORMAT + "; read it with the version of the test kit that wrote it");
            }
            byte[] name = new byte[in.readUnsignedShort()];
            in.readFully(name);
            ByteBuffer all = ByteBuffer.allocate(magic.length + 3 + name.length)
                    .put(magic)
                    .put((byte) format)
                    .putShort((short) name.length)
                    .put(name);
            if (in.readInt() != HistoryFormat.crc(all.array(), all.capacity())) {
                throw new HistoryException(file + " is damaged: the checksum of its header ("
                        + new String(name, StandardCharsets.UTF_8) + ") does not match");
            }
        } catch (EOFException e) {
            throw new HistoryException(file + " is cut short within its header");
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
        if (kind < HistoryFormat.TIERS.size()) {
            events.read(key, version, start, end, HistoryFormat.TIERS.get(kind));
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
