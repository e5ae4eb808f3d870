package io.crema.examples.quickstart;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, strings, numbers and nulls as JSON, indented by two spaces. */
final class Json {

    private final StringBuilder text = new StringBuilder();

    private Json() {}

    static String write(@Nullable Object value) {
        Json json = new Json();
        json.value(value, "\n");
        return json.text.toString();
    }

    private void value(@Nullable Object value, String newLine) {
        if (value instanceof Map<?, ?> map) {
            Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
            sequence('{', '}', newLine, entries, entry -> {
                string(String.valueOf(entry.getKey()));
                text.append(": ");
                value(entry.getValue(), newLine + "  ");
            });
        } else if (value instanceof List<?> list) {
            sequence('[', ']', newLine, list.iterator(), element -> value(element, newLine + "  "));
        } else if (value instanceof String string) {
            string(string);
        } else if (value == null || value instanceof Number number && Double.isFinite(number.doubleValue())) {
            text.append(value);
        } else {
            throw new IllegalArgumentException("No JSON for " + value);
        }
    }

    private interface Writer<T> {
        void write(T element);
    }

    private <T> void sequence(
            char open, char close, String newLine, Iterator<? extends T> elements, Writer<? super T> writer) {
        text.append(open);
        boolean any = elements.hasNext();
        while (elements.hasNext()) {
            text.append(newLine).append("  ");
            writer.write(elements.next());
            text.append(elements.hasNext() ? "," : "");
        }
        text.append(any ? newLine : "").append(close);
    }

    private void string(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                default -> {
                    if (c < ' ') {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
