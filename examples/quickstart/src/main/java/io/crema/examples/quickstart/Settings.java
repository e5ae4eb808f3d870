package io.crema.examples.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run can be told, by system properties; an empty one counts as not given.
 *
 * @param directory {@code quickstart.directory}: for logs, histories and the database's files
 * @param report {@code quickstart.report}: the file for the figures as JSON; null = none
 * @param load {@code quickstart.seconds}: how long the load lasts, all phases together
 * @param transport {@code quickstart.break=invalidation} breaks it
 */
record Settings(Path directory, @Nullable Path report, Duration load, Transport transport) {

    private static final String DIRECTORY = "quickstart.directory";
    private static final String REPORT = "quickstart.report";
    private static final String SECONDS = "quickstart.seconds";
    private static final String BREAK = "quickstart.break";

    private static final int DEFAULT_SECONDS = 22;
    private static final int MIN_SECONDS = 11;
    private static final int MAX_SECONDS = 3_600;

    /** @throws QuickstartException if a value is not as it must be */
    static Settings of(Properties properties) {
        String report = value(properties, REPORT, "");
        return new Settings(
                Path.of(value(properties, DIRECTORY, "target/quickstart")).toAbsolutePath(),
                report.isEmpty() ? null : writable(Path.of(report).toAbsolutePath()),
                Duration.ofSeconds(seconds(value(properties, SECONDS, Integer.toString(DEFAULT_SECONDS)))),
                transport(value(properties, BREAK, "")));
    }

    private static String value(Properties properties, String name, String otherwise) {
        String value = properties.getProperty(name, "").trim();
        return value.isEmpty() ? otherwise : value;
    }

    private static int seconds(String text) {
        try {
            int seconds = Integer.parseInt(text);
            if (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new QuickstartException(String.format(
                "-D%s must be a number of seconds from %d to %d, but is \"%s\"",
                SECONDS, MIN_SECONDS, MAX_SECONDS, text));
    }

    private static Transport transport(String text) {
        return switch (text) {
            case "" -> Transport.SOUND;
            case "invalidation" -> Transport.LOSES_INVALIDATIONS;
            default ->
                throw new QuickstartException(
                        String.format("-D%s knows only \"invalidation\", not \"%s\"", BREAK, text));
        };
    }

    /** A report that cannot be written is better known before the run than after it. */
    private static Path writable(Path report) {
        try {
            Path parent = report.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (Files.isDirectory(report)) {
                throw new IOException("it is a directory");
            }
            boolean there = Files.exists(report);
            Files.newByteChannel(report, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE))
                    .close();
            if (!there) {
                Files.delete(report);
            }
            return report;
        } catch (IOException e) {
            throw new QuickstartException("The report (-D" + REPORT + ") cannot be written to " + report + ": " + e);
        }
    }
}
