package io.crema.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Histories made by hand, in milliseconds of an arbitrary clock. */
record HandMade(Path directory) {

    static final long MS = 1_000_000;

    Path history(String name, Consumer<HistoryWriter> script) throws IOException {
        Path file = directory.resolve(name);
        try (HistoryWriter writer = HistoryWriter.create(file, name)) {
            script.accept(writer);
        }
        return file;
    }

    /** Key 7 gets version 2, acknowledged at 1,000 ms, and 3, acknowledged at 2,000 ms. */
    Path writer() throws IOException {
        return history("writer", HandMade::writes);
    }

    static void writes(HistoryWriter history) {
        history.written(7, 2, 990 * MS, 991 * MS);
        history.invalidated(7, 2, 991 * MS, 1_000 * MS);
        history.written(7, 3, 1_990 * MS, 1_991 * MS);
        history.invalidated(7, 3, 1_991 * MS, 2_000 * MS);
    }
}
