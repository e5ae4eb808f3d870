package io.crema.testkit;

import io.crema.ReadConsistency;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The bytes of a history file, big-endian.
 *
 * <pre>
 * header  8 bytes "CREMAHIS", u8 format, u16 length, name of the instance (UTF-8), u64 number of the process,
 *         u16 length, identity of the host's clock (UTF-8), u64 nanoTime and u64 wall clock in ms at the begin,
 *         u32 CRC of all that
 * block   u32 length of the payload (never 0), u32 number of events, u32 CRC of the payload, payload
 * end     u32 0, u64 number of all events, u32 CRC of these 12 bytes; nothing follows
 * event   u8 kind, key, version, start - start of the event before (0 before the first of a block), duration
 * </pre>
 *
 * <p>Key, version, start and duration of an event are zigzag variable-length numbers: 7 bits a byte, the lowest first,
 * the top bit set in all but the last. A process that is killed leaves complete blocks and at most one cut one; a file
 * without its end is told from a complete one.
 */
final class HistoryFormat {

    static final byte[] MAGIC = "CREMAHIS".getBytes(StandardCharsets.US_ASCII);
    static final int FORMAT = 2;

    /** Kinds 0 to 2 are bounded reads, by tier; 5 to 7 reads of the latest version, 8 to 10 eventual ones. */
    static final List<ReadTier> TIERS = List.of(ReadTier.L1, ReadTier.L2, ReadTier.ORIGIN);

    static final int WRITTEN = 3;

    static final int INVALIDATED = 4;

    private static final int LATEST = 5;

    private static final int EVENTUAL = 8;

    private static final int KINDS = 11;

    static final int MAX_TEXT_BYTES = 0xFFFF;

    /** The longest event: a kind and four numbers of up to ten bytes. */
    static final int MAX_EVENT_BYTES = 41;

    static final int MAX_BLOCK_BYTES = 16 * 1024;
    static final int BLOCK_HEADER_BYTES = 12;
    static final int END_BYTES = 16;

    private HistoryFormat() {}

    static int kindOf(ReadTier tier, ReadConsistency consistency) {
        return TIERS.indexOf(tier)
                + switch (consistency) {
                    case BOUNDED -> 0;
                    case LATEST -> LATEST;
                    case EVENTUAL -> EVENTUAL;
                };
    }

    static boolean isRead(int kind) {
        return kind < KINDS && kind != WRITTEN && kind != INVALIDATED;
    }

    static ReadConsistency consistencyOf(int read) {
        return read < LATEST
                ? ReadConsistency.BOUNDED
                : read < EVENTUAL ? ReadConsistency.LATEST : ReadConsistency.EVENTUAL;
    }

    static ReadTier tierOf(int read) {
        return TIERS.get(read < LATEST ? read : read < EVENTUAL ? read - LATEST : read - EVENTUAL);
    }

    static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    static long unzigzag(long value) {
        return (value >>> 1) ^ -(value & 1);
    }

    static int crc(byte[] bytes, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
