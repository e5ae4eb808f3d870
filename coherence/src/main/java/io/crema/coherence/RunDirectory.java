package io.crema.coherence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A new folder for the logs and histories of one run, which no other run uses. */
public record RunDirectory(Path path) {

    /** @throws CoherenceException if it cannot be made */
    public static RunDirectory in(Path parent) {
        try {
            Files.createDirectories(parent);
            return new RunDirectory(Files.createTempDirectory(parent, "run-"));
        } catch (IOException e) {
            throw new CoherenceException("No folder for the histories can be made in " + parent + ": " + e);
        }
    }

    /** A folder in it, made if it is not there. */
    public Path folder(String name) {
        try {
            return Files.createDirectories(path.resolve(name));
        } catch (IOException e) {
            throw new CoherenceException("No folder for the histories can be made in " + path + ": " + e);
        }
    }

    /** What is kept, is for somebody to look at. */
    public void removeIfEmpty() {
        try (Stream<Path> files = Files.list(path)) {
            if (files.findAny().isEmpty()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            System.err.println("coherence: an empty folder is left: " + e);
        }
    }

    public static void remove(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(folder)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.deleteIfExists(file);
        }
    }
}
