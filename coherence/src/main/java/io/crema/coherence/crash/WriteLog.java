package io.crema.coherence.crash;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an instance writes down, so that it is there when the process has been killed: each entry is with the kernel when the
 * method returns, in one write. {@link InstanceLog} reads it. Thread-safe.
 */
final class WriteLog implements AutoCloseable {

    /** Not a channel: those are closed when a thread that uses them is interrupted, as a writer may be. */
    private final FileOutputStream out;

    private WriteLog(FileOutputStream out) {
        this.out = out;
    }

    static WriteLog create(Path file) throws IOException {
        return new WriteLog(new FileOutputStream(file.toFile(), true));
    }

    /** A write is about to be made; from now on it may have been. */
    void begin(long sequence, int key, boolean isDelete) {
        print("begin " + sequence + " " + key + (isDelete ? " delete\n" : " put\n"));
    }

    /** Redis has it. */
    void id(long sequence, long id) {
        print("id " + sequence + " " + id + "\n");
    }

    /** The caller was told that it is safe. */
    void acknowledged(long sequence) {
        print("ack " + sequence + "\n");
    }

    /** The caller was told that nobody knows, and nobody does. */
    void doubtful(long sequence) {
        print("doubt " + sequence + "\n");
    }

    /** The caller was told that nobody knows, but it was never sent. */
    void notSent(long sequence) {
        print("unsent " + sequence + "\n");
    }

    /** The writer was called. */
    void called(List<Change> changes) {
        StringBuilder lines = new StringBuilder("batch " + changes.size() + "\n");
        changes.forEach(change -> lines.append("call ")
                .append(change.key())
                .append(' ')
                .append(change.id())
                .append(' ')
                .append(change.attempt())
                .append('\n'));
        print(lines.toString());
    }

    /** The call has failed, as a whole or in part. */
    void failed() {
        print("failure\n");
    }

    /** What came of some of the writes of a call. */
    void ended(List<Change> changes, Outcome outcome) {
        StringBuilder lines = new StringBuilder();
        for (Change change : changes) {
            lines.append(outcome.word).append(' ').append(change.key()).append(' ');
            lines.append(change.id()).append('\n');
        }
        print(lines.toString());
    }

    /**
     * A read after an acknowledged write of this instance.
     *
     * @param value null = there was none
     * @param isLoaded whether it may have come from the database, by this read or one that it joined
     */
    void read(int key, long writtenId, @Nullable Long value, boolean isLoaded) {
        print((isLoaded ? "load " : "read ") + key + " " + writtenId + " " + (value == null ? 0 : value) + "\n");
    }

    /** What this instance's cache has after all. */
    void last(int key, @Nullable Long value) {
        print("last " + key + " " + (value == null ? 0 : value) + "\n");
    }

    private void print(String lines) {
        try {
            out.write(lines.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** A write as the writer is told of it. */
    record Change(int key, long value, boolean isDelete, long id, int attempt) {}

    /** What came of a write at the database. */
    enum Outcome {
        /** The row has it. */
        APPLIED("applied"),
        /** The row has the same or a newer one. */
        REFUSED("refused"),
        /** The cache was told that it failed, and it may have. */
        FAILED("failed");

        final String word;

        Outcome(String word) {
            this.word = word;
        }
    }
}
