package io.crema.coherence;

import io.crema.coherence.SubjectProvider.TopologyKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What a run can be told, by system properties that begin with {@code coherence.}; an empty one counts as not given.
 *
 * @param duration how long the load lasts, over all topologies and subjects
 * @param report the file for the figures as JSON
 * @param seed of all random choices but those of the machine
 * @param topologies in the order of the run
 * @param faults only these; empty = all
 * @param bound on staleness
 * @param subjects only these; empty = those that the class path offers
 * @param directory for logs and histories
 */
record Settings(
        Duration duration,
        Optional<Path> report,
        long seed,
        List<TopologyKind> topologies,
        List<String> faults,
        Duration bound,
        List<String> subjects,
        Path directory) {

    /** The least that {@code CacheBuilder.staleness} takes. */
    static final Duration LEAST_BOUND = Duration.ofMillis(1250);

    private static final Duration MOST_BOUND = Duration.ofMinutes(1);
    private static final Duration MOST_DURATION = Duration.ofDays(2);
    private static final String PREFIX = "coherence.";

    /** @throws CoherenceException if a value is not as it must be; all of them are named */
    static Settings of(Properties properties) {
        Reader reader = new Reader(properties);
        Settings settings = new Settings(
                reader.duration("duration", Duration.ofMinutes(10), Duration.ofSeconds(1), MOST_DURATION),
                reader.report(),
                reader.seed(),
                reader.topologies(),
                reader.names("faults", Faults.names()),
                reader.duration("bound", Duration.ofSeconds(2), LEAST_BOUND, MOST_BOUND),
                reader.words("subjects"),
                Path.of(reader.value("directory").orElse("target/coherence")).toAbsolutePath());
        reader.complain();
        return settings;
    }

    /** Collects what is wrong, so that it is all said at once. */
    private static final class Reader {

        private final Properties properties;
        private final StringBuilder complaints = new StringBuilder();

        Reader(Properties properties) {
            this.properties = properties;
        }

        Optional<String> value(String name) {
            return Optional.of(properties.getProperty(PREFIX + name, "").trim()).filter(text -> !text.isEmpty());
        }

        List<String> words(String name) {
            return value(name).stream()
                    .flatMap(text -> Arrays.stream(text.split(",")))
                    .map(String::trim)
                    .filter(word -> !word.isEmpty())
                    .distinct()
                    .toList();
        }

        List<String> names(String name, List<String> known) {
            List<String> words = words(name);
            List<String> unknown =
                    words.stream().filter(word -> !known.contains(word)).toList();
            if (!unknown.isEmpty()) {
                complain(name, "knows " + String.join(", ", known) + ", but not " + String.join(", ", unknown));
            }
            return words;
        }

        List<TopologyKind> topologies() {
            List<String> known = Stream.of(TopologyKind.values())
                    .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                    .toList();
            List<String> words = names("topologies", known);
            return Stream.of(TopologyKind.values())
                    .filter(kind ->
                            words.isEmpty() || words.contains(kind.name().toLowerCase(Locale.ROOT)))
                    .toList();
        }

        Duration duration(String name, Duration otherwise, Duration least, Duration most) {
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

        long seed() {
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
        Optional<Path> report() {
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

        void complain() {
            if (!complaints.isEmpty()) {
                throw new CoherenceException(complaints.toString());
            }
        }
    }
}
