package io.crema.coherence;

import java.util.Locale;

/** A line from an instance. */
public record Report(Kind kind, String content) {

    public enum Kind {
        /** It can begin. */
        READY,
        /** A {@link Progress}. */
        PROGRESS,
        /** To an order: its ticket and a number. */
        ANSWER,
        /** The load has ended, the history is complete. */
        DONE,
        /** It cannot go on; why. */
        FAILED
    }

    public static Report answer(long ticket, long number) {
        return new Report(Kind.ANSWER, ticket + " " + number);
    }

    /** One line, whatever the content. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " " + content.replaceAll("\\R", " ");
    }

    /** @throws IllegalArgumentException if the line is none */
    public static Report parse(String line) {
        int space = line.indexOf(' ');
        try {
            if (space > 0) {
                Kind kind = Kind.valueOf(line.substring(0, space).toUpperCase(Locale.ROOT));
                return new Report(kind, line.substring(space + 1));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Not a report: " + line, e);
        }
        throw new IllegalArgumentException("Not a report: " + line);
    }
}
