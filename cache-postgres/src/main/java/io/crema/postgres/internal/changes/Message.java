package io.crema.postgres.internal.changes;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a notification on the channel of changes says; the format is told in {@code changes.sql}. */
sealed interface Message {

    String CHANNEL = "crema_changes";

    /** Rows with these keys, as text, were changed. */
    record Keys(String feed, List<String> keys) implements Message {}

    /** Any row may have been changed. */
    record Clear(String feed) implements Message {}

    /**
     * The forwarder of a group lives.
     *
     * @param forwarder random, of one connection
     * @param number counts the forwarder's marks from 1
     * @param applied everything that the channel carried before the forwarder's mark of this number is done; 0 = none
     */
    record Mark(String group, String forwarder, long number, long applied) implements Message {

        String text() {
            return Stream.of("mark", group, forwarder, Long.toString(number), Long.toString(applied))
                    .map(Message::escape)
                    .collect(Collectors.joining("\n"));
        }
    }

    /** Cannot be read. */
    record Unreadable() implements Message {}

    static Message parse(String payload) {
        List<String> lines = new ArrayList<>();
        for (String line : payload.split("\n", -1)) {
            lines.add(unescape(line));
        }
        String kind = lines.get(0);
        if (kind.equals("keys") && lines.size() >= 3) {
            return new Keys(lines.get(1), List.copyOf(lines.subList(2, lines.size())));
        } else if (kind.equals("clear") && lines.size() == 2) {
            return new Clear(lines.get(1));
        } else if (kind.equals("mark") && lines.size() == 5) {
            try {
                return new Mark(lines.get(1), lines.get(2), Long.parseLong(lines.get(3)), Long.parseLong(lines.get(4)));
            } catch (NumberFormatException e) {
                return new Unreadable();
            }
        }
        return new Unreadable();
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String unescape(String line) {
        if (line.indexOf('\\') < 0) {
            return line;
        }
        StringBuilder text = new StringBuilder(line.length());
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                i++;
                text.append(line.charAt(i) == 'n' ? '\n' : line.charAt(i));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
