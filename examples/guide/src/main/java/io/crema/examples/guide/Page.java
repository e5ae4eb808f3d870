package io.crema.examples.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page of the guide with a place for a table, which is between two comments.
 *
 * @param file the page
 * @param begin the first comment
 * @param end the second
 */
record Page(Path file, String begin, String end) {

    /** The chapter's own. */
    static Page of(Path docs, Chapter chapter) {
        return place(docs.resolve(chapter.page() + ".md"), chapter);
    }

    /** The one that has all tables. */
    static Page overview(Path docs, Chapter chapter) {
        return place(docs.resolve("README.md"), chapter);
    }

    private static Page place(Path file, Chapter chapter) {
        return new Page(file, "<!-- measured: " + chapter.page() + " -->\n", "<!-- end -->\n");
    }

    /** What is there now. */
    String read() throws IOException {
        String text = Files.readString(file);
        int from = from(text);
        return text.substring(from, to(text, from));
    }

    void write(String table) throws IOException {
        String text = Files.readString(file);
        int from = from(text);
        Files.writeString(file, text.substring(0, from) + table + text.substring(to(text, from)));
    }

    private int from(String text) throws IOException {
        int at = text.indexOf(begin);
        if (at < 0) {
            throw new IOException(file + " has no line " + begin.strip());
        }
        return at + begin.length();
    }

    private int to(String text, int from) throws IOException {
        int at = text.indexOf(end, from);
        if (at < 0) {
            throw new IOException(file + " has no line " + end.strip() + " after " + begin.strip());
        }
        return at;
    }
}
