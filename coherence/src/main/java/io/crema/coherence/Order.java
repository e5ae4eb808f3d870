package io.crema.coherence;

import java.util.Locale;

/**
 * A line to an instance, which answers when it has done what it says; all but the last.
 *
 * @param ticket is repeated in the answer
 */
public record Order(Kind kind, long ticket) {

    public enum Kind {
        /** Readers and writer begin. */
        LOAD,
        PAUSE,
        RESUME,
        /** Is answered by what is pending. */
        OWED,
        /** Every key is read; is answered by how many of these reads returned something. */
        SWEEP,
        /** The load stops, the history is closed, the process ends. */
        FINISH
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " " + ticket;
    }

    /** @throws IllegalArgumentException if the line is none */
    public static Order parse(String line) {
        String[] words = line.split(" ", -1);
        try {
            if (words.length == 2) {
                return new Order(Kind.valueOf(words[0].toUpperCase(Locale.ROOT)), Long.parseLong(words[1]));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Not an order: " + line, e);
        }
        throw new IllegalArgumentException("Not an order: " + line);
    }
}
