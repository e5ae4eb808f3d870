package io.crema.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * The first bytes of a history: who wrote it, by which clock.
 *
 * @param instance the name of the instance in reports
 * @param process a number that the process drew: instances of the same name in two processes are two instances
 */
record HistoryHeader(String instance, long process, HostClock clock) {

    byte[] bytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(bytes);
        data.write(HistoryFormat.MAGIC);
        data.writeByte(HistoryFormat.FORMAT);
        text(data, instance);
        data.writeLong(process);
        text(data, clock.host());
        data.writeLong(clock.nanos());
        data.writeLong(clock.wallMillis());
        data.writeInt(HistoryFormat.crc(bytes.toByteArray(), bytes.size()));
        return bytes.toByteArray();
    }

    private static void text(DataOutputStream data, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > HistoryFormat.MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("The name of an instance takes " + bytes.length + " bytes, at most "
                    + HistoryFormat.MAX_TEXT_BYTES + " are stored");
        }
        data.writeShort(bytes.length);
        data.write(bytes);
    }

    /** @throws HistoryException if this is not the begin of a history of this format, or is damaged */
    static HistoryHeader read(Path file, InputStream in) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
        DataInputStream data = new DataInputStream(checked);
        if (!Arrays.equals(data.readNBytes(HistoryFormat.MAGIC.length), HistoryFormat.MAGIC)) {
            throw new HistoryException(file + " is not a history: it does not start with \"CREMAHIS\"");
        }
        try {
            int format = data.readUnsignedByte();
            if (format != HistoryFormat.FORMAT) {
                throw new HistoryException(file + " is a history of format " + format + ", expected format "
                        + HistoryFormat.FORMAT + "; read it with the version of the test kit that wrote it");
            }
            String instance = text(data);
            long process = data.readLong();
            String host = text(data);
            HistoryHeader header =
                    new HistoryHeader(instance, process, new HostClock(host, data.readLong(), data.readLong()));
            int crc = (int) checked.getChecksum().getValue();
            if (data.readInt() != crc) {
                throw new HistoryException(
                        file + " is damaged: the checksum of its header (" + instance + ") does not match");
            }
            return header;
        } catch (EOFException e) {
            throw new HistoryException(file + " is cut short within its header");
        }
    }

    private static String text(DataInputStream data) throws IOException {
        byte[] bytes = new byte[data.readUnsignedShort()];
        data.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
