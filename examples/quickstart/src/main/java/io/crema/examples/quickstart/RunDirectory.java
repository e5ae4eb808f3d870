package io.crema.examples.quickstart;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The directory of one run at a time: logs and histories of the instances, and the database's files. What the run before
 * left there under these names is removed; other files are left alone.
 */
final class RunDirectory implements AutoCloseable {

    private static final String LOCK = "in-use";
    private static final String DATABASE = "postgres";

    private final Path directory;
    private final FileChannel lockFile;

    private RunDirectory(Path directory, FileChannel lockFile) {
        this.directory = directory;
        this.lockFile = lockFile;
    }

    /** @throws QuickstartException if the directory cannot be used, or is by another run */
    static RunDirectory open(Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel lockFile =
                    FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            RunDirectory opened = new RunDirectory(directory, lockFile);
            try {
                opened.lock();
                opened.clean();
                return opened;
            } catch (IOException | RuntimeException e) {
                opened.close();
                throw e;
            }
        } catch (IOException e) {
            throw new QuickstartException("The directory " + directory + " cannot be used: " + e);
        }
    }

    private void lock() throws IOException {
        FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new QuickstartException("The directory " + directory
                    + " is in use by another quickstart. Wait for it, or choose another one by -Dquickstart.directory");
        }
    }

    private void clean() throws IOException {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(directory, "instance-*.{log,history}")) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
        removeDatabase();
    }

    void removeDatabase() throws IOException {
        Path database = database();
        if (!Files.exists(database)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(database)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.deleteIfExists(file);
        }
    }

    /** For the database's files. */
    Path database() {
        return directory.resolve(DATABASE);
    }

    Path history(int instance) {
        return directory.resolve("instance-" + instance + ".history");
    }

    Path log(int instance) {
        return directory.resolve("instance-" + instance + ".log");
    }

    /** Lets others use the directory. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
