package io.crema.examples.quickstart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON strictly, to check what was written: maps, lists, strings, doubles, null. */
final class JsonText {

    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    static @Nullable Object parse(String text) {
        JsonText json = new JsonText(text.strip());
        Object value = json.value();
        json.require(json.at == json.text.length());
        return value;
    }

    private @Nullable Object value() {
        skip();
        char c = text.charAt(at);
        if (c == '{') {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            sequence('}', () -> {
                String name = string();
                expect(':');
                require(!map.containsKey(name));
                map.put(name, value());
            });
            return map;
        } else if (c == '[') {
            List<@Nullable Object> list = new ArrayList<>();
            sequence(']', () -> list.add(value()));
            return list;
        } else if (c == '"') {
            return string();
        } else if (text.startsWith("null", at)) {
            at += 4;
            return null;
        }
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return Double.valueOf(text.substring(start, at));
    }

    private void sequence(char close, Runnable element) {
        at++;
        skip();
        if (text.charAt(at) == close) {
            at++;
            return;
        }
        while (true) {
            skip();
            element.run();
            skip();
            if (text.charAt(at) == close) {
                at++;
                return;
            }
            expect(',');
        }
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
            require(c >= ' ');
            if (c != '\\') {
                string.append(c);
                continue;
            }
            char escaped = text.charAt(at++);
            switch (escaped) {
                case '"', '\\' -> string.append(escaped);
                case 'n' -> string.append('\n');
                case 'u' -> {
                    string.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                }
                default -> throw new IllegalArgumentException("Unknown escape " + escaped);
            }
        }
        return string.toString();
    }

    private void skip() {
        while (Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private void expect(char c) {
        skip();
        require(text.charAt(at++) == c);
    }

    private void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("Not JSON at " + at + ": " + text);
        }
    }
}
