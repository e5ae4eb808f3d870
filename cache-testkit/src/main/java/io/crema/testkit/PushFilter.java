package io.crema.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Drops messages from what a server sends on one connection, each as a whole. A frame's first bytes, which tell whether it is
 * a message, are held back until they are there; all else passes as it comes. A frame that an attribute precedes
 * is kept, since the attribute would go to the next one.
 */
final class PushFilter {

    /** What Redis begins a message with; it writes the kind of a push frame as a bulk string. */
    private static final List<byte[]> HEADS = List.of(
            ">3\r\n$7\r\nmessage\r\n".getBytes(StandardCharsets.US_ASCII),
            ">3\r\n$8\r\nsmessage\r\n".getBytes(StandardCharsets.US_ASCII),
            ">4\r\n$8\r\npmessage\r\n".getBytes(StandardCharsets.US_ASCII));

    static final int LONGEST_HEAD = 18;

    /** What becomes of the present frame. */
    private enum Verdict {
        PASS,
        DROP,
        OPEN
    }

    private final RespFrames frames = new RespFrames();
    private final ProxyCounters counters;
    private final byte[] held = new byte[LONGEST_HEAD];
    private int heldLength;
    private Verdict verdict = Verdict.PASS;
    private double share;
    private SplittableRandom random = new SplittableRandom(0);

    PushFilter(ProxyCounters counters) {
        this.counters = counters;
    }

    /** Drops that share from the next frame on. */
    void drop(double newShare, long seed) {
        share = newShare;
        random = new SplittableRandom(seed);
    }

    /**
     * Takes the bytes between position and limit, and leaves there what passes now.
     *
     * @param buffer with an array, and {@value #LONGEST_HEAD} bytes of room before its position
     */
    void filter(ByteBuffer buffer) {
        byte[] bytes = buffer.array();
        int offset = buffer.arrayOffset();
        int at = offset + buffer.position();
        int to = offset + buffer.limit();
        int kept = at - heldLength;
        System.arraycopy(held, 0, bytes, kept, heldLength);
        heldLength = 0;
        // What passes so far is between first and kept; from passFrom on it is up to the frame, which began at frame.
        int first = kept;
        int passFrom = kept;
        int frame = kept;
        while (at < to) {
            if (frames.isBetweenFrames()) {
                frame = at;
                verdict = share > 0 && bytes[at] == '>' ? Verdict.OPEN : Verdict.PASS;
            }
            at = frames.advance(bytes, at, to);
            if (verdict == Verdict.OPEN) {
                verdict = judge(bytes, frame, at);
            }
            if (frames.isForeign()) {
                verdict = Verdict.PASS;
            }
            if (verdict == Verdict.DROP && frames.isBetweenFrames()) {
                kept = keep(bytes, passFrom, frame, kept);
                passFrom = at;
            }
        }
        boolean whole = frames.isBetweenFrames() || verdict == Verdict.PASS;
        kept = keep(bytes, passFrom, whole ? to : frame, kept);
        if (!whole && verdict == Verdict.OPEN) {
            heldLength = to - frame;
            System.arraycopy(bytes, frame, held, 0, heldLength);
        }
        buffer.limit(kept - offset).position(first - offset);
    }

    /** What is held back of a frame that will never be whole, since the stream has ended. */
    ByteBuffer rest() {
        ByteBuffer rest = ByteBuffer.wrap(held, 0, heldLength);
        heldLength = 0;
        return rest;
    }

    private static int keep(byte[] bytes, int from, int to, int kept) {
        System.arraycopy(bytes, from, bytes, kept, to - from);
        return kept + to - from;
    }

    private Verdict judge(byte[] bytes, int from, int to) {
        Verdict found = Verdict.PASS;
        for (byte[] head : HEADS) {
            int compared = Math.min(head.length, to - from);
            if (Arrays.equals(bytes, from, from + compared, head, 0, compared)) {
                if (compared < head.length) {
                    return Verdict.OPEN;
                }
                found = random.nextDouble() < share ? Verdict.DROP : Verdict.PASS;
            }
        }
        if (found == Verdict.DROP) {
            counters.frameDropped();
        }
        return found;
    }
}
