package io.crema.coherence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads what a run can be told, by system properties that begin with {@code coherence.}; an empty one counts as not given.
 * Collects what is wrong, so that it is all said at once. For one thread.
 */
public final class SettingsReader {

    private static final String PREFIX = "coherence.";
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(2);

    private final Properties properties;
    private final StringBuilder complaints = new StringBuilder();

    public SettingsReader(Properties properties) {
        this.properties = properties;
    }

    public Optional<String> value(String name) {
        return Optional.of(properties.getProperty(PREFIX + name, "").trim()).filter(text -> !text.isEmpty());
    }

    public List<String> words(String name) {
        return value(name).stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::trim)
                .filter(word -> !word.isEmpty())
                .distinct()
                .toList();
    }

    public List<String> names(String name, List<String> known) {
        List<String> words = words(name);
        List<String> unknown =
                words.stream().filter(word -> !known.contains(word)).toList();
        if (!unknown.isEmpty()) {
            complain(name, "knows " + String.join(", ", known) + ", but not " + String.join(", ", unknown));
        }
        return words;
    }

    public Duration duration(String name, Duration otherwise, Duration least, Duration most) {
        return parsed(
                name,
                text -> {
                    Duration duration = Duration.parse(text);
                    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                        throw new IllegalArgumentException(text);
                    }
                    return duration;
                },
                () -> otherwise,
                "must be a duration from " + least + " to " + most + ", as " + otherwise);
    }

    /** How long the load lasts. */
    public Duration duration(Duration otherwise) {
        return duration("duration", otherwise, SHORTEST, LONGEST);
    }

    /** For logs and histories. */
    public Path directory() {
        return Path.of(value("directory").orElse("target/coherence")).toAbsolutePath();
    }

    public long seed() {
        return parsed(
                "seed",
                Long::parseLong,
                () -> ThreadLocalRandom.current().nextLong(Long.MAX_VALUE),
                "must be a whole number");
    }

    private <T> T parsed(String name, Function<String, T> parser, Supplier<T> otherwise, String wanted) {
        Optional<String> text = value(name);
        try {
            return text.map(parser).orElseGet(otherwise);
        } catch (DateTimeParseException | IllegalArgumentException e) {
            complain(name, wanted + ", but is \"" + text.orElse("") + "\"");
            return otherwise.get();
        }
    }

    /** A report that cannot be written is better known before the run than after it. */
    public Optional<Path> report() {
        Optional<Path> report = value("report").map(text -> Path.of(text).toAbsolutePath());
        report.ifPresent(file -> {
            try {
                tryToWrite(file);
            } catch (IOException e) {
                complain("report", "names a file that cannot be written: " + e);
            }
        });
        return report;
    }

    private static void tryToWrite(Path report) throws IOException {
        Path parent = report.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (Files.isDirectory(report)) {
            throw new IOException(report + " is a directory");
        }
        boolean there = Files.exists(report);
        Files.newByteChannel(report, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE))
                .close();
        if (!there) {
            Files.delete(report);
        }
    }

    private void complain(String name, String sentence) {
        complaints
                .append(complaints.isEmpty() ? "" : "; ")
                .append("-D")
                .append(name)
                .append(' ')
                .append(sentence);
    }

    /** @throws CoherenceException if a value was not as it must be; all of them are named */
    public void complain() {
        if (!complaints.isEmpty()) {
            throw new CoherenceException(complaints.toString());
        }
    }
}
