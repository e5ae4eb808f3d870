package io.crema.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** Tells from what a client sends on one connection when it subscribes. */
final class SubscribeWatch {

    private static final Set<String> NAMES = Set.of("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE");
    /** Holds the lengths before a name, and the name with what ends it. */
    private static final int HEAD = 40;

    private final RespFrames frames = new RespFrames();
    private final byte[] head = new byte[HEAD];
    private int length;
    private boolean told;

    /** Whether a command that subscribes is among the bytes up to these, which are in an array and left as they are. */
    boolean sees(ByteBuffer buffer) {
        byte[] bytes = buffer.array();
        int at = buffer.arrayOffset() + buffer.position();
        int to = buffer.arrayOffset() + buffer.limit();
        while (at < to && !frames.isForeign()) {
            if (frames.isBetweenFrames()) {
                length = 0;
                told = false;
            }
            int next = frames.advance(bytes, at, to);
            if (!told) {
                int more = Math.min(next - at, HEAD - length);
                System.arraycopy(bytes, at, head, length, more);
                length += more;
                if (subscribes()) {
                    return true;
                }
            }
            at = next;
        }
        return false;
    }

    /** Also notes when the name is told, so that the arguments are not looked at. */
    private boolean subscribes() {
        int begin = 0;
        if (head[0] == '*') {
            begin = afterLine(afterLine(0));
        }
        int end = begin;
        while (end < length && head[end] > ' ') {
            end++;
        }
        told = end < length || length == HEAD;
        if (!told) {
            return false;
        }
        return NAMES.contains(
                new String(head, begin, end - begin, StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT));
    }

    private int afterLine(int from) {
        int at = from;
        while (at < length && head[at] != '\n') {
            at++;
        }
        return Math.min(at + 1, length);
    }
}
