package io.crema.testkit;

import java.util.BitSet;

/**
 * Finds where the frames of a RESP stream end, however the stream is cut into reads; RESP2 and RESP3 in either direction.
 * The frame is the outermost value, together with the attributes before it. An inline command, which begins with a letter,
 * is a frame too. A stream that turns out to be something else, TLS say, is {@linkplain #isForeign() foreign} from there on.
 */
final class RespFrames {

    private static final int DEEPEST = 128;

    /** What the bytes that come next belong to. */
    private enum State {
        TYPE,
        /** The rest of a line that says no more. */
        LINE,
        /** The rest of a line that says how much follows. */
        LENGTH,
        /** The bytes of a string and its line end. */
        STRING,
        FOREIGN
    }

    private State state = State.TYPE;
    private byte type;
    private long number;
    private boolean negative;
    private boolean digits;
    private long left;
    private int depth;
    /** How many values each open aggregate lacks. */
    private final long[] lacking = new long[DEEPEST];
    /** Which of them are attributes. */
    private final BitSet attributes = new BitSet();

    private boolean started;

    /** Whether the last frame has ended and the next has not begun. */
    boolean isBetweenFrames() {
        return !started && state == State.TYPE;
    }

    boolean isForeign() {
        return state == State.FOREIGN;
    }

    /** Reads on to the end of the present frame or of the bytes, and returns how far it came. */
    int advance(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            switch (state) {
                case TYPE -> begin(bytes[at++]);
                case LINE -> at = skipLine(bytes, at, to);
                case LENGTH -> length(bytes[at++]);
                case STRING -> at = skipString(at, to);
                case FOREIGN -> {
                    return to;
                }
            }
            if (isBetweenFrames()) {
                return at;
            }
        }
        return at;
    }

    private void begin(byte first) {
        boolean outermost = !started;
        started = true;
        type = first;
        switch (first) {
            case '+', '-', ':', '_', '#', ',', '(' -> state = State.LINE;
            case '$', '!', '=', '*', '~', '>', '%', '|' -> {
                state = State.LENGTH;
                number = 0;
                negative = false;
                digits = false;
            }
            default -> state = outermost && isLetter(first) ? State.LINE : State.FOREIGN;
        }
    }

    private static boolean isLetter(byte character) {
        return character >= 'a' && character <= 'z' || character >= 'A' && character <= 'Z';
    }

    private int skipLine(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes[at] == '\n') {
                endValue();
                return at + 1;
            }
        }
        return to;
    }

    private int skipString(int from, int to) {
        long skipped = Math.min(left, to - from);
        left -= skipped;
        if (left == 0) {
            endValue();
        }
        return from + (int) skipped;
    }

    private void length(byte next) {
        if (next == '\n' && digits) {
            endLength(negative ? -1 : number);
        } else if (next >= '0' && next <= '9' && number <= Integer.MAX_VALUE) {
            digits = true;
            number = number * 10 + (next - '0');
        } else if (next == '-' && !digits && !negative) {
            negative = true;
        } else if (next != '\r' || !digits) {
            state = State.FOREIGN;
        }
    }

    private void endLength(long length) {
        if (length < 0) {
            endValue();
            return;
        }
        switch (type) {
            case '$', '!', '=' -> {
                left = length + "\r\n".length();
                state = State.STRING;
            }
            case '%', '|' -> open(2 * length);
            default -> open(length);
        }
    }

    private void open(long values) {
        state = State.TYPE;
        boolean attribute = type == '|';
        if (values == 0) {
            if (!attribute) {
                endValue();
            }
        } else if (depth == DEEPEST) {
            state = State.FOREIGN;
        } else {
            lacking[depth] = values;
            attributes.set(depth, attribute);
            depth++;
        }
    }

    private void endValue() {
        state = State.TYPE;
        while (depth > 0 && --lacking[depth - 1] == 0) {
            depth--;
            if (attributes.get(depth)) {
                // An attribute is no value: the one that it belongs to follows.
                return;
            }
        }
        started = depth > 0;
    }
}
